# SPDX-License-Identifier: Apache-2.0
"""How the image starts as an SEV-SNP guest, and the reason code that it ends
with when host or CPU aren't as they must be (abi/halt.h)."""

import re

import pytest
from paths import image

GENERAL, BUG, EXCEPTION, STACK = 0x00, 0x01, 0x02, 0x03
HOST, PAGE_STATE, SEV_STATUS = 0x12, 0x13, 0x40
TO_SHARED = 2
CARD = ("-netdev", "user,id=n0", "-device",
        "virtio-net-pci,netdev=n0,romfile=,disable-legacy=on,"
        "iommu_platform=on")


@pytest.fixture(scope="module", name="start")
def started(emulate, firmware):
    """start(fault, options...) -> Run of tests/qemu/fault_main.c"""
    def start(fault, *options):
        return emulate("--kernel", image("test-fault"), "--append",
                       f"fault={fault}", *options, firmware=firmware, limit=60)
    return start


@pytest.fixture(scope="module", name="shared_before")
def changes_of_firmware(start):
    """How many changes to shared the firmware asks for."""
    log = start("nothing", "--trace", "pages").log
    firmwares, mark, ours = log.partition("an operating system runs")
    assert mark
    assert len(re.findall("^emu: to shared ", ours, re.M)) == 1
    return len(re.findall("^emu: to shared ", firmwares, re.M))


def assert_ended(run, reason):
    assert run.last_line == \
        f"emu: end: guest terminated set=4 code={reason:x}", run.console


def ours(run):
    """The emulator's lines since our own page tables are in use."""
    _, mark, lines = run.log.partition("an operating system runs")
    assert mark
    return lines


def test_says_what_it_found(start):
    run = start("nothing")
    assert re.search(r"^SEV-SNP: status 7, VMPL 0, C-bit 51, GHCB version 2, ",
                     run.console, re.M)
    assert "no evidence" not in run.console
    assert_ended(run, GENERAL)


def test_gives_one_page_away_and_validates_none(start):
    lines = ours(start("nothing", "--trace", "pages"))
    assert len(re.findall("^emu: PVALIDATE away ", lines, re.M)) == 1
    assert not re.search("^emu: (PVALIDATE gpa|to private)", lines, re.M)


def test_no_instruction_of_ours_is_a_vc(start):
    assert "emu: #VC" not in ours(start("nothing", "--trace", "vc"))


@pytest.mark.parametrize("fault, reason", [
    ("check", BUG), ("write-text", EXCEPTION), ("read-null", EXCEPTION),
    ("double-fault", EXCEPTION), ("stack-overflow", STACK)])
def test_every_end_is_a_termination(start, fault, reason):
    assert_ended(start(fault), reason)


def test_debug_swap_is_allowed(start):
    run = start("nothing", "--features", "0x21")
    assert re.search("^SEV-SNP: status 87,", run.console, re.M)


@pytest.mark.parametrize("features, status, bit", [
    (0x3, 0xf, 3), (0x5, 0x17, 4), (0x1001, 0x4007, 14)])
def test_unknown_feature(start, features, status, bit):
    run = start("nothing", "--features", hex(features))
    assert re.search(f"^SEV_STATUS is {status:x}, of which bit {bit} ",
                     run.console, re.M)
    assert_ended(run, SEV_STATUS + bit)


def test_the_ghcb_page_is_refused(start, shared_before):
    run = start("nothing", "--knob",
                f"page-state-refuse={TO_SHARED}@{shared_before + 1}")
    assert "halt" not in run.console  # there is no console yet
    assert_ended(run, HOST)


def test_a_page_of_the_pool_is_refused(emulate, firmware, shared_before):
    run = emulate("--kernel", image("hello"), *CARD, "--knob",
                  f"page-state-refuse={TO_SHARED}@{shared_before + 5}",
                  firmware=firmware, limit=60)
    assert "halt: page state: " in run.console
    assert_ended(run, PAGE_STATE)
