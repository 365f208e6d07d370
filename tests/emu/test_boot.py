# SPDX-License-Identifier: Apache-2.0
"""The emulator under QEMU: what it launches, what it lets through, how it ends.

Debian 12's OVMF 2022.11 is the guest, since it is at hand. It touches memory
before it validates it, and must be stopped there."""

import functools
import re

import debian
import pytest

FIRMWARE = "/usr/share/ovmf/OVMF.fd"
TERMINATED, REFUSED, NO_LAUNCH = 1, 3, 4


@pytest.fixture(scope="module", name="boot")
def old_ovmf(emulate):
    """boot(options...) -> Run"""
    if not debian.installed_version("ovmf").startswith("2022.11"):
        pytest.skip("the machine's OVMF isn't Debian 12's")
    return functools.partial(emulate, firmware=FIRMWARE)


@pytest.fixture(scope="module", name="plain")
def plain_run(boot):
    return boot()


def test_says_first_that_it_is_no_proof(plain):
    assert plain.log.splitlines()[0] == (
        "emu: EMULATED: no memory is encrypted, and a report from here "
        "proves nothing")


def test_stops_at_memory_that_is_not_validated(boot, qemu):
    run = boot("--trace", "vc", qemu=qemu)
    assert run.status == REFUSED
    last = [line for line in run.log.splitlines()
            if line.startswith("emu: #VC")]
    assert "code=404" in last[-1]
    assert run.last_line == (
        "emu: end: refused: the guest can't handle a #VC of this code")


def test_tolerates_by_name_only(plain):
    said = re.findall(r"^emu: tolerated: (.+?) n=", plain.log, re.MULTILINE)
    assert said == [
        "SEC uses its GHCB page before the page state change",
        "a GHCB without a protocol version",
        "the local APIC is touched as private"]


def test_strict_tolerates_nothing(boot):
    run = boot("--option", "strict")
    assert run.status == REFUSED
    assert "tolerated" not in run.log
    assert run.last_line == (
        "emu: end: refused: implicit conversion of a private page to shared")


def digest(run):
    return re.search(r"^emu: launch digest ([0-9a-f]{96})$", run.log,
                     re.MULTILINE)[1]


def test_digest_is_of_the_inputs(boot, plain):
    """What is measured changes it, and the rest doesn't. (CPU models and
    counts: test_payload_launch.py.)"""
    assert digest(boot("--memory", "256", "--psp-set",
                       "host_data=" + "11" * 32)) == digest(plain)
    others = [digest(boot(*options)) for options in (
        ("--features", "0x21"), ("--vmpl", "1"))]
    assert len({digest(plain), *others}) == 1 + len(others)


def test_refuses_a_reserved_policy(boot):
    run = boot("--psp-set", "policy=0")
    assert run.status == NO_LAUNCH
    assert run.last_line == (
        "emu: end: the secure processor refused the launch")


def test_refuses_what_is_no_firmware(emulate, tmp_path):
    path = tmp_path / "none.fd"
    path.write_bytes(b"\0" * 0x10000)
    run = emulate(firmware=path)
    assert run.status == NO_LAUNCH
    assert run.last_line == "emu: end: no firmware with SNP metadata"


def test_refuses_hashes_that_nobody_checks(boot, tmp_path):
    kernel = tmp_path / "kernel"
    kernel.write_bytes(b"\0" * 0x1000)
    run = boot("--kernel", kernel)
    assert run.status == NO_LAUNCH
    assert run.last_line == (
        "emu: end: the firmware takes no table of hashes")


def test_a_refused_page_state_change_ends_the_firmware(boot):
    run = boot("--knob", "page-state-refuse=1@1")
    assert run.status == TERMINATED
    assert "emu: knob: page state refuse occasion=1" in run.log
    assert "emu: end: guest terminated" in run.last_line
