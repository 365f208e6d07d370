# SPDX-License-Identifier: Apache-2.0
"""Linux under the emulator, for the tests here."""

import subprocess
import sys
import typing

import linux_guest
import pytest
from paths import BUILD, ROOT

LIMIT_SECONDS = 300
NETWORK = ("-netdev", "user,id=n0", "-device",
           "virtio-net-pci,netdev=n0,romfile=,disable-legacy=on,"
           "iommu_platform=on")


class Run(typing.NamedTuple):
    """One run of a guest, from start to end."""

    status: int   # emu/README.md says what each means
    console: str  # the guest's
    log: str      # the emulator's lines


@pytest.fixture(scope="session", name="pki")
def pki_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pki")
    subprocess.run([BUILD / "tests" / "emu" / "anchorhold-test-pki", folder],
                   check=True, timeout=120)
    return folder


@pytest.fixture(scope="session", name="emulate_linux")
def linux_starter(pki, tmp_path_factory):
    """emulate_linux(options...) -> Run"""
    firmware, kernel, initrd = linux_guest.make(
        tmp_path_factory.mktemp("linux"))

    def emulate(*options):
        folder = tmp_path_factory.mktemp("run")
        log = folder / "log"
        console = folder / "console"
        done = subprocess.run(
            [sys.executable, ROOT / "emu" / "launch.py",
             "--rom", BUILD / "emu" / "anchorhold-emu.rom",
             "--psp", pki / "psp-vcek.bin", "--log", log,
             "--serial", f"file:{console}", "--firmware", firmware,
             "--kernel", kernel, "--initrd", initrd, "--no-hashes",
             "--append", "console=ttyS0 panic=-1 loglevel=3", *NETWORK,
             *options],
            timeout=LIMIT_SECONDS, check=False)
        return Run(done.returncode,
                   console.read_text(encoding="utf-8", errors="replace"),
                   log.read_text(encoding="ascii"))
    return emulate
