# SPDX-License-Identifier: Apache-2.0
"""What the kernel makes of the firmware's machine: command lines, memory of
several sizes, CPUs that lack something, page tables."""

import os
import re
import socket
import tempfile
import time

import pytest

from guest import Guest
from halted import halted
from paths import image

MIB_PAGES = 256
STOPPED_S = 60
INTERRUPT_FLAG = 0x200
LOW_HALF_END = 1 << 47
STACK_BASE = 0xFFFFC00000000000
SHARED_BASE = 0xFFFFD00000000000
DEVICE_BASE = 0xFFFFE00000000000
KERNEL_BASE = 0xFFFFFFFF80000000
APP_BASE = 0x400000
APP_END = 0x40000000
PAGE_BYTES = 1 << 12
LARGE_BYTES = 1 << 21
STILL = "fault=nothing"


def boot(append=STILL, **options):
    with halted(append, **options) as guest:
        return guest.serial_text(), guest.qemu_text()


@pytest.mark.parametrize("append, halt", [
    ("", "command line: not of the form fault=NAME"),
    ("fault=other", "command line: no fault of that name"),
    ("fault=\u00fc", "command line: the command line isn't printable ASCII"),
    ("fault=\tnull", "command line: the command line isn't printable ASCII"),
    ("a" * 1100, "command line: the command line is too long"),
])
def test_bad_command_line(append, halt):
    text, _ = boot(append)
    assert re.findall("^halt: (.*)$", text, re.M) == [halt]
    assert "exception" not in text


@pytest.mark.parametrize("feature, words", [
    ("aes", "the CPU has no AES instructions"),
    ("pclmulqdq", "the CPU has no PCLMULQDQ"),
    ("sse4.1", "the CPU has no SSE4.1"),
    ("pat", "the CPU has no page attribute table"),
])
def test_missing_feature(feature, words):
    text, _ = boot(cpu=f"EPYC-Milan,-{feature}")
    assert re.findall("^halt: (.*)$", text, re.M) == [f"cpu: {words}"]


@pytest.mark.parametrize("cpu", [
    "EPYC-Milan", "EPYC-Milan,-smep,-smap,-umip", "EPYC-Milan,-mtrr",
    "max,+la57", "Westmere"])
def test_cpu(cpu):
    text, _ = boot(cpu=cpu)
    assert "halt: general: nothing stopped it" in text


@pytest.mark.parametrize("memory_mib", [64, 256, 3072, 5120])
def test_memory_is_taken(memory_mib):
    """All but what firmware and page tables keep, above 4 GiB as well."""
    text, _ = boot(memory_mib=memory_mib)
    pages = int(re.search(r"^pages (\d+)$", text, re.M)[1])
    assert pages < memory_mib * MIB_PAGES
    assert pages > (memory_mib - 24) * MIB_PAGES


def test_no_exception_on_the_way():
    """QEMU logs each exception and interrupt: after the firmware's own, in the
    low half, there must be none."""
    with tempfile.TemporaryDirectory() as folder:
        log = os.path.join(folder, "int.log")
        boot(extra=["-d", "int", "-D", log])
        with open(log, encoding="utf-8", errors="replace") as lines:
            text = lines.read()
    places = [int(place, 16) for place in
              re.findall(r"^ *\d+: v=.* pc=([0-9a-f]{16}) ", text, re.M)]
    assert places, "QEMU's log has another form"
    assert not [place for place in places if place >= LOW_HALF_END]


def monitor_ask(path, command):
    """One command to QEMU's monitor."""
    with socket.socket(socket.AF_UNIX) as monitor:
        monitor.connect(path)
        monitor.settimeout(20)
        text = b""
        while not text.endswith(b"(qemu) "):
            text += monitor.recv(65536)
        monitor.sendall(command.encode() + b"\n")
        text = b""
        while not text.endswith(b"(qemu) "):
            text += monitor.recv(65536)
    return text.decode("utf-8", "replace")


