# SPDX-License-Identifier: Apache-2.0
"""What clang-format, cppcheck and shellcheck say of our files."""

import re
import shutil
import subprocess

import pytest

import sources
from paths import ROOT

CLANG_FORMAT = 14  # others lay out some lines otherwise


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT,
                          check=False)


def clang_format():
    """A clang-format of the judging version, or a skip."""
    for program in (f"clang-format-{CLANG_FORMAT}", "clang-format"):
        if not shutil.which(program):
            continue
        version = run(program, "--version").stdout
        if re.search(rf"version {CLANG_FORMAT}\.", version):
            return program
    return pytest.skip(f"clang-format {CLANG_FORMAT} isn't installed")


def test_format():
    paths = [sources.name(path) for path in sources.files(".c", ".h")]
    done = run(clang_format(), "--dry-run", "-Werror", *paths)
    bad = sorted(set(re.findall(r"^(\S+?):\d+:\d+: error", done.stderr,
                                re.MULTILINE)))
    assert done.returncode == 0, f"run clang-format -i on: {' '.join(bad)}"


def test_cppcheck():
    done = run("cppcheck", "-q", "-j2", "--error-exitcode=1",
               "--enable=warning,portability", "--inline-suppr",
               "--suppress=missingIncludeSystem",
               "--suppress=normalCheckLevelMaxBranches", "-I", ".",
               *[room for room in sources.ROOMS if (ROOT / room).is_dir()])
    assert done.returncode == 0, done.stderr


def test_shell():
    scripts = ["anchorhold", ".ci/run"]
    scripts += [sources.name(path) for path in sources.files(".sh")]
    done = run("shellcheck", "-x", *scripts)
    assert done.returncode == 0, done.stdout
