# SPDX-License-Identifier: Apache-2.0
"""Our own code in ring 0 and what is measured stay within the budget."""

import budget
import pytest
from paths import BUILD, ROOT


def test_ring0_lines():
    rooms = budget.ring0_lines()
    assert all(rooms.values()), f"a room without a line: {rooms}"
    assert sum(rooms.values()) <= budget.RING0_LINES, rooms


def test_images():
    paths = budget.images(BUILD)
    assert paths, "no image is built"
    sizes = {path.name: path.stat().st_size for path in paths}
    assert max(sizes.values()) <= budget.IMAGE_BYTES, sizes


def test_firmware():
    path = BUILD / "firmware" / "anchorhold.fd"
    if not path.exists():
        pytest.skip("the firmware isn't built: ./anchorhold build")
    assert path.stat().st_size <= budget.FIRMWARE_BYTES


@pytest.mark.parametrize("path, counts", [
    ("boot/main.c", True), ("boot/entry.S", True), ("kernel/halt.c", True),
    ("kernel/cpu/traps.S", True), ("kernel/mem/heap.h", True),
    ("abi/efi.h", True), ("base/bytes.c", True), ("net/net.c", True),
    ("tls/key.c", True), ("attest/server.c", True), ("app/runtime.c", True),
    ("boot/ovmf/bds/bds.c", False), ("boot/link.ld", False),
    ("app/apps/hello.c", False), ("emu/main.c", False),
    ("image/elf2pe.c", False), ("tests/fake/ram.c", False),
    ("net/lwip/lwipopts.h", False),
])
def test_what_is_counted(tmp_path, path, counts):
    file = tmp_path / path
    file.parent.mkdir(parents=True)
    file.write_text("// one\n\n \t\nint two;\n", encoding="utf-8")
    assert sum(budget.ring0_lines(tmp_path).values()) == (2 if counts else 0)
    assert (ROOT / path).exists(), "the tree has such a file no more"


def test_a_passed_limit_is_found(tmp_path):
    (tmp_path / "boot").mkdir()
    over = "int x;\n" * (budget.RING0_LINES + 1)
    (tmp_path / "boot" / "main.c").write_text(over, encoding="utf-8")
    (tmp_path / "image").mkdir()
    (tmp_path / "image" / "anchorhold-x.efi").write_bytes(
        bytes(budget.IMAGE_BYTES + 1))
    found = budget.figures(tmp_path, tmp_path)
    assert [figure.passed for figure in found] == [True, True]
