# SPDX-License-Identifier: Apache-2.0
"""Every header compiles alone, with all warnings, and guards itself."""

import os
import shlex
import subprocess

import sources
from paths import ROOT

SUBPROJECTS = ROOT / "subprojects"
WARNINGS = ("-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wundef -Wvla "
            "-Wcast-qual -Wmissing-prototypes -Wimplicit-fallthrough -Werror")


def library_includes():
    """The dependencies' headers, wherever their unpacked folders are."""
    for pattern in ("lwip-*/src/include", "mbedtls-*/include"):
        for folder in SUBPROJECTS.glob(pattern):
            yield f"-isystem{folder}"


def compile_alone(header):
    compiler = shlex.split(os.environ.get("CC", "cc"))
    arguments = [*compiler, "-std=c2x", "-ffreestanding", "-fsyntax-only",
                 *WARNINGS.split(), "-I", ROOT, "-I", ROOT / "net" / "lwip",
                 *library_includes(), "-x", "c", "-"]
    # A typedef, since a header of macros alone would leave nothing at all.
    text = f'#include "{sources.name(header)}"\ntypedef int lint_t;\n'
    return subprocess.run(arguments, input=text, capture_output=True,
                          text=True, check=False)


def test_headers_compile_alone():
    found = []
    for header in sources.files(".h", folders=sources.ROOMS + ("tests",)):
        done = compile_alone(header)
        if done.returncode != 0:
            found.append(done.stderr)
    assert not found, "\n".join(found)


def test_headers_guard_themselves():
    found = [sources.name(header) for header in sources.files(".h")
             if "\n#pragma once\n" not in header.read_text(encoding="utf-8")]
    assert not found, f"no #pragma once: {found}"


def test_own_header_comes_first():
    found = []
    for path in sources.files(".c", folders=sources.ROOMS):
        own = path.with_suffix(".h")
        lines = path.read_text(encoding="utf-8").splitlines()
        first = next((line for line in lines if line.startswith("#include")),
                     "")
        if own.exists() and first != f'#include "{sources.name(own)}"':
            found.append(sources.name(path))
    assert not found, f"the file's own header isn't included first: {found}"
