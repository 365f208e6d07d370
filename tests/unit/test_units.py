# SPDX-License-Identifier: Apache-2.0
"""Each host program of tests/unit is one case; one without a program fails."""

import subprocess

import pytest

from paths import BUILD, ROOT

SOURCES = sorted((ROOT / "tests" / "unit").glob("test_*.c"))


@pytest.mark.parametrize("name", [source.stem for source in SOURCES])
def test_unit(name):
    program = BUILD / "tests" / "unit" / name
    assert program.exists(), f"{name}: not listed in tests/unit/meson.build"
    done = subprocess.run([program], capture_output=True, timeout=300,
                          check=False)
    said = (done.stdout + done.stderr).decode("utf-8", "replace")
    assert done.returncode == 0, said[-8000:]
    assert "[  PASSED  ]" in said, f"{name}: ran no test\n{said[-8000:]}"
