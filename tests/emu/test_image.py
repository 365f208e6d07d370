# SPDX-License-Identifier: Apache-2.0
"""Our firmware and our image as a guest of the emulator, on each QEMU."""

import re

import pytest
from guest import free_port, https_get
from guest_emulated import CARD, EmulatedGuest
from message_record import ivs_used_twice, messages
from paths import image

READY_LIMIT_SECONDS = 60
REPORT_REQUEST = 5
# Not what QEMU's DHCP gives, so an answer from there shows that the kernel has
# read fw_cfg. A double comma is QEMU's own escape.
ADDRESS = "10.0.2.77"
NET = f"{ADDRESS}/24,,gw=10.0.2.2"


@pytest.fixture(scope="module", name="guest")
def booted(firmware, pki, qemu):
    """The image, serving at the address that fw_cfg names."""
    program, *options = qemu.split()
    port = free_port()
    guest = EmulatedGuest(image("hello"), keys=pki, port=port, net=False, extra=[
        *options, "-fw_cfg", f"name=opt/org.anchorhold/net,string={NET}",
        "-netdev", f"user,id=n0,hostfwd=tcp:127.0.0.1:{port}-{ADDRESS}:443",
        "-device", CARD])
    guest.program = program
    with guest:
        guest.wait_https(READY_LIMIT_SECONDS)
        yield guest


def of_the_image(guest):
    """The emulator's lines since our own page tables are in use."""
    _, _, lines = guest.emulator_text().partition("an operating system runs")
    assert lines
    return lines


def test_serves(guest):
    assert https_get(guest.port).startswith("HTTP/1.1 200")
    assert re.search(r"^ready", guest.serial_text(), re.MULTILINE)


def test_says_that_it_is_an_snp_guest(guest):
    assert re.search(r"^SEV-SNP: ", guest.serial_text(), re.MULTILINE)


def test_needs_no_tolerance(guest):
    lines = of_the_image(guest)
    for word in ("tolerated", "malformed", "unknown MSR", "bad page state"):
        assert word not in lines


def test_asks_for_a_report_and_uses_no_iv_twice(guest):
    sent = messages(guest.emulator_text())
    assert REPORT_REQUEST in [m.type for m in sent]
    assert all(m.was_answered for m in sent)
    assert not ivs_used_twice(sent)
