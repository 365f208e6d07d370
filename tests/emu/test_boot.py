# SPDX-License-Identifier: Apache-2.0
"""The emulator under QEMU: what it launches, what it lets through, how it ends.

Debian 12's OVMF 2022.11 is the guest, since every machine here has it. It
touches memory before it validates it, and must be stopped there."""

import re
import subprocess
import sys

import pytest
from paths import BUILD, ROOT

FIRMWARE = "/usr/share/ovmf/OVMF.fd"
ROM = BUILD / "emu" / "anchorhold-emu.rom"
LAUNCH = ROOT / "emu" / "launch.py"
TERMINATED, REFUSED, NO_LAUNCH = 1, 3, 4


@pytest.fixture(name="emulate")
def emulator(pki, tmp_path):
    """emulate(options...) -> exit status, the emulator's lines."""
    def run(*options, firmware=FIRMWARE):
        log = tmp_path / "log"
        done = subprocess.run(
            [sys.executable, LAUNCH, "--rom", ROM, "--psp",
             pki / "psp-vcek.bin", "--log", log,
             "--serial", "null", "--firmware", firmware, *options],
            capture_output=True, text=True, timeout=120, check=False)
        return done.returncode, log.read_text(encoding="ascii")
    return run


def test_stops_at_memory_that_is_not_validated(emulate):
    status, log = emulate("--trace", "vc")
    assert status == REFUSED
    last = [line for line in log.splitlines() if line.startswith("emu: #VC")]
    assert "code=404" in last[-1]
    assert log.splitlines()[-1] == (
        "emu: end: refused: the guest can't handle a #VC of this code")


def test_tolerates_by_name_only(emulate):
    _, log = emulate()
    assert re.findall(r"^emu: tolerated: (.+?) n=", log, re.MULTILINE) == [
        "SEC uses its GHCB page before the page state change",
        "a GHCB without a protocol version"]


def test_strict_tolerates_nothing(emulate):
    status, log = emulate("--option", "strict")
    assert status == REFUSED
    assert "tolerated" not in log
    assert log.splitlines()[-1] == (
        "emu: end: refused: implicit conversion of a private page to shared")


def digest(log):
    return re.search(r"^emu: launch digest ([0-9a-f]{96})$", log,
                     re.MULTILINE)[1]


def test_digest_is_of_the_inputs(emulate):
    """Each input that is measured changes it, and what isn't doesn't."""
    plain = digest(emulate()[1])
    assert digest(emulate("--memory", "256")[1]) == plain
    others = [digest(emulate(*options)[1]) for options in (
        ("--cpu-model", "genoa"), ("--smp-measured", "2"),
        ("--features", "0x21"), ("--vmpl", "1"))]
    assert len({plain, *others}) == 1 + len(others)


def test_refuses_what_is_no_firmware(emulate, tmp_path):
    path = tmp_path / "none.fd"
    path.write_bytes(b"\0" * 0x10000)
    status, log = emulate(firmware=path)
    assert status == NO_LAUNCH
    assert log.splitlines()[-1] == (
        "emu: end: no firmware with SNP metadata")


def test_refuses_hashes_that_nobody_checks(emulate, tmp_path):
    kernel = tmp_path / "kernel"
    kernel.write_bytes(b"\0" * 0x1000)
    status, log = emulate("--kernel", kernel)
    assert status == NO_LAUNCH
    assert log.splitlines()[-1] == (
        "emu: end: the firmware takes no table of hashes")


def test_a_refused_page_state_change_ends_the_firmware(emulate):
    status, log = emulate("--knob", "page-state-refuse=1@1")
    assert status == TERMINATED
    assert "emu: knob: page state refuse occasion=1" in log
    assert "emu: end: guest terminated" in log.splitlines()[-1]