def is_stopped(registers):
    """Whether `info registers` shows a CPU that nothing wakes but an NMI."""
    flags = int(re.search(r"RFL=([0-9a-f]+)", registers)[1], 16)
    return "HLT=1" in registers and not flags & INTERRUPT_FLAG


def pages_of(guest, monitor):
    """(address, physical, flags) of each page, large or small: `info tlb`.
    Flags are X (no execute), G, P (large), D, A, C (PCD), T (PWT), U, W."""
    found = re.findall(r"^([0-9a-f]{16}): ([0-9a-f]{16}) ([-XGPDACTUW]{9})\s*$",
                       monitor_ask(monitor, "info tlb"), re.M)
    assert len(found) > 100, guest.serial_text()
    return [(int(address, 16), int(physical, 16), flags)
            for address, physical, flags in found]


def assert_app_permissions(pages):
    """The app's: where it may be, W^X, and, in ring 0, the supervisor's."""
    assert all(APP_BASE <= page[0] < APP_END for page in pages)
    assert not [p for p in pages if "U" in p[2]]
    rights = {"".join(c for c in p[2] if c in "XW") for p in pages}
    assert rights == {"", "X", "XW"}, rights


def assert_permissions(pages):
    executable = [page for page in pages if "X" not in page[2]]
    assert not [p for p in executable if "W" in p[2]], "writable and executable"
    assert not [p for p in pages if p[0] < LOW_HALF_END], "low half is in use"
    assert not [p for p in pages if "U" in p[2]], "the app's pages"
    assert executable and all(p[0] > KERNEL_BASE for p in executable)
    assert not [p for p in executable if "P" in p[2]]


@pytest.fixture
def monitor():
    with tempfile.TemporaryDirectory() as folder:
        yield os.path.join(folder, "monitor")


def monitor_option(path):
    return ["-monitor", f"unix:{path},server=on,wait=off"]


def test_no_nx(monitor):
    """The very first page tables need it, when nothing can be said yet: the
    CPU stops for good, halted with interrupts off, as no firmware idles."""
    with Guest(image("test-fault"), net=False, append=STILL,
               cpu="EPYC-Milan,-nx", extra=monitor_option(monitor)) as guest:
        deadline = time.monotonic() + STOPPED_S
        stopped = False
        while not stopped:
            time.sleep(0.5)
            assert guest.is_running(), "it reset instead of stopping"
            assert time.monotonic() < deadline, "it didn't stop"
            stopped = is_stopped(monitor_ask(monitor, "info registers"))
        assert not re.search("exception|halt|pages", guest.serial_text())


@pytest.mark.parametrize("cpu", ["EPYC-Milan", "max,+la57"])
def test_page_permissions(cpu, monitor):
    with halted(STILL, cpu=cpu, extra=monitor_option(monitor)) as guest:
        assert_permissions(pages_of(guest, monitor))


def test_page_permissions_of_a_service(monitor):
    """Devices uncached; shared memory and the app's pages have no second
    mapping."""
    with Guest(image("hello"), extra=monitor_option(monitor)) as guest:
        guest.wait_https(90)
        every = pages_of(guest, monitor)
    app = [page for page in every if page[0] < LOW_HALF_END]
    pages = [page for page in every if page[0] >= LOW_HALF_END]
    assert_app_permissions(app)
    assert_permissions(pages)
    devices = [p for p in pages if DEVICE_BASE <= p[0] < KERNEL_BASE]
    shared = {p[1] for p in pages if SHARED_BASE <= p[0] < DEVICE_BASE}
    assert devices and all(p[2][5:7] == "CT" for p in devices)
    assert shared
    alone = shared | {p[1] for p in app}
    for address, physical, flags in pages:
        if address < STACK_BASE:
            bytes_ = LARGE_BYTES if "P" in flags else PAGE_BYTES
            assert not [s for s in alone
                        if physical <= s < physical + bytes_], hex(address)
