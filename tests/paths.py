# SPDX-License-Identifier: Apache-2.0
"""Where the tree and its build lie, for every test."""

import os
import pathlib

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = pathlib.Path(os.environ.get("ANCHORHOLD_BUILD", ROOT / "build"))


def image(name):
    """The path of a built image: "hello", "echo", "test-NAME", ..."""
    return BUILD / "image" / f"anchorhold-{name}.efi"
