# SPDX-License-Identifier: Apache-2.0
"""Other builds of the same tree: elsewhere, by clang."""

import os
import pathlib
import shutil
import subprocess

import pytest

from guest import Guest
from paths import BUILD, ROOT


def not_sources(folder, names):
    """What a copy of the tree leaves out."""
    at_top = pathlib.Path(folder) == ROOT
    return [name for name in names
            if name == "__pycache__"
            or (at_top and (name == ".git" or name.startswith("build")))]


def build(tree, folder, *options, **environment):
    """The images of a build of their own, by file name."""
    for command in (["meson", "setup", "-Dtests=false", *options, folder, tree],
                    ["ninja", "-C", folder]):
        done = subprocess.run(command, capture_output=True, text=True,
                              check=False, timeout=900,
                              env={**os.environ, **environment})
        assert done.returncode == 0, done.stdout[-4000:]
    images = {path.name: path
              for path in (folder / "image").glob("anchorhold-*.efi")}
    assert images
    return images


def test_another_folder_makes_the_same_images(tmp_path):
    tree = tmp_path / "a-tree-elsewhere-with-a-longer-name"
    shutil.copytree(ROOT, tree, ignore=not_sources)
    for name, path in build(tree, tmp_path / "some" / "where" / "out").items():
        assert path.read_bytes() == (BUILD / "image" / name).read_bytes()


@pytest.mark.slow
def test_clang_makes_an_image_that_serves(tmp_path):
    images = build(ROOT, tmp_path / "clang", CC="clang")
    with Guest(images["anchorhold-hello.efi"]) as guest:
        guest.wait_https()
