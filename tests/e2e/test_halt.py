# SPDX-License-Identifier: Apache-2.0
"""Machines that the image refuses: one clear line each, then a CPU that does
nothing."""

import os
import re
import time

import pytest

from service import Service

BOOT_S = 60
REFUSED = {
    "no card": (r"no nic: .+", {"net": False}),
    "a card of another kind": (r"no nic: .+", {
        "net": False, "extra": ["-device", "e1000e,romfile="]}),
    "a legacy virtio card": (r"no nic: .+", {
        "net": False, "extra": [
            "-netdev", "user,id=n0", "-device",
            "virtio-net-pci,netdev=n0,romfile=,disable-modern=on,"
            "disable-legacy=off"]}),
    "no random instruction": (r"no entropy: .+", {
        "cpu": "EPYC-Milan,-rdrand,-rdseed"}),
    "no AES": (r"cpu: .+", {"cpu": "EPYC-Milan,-aes"}),
    "no PCLMULQDQ": (r"cpu: .+", {"cpu": "EPYC-Milan,-pclmulqdq"}),
    "no SSE4.1": (r"cpu: .+", {"cpu": "EPYC-Milan,-sse4.1"}),
    "an unknown word": (r"command line: .+", {"append": "nonsense"}),
    "an unknown name": (r"command line: .+", {"append": "nonsense=1"}),
    "a word twice": (r"command line: .+", {"append": "ip=dhcp ip=dhcp"}),
    "a period that is no number": (r"command line: .+",
                                   {"append": "figures=often"}),
    "an address that is none": (r"(command line|network): .+",
                                {"append": "ip=10.0.2.256/24"}),
    "a gateway out of nowhere": (r"(command line|network): .+",
                                 {"append": "ip=gw=10.0.2.2"}),
    "a byte that is no ASCII": (r"command line: .+", {"append": "ip=\u00e9"}),
    "a line that is too long": (r"(command line|firmware): .+",
                                {"append": "a" * 5000}),
    "a network item that is garbage": (r"network: .+", {"extra": [
        "-fw_cfg", "name=opt/org.anchorhold/net,string=nonsense"]}),
    "a network item that is too long": (r"network: .+", {"extra": [
        "-fw_cfg", "name=opt/org.anchorhold/net,string=" + "1" * 3000]}),
}


class Bare(Service):
    """Without the figures, so that the command line is the test's alone."""

    def __init__(self, **options):
        append = options.pop("append", "")
        super().__init__("hello", **options)
        self.append = append


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
        fields = stat.read().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.parametrize("name", REFUSED)
def test_halt(name):
    line, options = REFUSED[name]
    with Bare(**options) as guest:
        found = guest.wait_serial(rf"^halt: {line}$", BOOT_S)
        time.sleep(0.5)
        text = guest.serial_text()
        assert len(re.findall(r"^halt: ", text, re.M)) == 1
        assert text.rstrip().endswith(found[0]), "something follows"
        before = cpu_seconds(guest.pid)
        time.sleep(1)
        assert cpu_seconds(guest.pid) - before < 0.2, "the CPU still runs"
