# SPDX-License-Identifier: Apache-2.0
"""Guests that this project didn't write, on each QEMU."""

import pytest

pytestmark = pytest.mark.slow

RESET_OR_OFF = 0
SAID = "the shell ran this"


@pytest.fixture(name="disk")
def shell_disk(tmp_path):
    """A disk with a script that the firmware's shell runs by itself."""
    folder = tmp_path / "disk"
    folder.mkdir()
    script = folder / "startup.nsh"
    script.write_bytes(f"echo {SAID}\r\nreset -s\r\n".encode())
    return ("-drive", f"file=fat:{folder},format=raw,if=none,id=d0,readonly=on",
            "-device", "virtio-blk-pci,drive=d0,disable-legacy=on,"
                       "iommu_platform=on")


def test_unmodified_ovmf_reaches_its_shell(emulate, ovmf_2025, disk, qemu):
    run = emulate("--memory", "256", *disk, firmware=ovmf_2025, qemu=qemu)
    assert run.last_line == "emu: end: guest powered off"
    assert f"\n{SAID}" in run.console.replace("\r", "")


def test_our_firmware_starts_linux_by_its_hash(emulate, firmware, linux, qemu):
    """It gets no disk and no initrd, so that it ends by itself."""
    _, kernel, _ = linux
    run = emulate("--kernel", kernel, "--append", "console=ttyS0 panic=-1",
                  firmware=firmware, qemu=qemu)
    assert run.status == RESET_OR_OFF, run.console[-2000:]
    assert "SNP running at VMPL0" in run.console
    assert "Unable to mount root fs" in run.console
