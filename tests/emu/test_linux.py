# SPDX-License-Identifier: Apache-2.0
"""An unmodified Linux as SNP guest: the one guest here that nobody of this
project wrote."""

import re

import linux_guest
import pytest
from verify_report import verify

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", name="run")
def run_once(emulate_linux, qemu):
    """The guest's console and the emulator's lines of one whole run."""
    run = emulate_linux(qemu=qemu)
    assert run.status == 0, run.console[-2000:]
    return run.console, run.log


def value(said, name):
    return re.search(rf"^{name}: (\S+)\s*$", said, re.MULTILINE)[1]


def test_linux_says_that_snp_is_active(run):
    said, _ = run
    assert "Memory Encryption Features active: AMD SEV SEV-ES SEV-SNP" in said
    assert "SNP running at VMPL0" in said


def test_linux_powers_off(run):
    _, log = run
    assert log.splitlines()[-1] == "emu: end: guest powered off"


def test_nothing_is_tolerated_of_linux(run):
    _, log = run
    firmware, linux = log.split("emu: an operating system runs")
    assert "tolerated" in firmware
    assert "tolerated" not in linux
    assert "malformed" not in linux


def test_virtio_net(run):
    said, _ = run
    assert value(said, "ADDRESS").startswith("10.0.2.")


def test_report_of_sev_guest(run, pki):
    said, log = run
    report = bytes.fromhex(value(said, "REPORT"))
    assert value(said, "PROVIDER") == "sev_guest"
    verify(report, *((pki / f"{name}.der").read_bytes()
                     for name in ("vcek", "ask", "ark")))
    assert report[0x50:0x90] == linux_guest.REPORT_DATA
    digest = re.search(r"^emu: launch digest (\S+)", log, re.MULTILINE)[1]
    assert report[0x90:0xc0].hex() == digest


def test_certificates_of_sev_guest(run, pki):
    said, _ = run
    table = bytes.fromhex(value(said, "CERTIFICATES"))
    for name in ("vcek", "ask", "ark"):
        assert (pki / f"{name}.der").read_bytes() in table
