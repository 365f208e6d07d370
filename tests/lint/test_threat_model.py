# SPDX-License-Identifier: Apache-2.0
"""The threat model's table names files and tests that are there."""

import re

from paths import ROOT

PAGE = ROOT / "docs" / "threat-model.md"
# Who argues here for an answer must point at it.
BY_NAME = ("ciphertext side channel", "BadRAM", "Interposers", "RMPocalypse",
           "EntrySign", "CacheWarp", "SEV-Step", "WeSee", "Heckler", "BadAML",
           "chip can run the published image")


def rows():
    """Cells of the table of attacks."""
    table = PAGE.read_text("utf-8").split("## Attacks and answers")[1]
    lines = [line for line in table.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")]
            for line in lines[1:]]


def named(cell):
    return re.findall(r"`([^`]+)`", cell)


def test_rows_are_whole():
    assert len(rows()) > 30
    for row in rows():
        assert len(row) == 4 and all(row), row


def test_files_and_tests_exist():
    missing = [path for row in rows() for cell in row[2:]
               for path in named(cell) if not (ROOT / path).is_file()]
    assert not missing


def test_each_row_names_code_and_test():
    for row in rows():
        code, tests = named(row[2]), named(row[3])
        assert code and not [path for path in code if path.startswith("tests/")]
        assert tests and all(path.startswith("tests/") for path in tests), row


def test_attacks_of_the_field_are_named():
    text = re.sub(r"\s+", " ", PAGE.read_text("utf-8")).lower()
    assert not [name for name in BY_NAME if name.lower() not in text]
