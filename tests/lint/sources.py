# SPDX-License-Identifier: Apache-2.0
"""Which files are ours, for the lint tests."""

import itertools

from paths import ROOT

ROOMS = ("abi", "base", "kernel", "net", "tls", "attest", "app", "boot",
         "image", "client", "emu")
FOLDERS = ROOMS + ("tests", "tools", "docs", ".ci", "subprojects/packagefiles")
TEXT_SUFFIXES = {".c", ".h", ".S", ".ld", ".py", ".sh", ".build", ".wrap",
                 ".md", ".txt", ".patch", ".cddl", ""}


def all_files():
    """Every text file of ours."""
    inside = itertools.chain.from_iterable(
        (ROOT / folder).rglob("*") for folder in FOLDERS)
    for path in sorted(itertools.chain(
            inside, ROOT.glob("*"), (ROOT / "subprojects").glob("*.wrap"))):
        if path.is_file() and path.suffix in TEXT_SUFFIXES \
                and "__pycache__" not in path.parts:
            yield path


def files(*suffixes, folders=FOLDERS):
    """Every file of ours with one of these suffixes."""
    for path in all_files():
        top = path.relative_to(ROOT).parts[0]
        if path.suffix in suffixes and top in folders:
            yield path


def name(path):
    """The path as it is said in a complaint."""
    return str(path.relative_to(ROOT))
