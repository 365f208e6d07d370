# SPDX-License-Identifier: Apache-2.0
"""What every file must have, and what none may say."""

import re

import pytest

import sources

LINE_LIMIT = 500
SPDX = "SPDX-License-Identifier: Apache-2.0"
SPDX_SUFFIXES = (".c", ".h", ".S", ".ld", ".py", ".sh", ".build")
# Put together here, so that this file doesn't say them either.
REGISTRIES = [".".join(name) for name in (
    ("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"),
    ("npmjs", "com"), ("crates", "io"), ("rubygems", "org"),
    ("proxy", "golang", "org"), ("wrapdb", "mesonbuild", "com"))]
MACHINE_PATHS = re.compile(r"(?<![\w.])/(?:work|home|root)/\w")
UNFINISHED = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|XX" r"X)\b")


def complaints(suffix, lines):
    """What is wrong with a file of this suffix, line numbers first."""
    found = []
    if suffix in SPDX_SUFFIXES and not any(SPDX in line for line in lines[:2]):
        found.append("1: no SPDX line")
    if suffix in SPDX_SUFFIXES and len(lines) > LINE_LIMIT:
        found.append(f"{len(lines)}: over {LINE_LIMIT} lines: split it")
    for number, line in enumerate(lines, 1):
        if any(registry in line for registry in REGISTRIES):
            found.append(f"{number}: names a package registry")
        if MACHINE_PATHS.search(line):
            found.append(f"{number}: names a path of one machine")
        if UNFINISHED.search(line):
            found.append(f"{number}: unfinished")
        if suffix in (".c", ".h") and re.search(r"#\s*if.*\bTEST\b", line):
            found.append(f"{number}: variants are made by linking")
        if suffix in (".c", ".h") and line.lstrip().startswith("/*"):
            found.append(f"{number}: comments are // ones")
        if line != line.rstrip() and suffix not in (".patch", ".md"):
            found.append(f"{number}: blanks at the end")
    return found


def test_files_are_in_order():
    found = []
    for path in sources.all_files():
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue
        found += [f"{sources.name(path)}:{what}"
                  for what in complaints(path.suffix, lines)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("line", [
    "see https://" + REGISTRIES[0] + "/x", "/" + "home/me/tree",
    "// TO" "DO: later", "#ifdef " "TEST", "/* block */", "blank "])
def test_a_bad_line_is_found(line):
    assert complaints(".c", [f"// {SPDX}", line])


def test_a_long_or_unmarked_file_is_found():
    assert complaints(".c", [f"// {SPDX}"] + ["x"] * LINE_LIMIT)
    assert complaints(".py", ["x"])
