# SPDX-License-Identifier: Apache-2.0
"""What the tests in QEMU share."""

import subprocess
import sys

import pytest

from paths import BUILD, ROOT


@pytest.fixture(scope="session", name="firmware")
def built_firmware():
    """Our firmware, built if anything that it is made of has changed."""
    path = BUILD / "firmware" / "anchorhold.fd"
    subprocess.run([sys.executable, ROOT / "tools" / "firmware.py", path],
                   check=True)
    return path
