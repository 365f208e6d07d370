# SPDX-License-Identifier: Apache-2.0
"""One guest's figures, measured from outside by ordinary clients. Figures are
named and counted as in the shared bench folder, so that they can be laid side
by side; each function returns a dictionary of them."""

import contextlib
import os
import re
import socket
import ssl
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from typing import Callable

from guest import GuestError, free_port, https_get

POLL_S = 0.002
TRY_EVERY_S = 0.05
TRIES_AT_ONCE = 8
SMALL_ANSWER_BYTES = 1024  # at least: the body of /1k
BIG_BYTES = 32 << 20
SUITE = "TLS_AES_128_GCM_SHA256"
FIGURES = re.compile(r"^figures (.+)$", re.M)


@dataclass
class Target:
    """One image to measure. make(**options) gives a Guest; `marks` are serial
    patterns to time, the first of them the kernel's entry; polling for the
    first answer begins at `poll_after`."""
    name: str
    make: Callable
    image_bytes: int
    marks: dict
    poll_after: str


# Until a guest is idle: what the tries at boot left in QEMU's forwarder ends in
# handshakes that nobody goes on with, and those end after ten seconds.
SETTLE_S = 13


@dataclass
class Effort:
    """How long the phases take."""
    load_s: int = 5
    idle_s: int = 15
    handshakes: int = 100
    requests: int = 2000
    memory_mib: int = 512


class Counter:
    """The instructions of a guest, as the plugin writes them to a file."""

    def __init__(self, plugin):
        handle, self.path = tempfile.mkstemp(prefix="anchorhold-insns-")
        os.write(handle, bytes(8))
        os.close(handle)
        self.arguments = ["-plugin", f"{plugin},out={self.path}"]

    def read(self):
        with open(self.path, "rb") as file:
            return int.from_bytes(file.read(8), "little")

    def close(self):
        os.unlink(self.path)


class FirstAnswer:
    """Tries a GET with a new connection every 50 ms until one is answered."""

    def __init__(self, port):
        self.port = port
        self.at = None
        self.begun = threading.Event()
        self.found = threading.Event()
        self.slots = threading.Semaphore(TRIES_AT_ONCE)
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _try(self):
        try:
            status = https_get(self.port, "/1k", timeout=3.0)
            if " 200" in status and not self.found.is_set():
                self.at = time.monotonic()
                self.found.set()
        except OSError:
            pass
        finally:
            self.slots.release()

    def _run(self):
        self.begun.wait()
        while not self.found.is_set():
            if self.slots.acquire(timeout=TRY_EVERY_S):
                threading.Thread(target=self._try, daemon=True).start()
            self.found.wait(TRY_EVERY_S)

    def stop(self):
        self.found.set()
        self.begun.set()


def cpu_seconds(guest):
    """CPU time that QEMU has used."""
    with open(f"/proc/{guest.pid}/stat", encoding="ascii") as stat:
        fields = stat.read().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mib(guest, name):
    with open(f"/proc/{guest.pid}/status", encoding="ascii") as status:
        for line in status:
            if line.startswith(name + ":"):
                return int(line.split()[1]) / 1024
    return float("nan")


def boot_watched(target, guest, limit_s=90, counter=None):
    """Starts the guest and follows it to its first answer. Returns seconds
    since QEMU's start, and instructions where there is a counter, by name."""
    first = FirstAnswer(guest.port)
    seconds, insns, size = {}, {}, -1
    try:
        guest.start()
        deadline = guest.started_at + limit_s
        while not first.found.is_set():
            now = time.monotonic()
            if now > deadline:
                raise GuestError(f"{target.name}: no answer in {limit_s} s")
            length = os.path.getsize(guest.log)
            if length != size:
                size, text = length, guest.serial_text()
                for name, pattern in target.marks.items():
                    if name not in seconds and re.search(pattern, text, re.M):
                        seconds[name] = now - guest.started_at
                        if counter:
                            insns[name] = counter.read()
                if re.search(target.poll_after, text, re.M):
                    first.begun.set()
                guest.check_alive()
            first.found.wait(POLL_S)
        if first.at is None:
            raise GuestError(f"{target.name}: no answer")
        seconds["first_get"] = first.at - guest.started_at
        if counter:
            insns["first_get"] = counter.read()
        return seconds, insns
    except BaseException:
        first.stop()
        guest.stop()
        raise


def run(*command, limit_s=120):
    out = subprocess.run(command, capture_output=True, text=True,
                         timeout=limit_s)
    return out.stdout + out.stderr


def number(pattern, text):
    found = re.search(pattern, text, re.M)
    if not found:
        raise GuestError(f"no {pattern!r} in:\n{text[-500:]}")
    return float(found[1])


def milliseconds(text, percent):
    found = re.search(rf"^ +{percent}% +([0-9.]+)(us|ms|s)", text, re.M)
    scale = {"us": 0.001, "ms": 1, "s": 1000}[found[2]]
    return float(found[1]) * scale


class Load:
    """The clients, against one booted guest."""

    def __init__(self, guest, effort):
        self.guest = guest
        self.effort = effort
        self.base = f"https://127.0.0.1:{guest.port}"

    def handshakes_by_openssl(self, seconds):
        text = run("openssl", "s_time", "-connect",
                   f"127.0.0.1:{self.guest.port}", "-new", "-time",
                   str(seconds), "-tls1_3")
        return number(r"^(\d+) connections in .*real", text)

    def gets_by_ab(self, count, clients, keep=False, seconds=None):
        options = ["-k"] if keep else []
        if seconds:  # -t sets -n, so -n comes after it
            options += ["-t", str(seconds)]
        text = run("ab", "-q", "-f", "TLS1.3", *options, "-c", str(clients),
                   "-n", str(count), f"{self.base}/1k")
        if number(r"^Failed requests: +(\d+)", text):
            raise GuestError(f"ab saw failed requests:\n{text}")
        return number(r"^Complete requests: +(\d+)", text)

    def gets_by_wrk(self, clients, seconds):
        text = run("wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "--latency",
                   f"{self.base}/1k")
        if "Non-2xx" in text or "Socket errors" in text:
            raise GuestError(f"wrk saw errors:\n{text}")
        return number(r"^ +(\d+) requests in", text), text

    def bulk_by_curl(self):
        text = run("curl", "-sk", "--tlsv1.3", "--http1.1", "--tls13-ciphers",
                   SUITE, "-o", "/dev/null", "-w", "%{size_download}",
                   f"{self.base}/big")
        if int(text) != BIG_BYTES:
            raise GuestError(f"short download: {text} bytes")
        return BIG_BYTES / 1e6

    def rates(self):
        """Operations a second, and QEMU's CPU milliseconds for each."""
        figures, seconds = {}, self.effort.load_s

        def rate(name, action):
            cpu, begun = cpu_seconds(self.guest), time.monotonic()
            count = action()
            figures[name] = count / (time.monotonic() - begun)
            used = cpu_seconds(self.guest) - cpu
            figures[name + "_cpu"] = 1000 * used / count

        def keep_alive_alone():
            count, text = self.gets_by_wrk(1, seconds)
            figures["http.keepalive_c1_p50"] = milliseconds(text, 50)
            figures["http.keepalive_c1_p99"] = milliseconds(text, 99)
            return count

        # The emulator translates what it hasn't met yet: not counted.
        self.handshakes_by_openssl(2)
        self.gets_by_wrk(8, 2)
        rate("tls.handshake_c1",
             lambda: self.handshakes_by_openssl(seconds))
        rate("tls.handshake_get_c4",
             lambda: self.gets_by_ab(100000, 4, seconds=seconds))
        rate("http.keepalive_c1", keep_alive_alone)
        rate("http.keepalive_c8", lambda: self.gets_by_wrk(8, seconds)[0])
        rate("http.bulk", self.bulk_by_curl)
        return figures


def boot_and_load(target, effort):
    """Boot times, rates, idle CPU and memory, from one boot."""
    guest = target.make(port=free_port(), memory_mib=effort.memory_mib)
    seconds, _ = boot_watched(target, guest)
    try:
        entry = next(iter(target.marks))
        figures = {f"boot.{name}": value for name, value in seconds.items()}
        figures["boot.entry_to_get"] = seconds["first_get"] - seconds[entry]
        figures["boot.qemu_peak_rss"] = memory_mib(guest, "VmHWM")
        time.sleep(2)
        figures |= Load(guest, effort).rates()
        figures["load.qemu_rss"] = memory_mib(guest, "VmRSS")
        time.sleep(SETTLE_S)
        cpu, begun = cpu_seconds(guest), time.monotonic()
        time.sleep(effort.idle_s)
        figures["idle.qemu_cpu"] = 100 * (cpu_seconds(guest) - cpu) / (
            time.monotonic() - begun)
        figures["idle.qemu_rss"] = memory_mib(guest, "VmRSS")
        return figures
    finally:
        guest.stop()


def figures_said(guest):
    """The next whole figures that our image prints, as a dictionary."""
    seen = len(FIGURES.findall(guest.serial_text()))
    deadline = time.monotonic() + 20
    while len(FIGURES.findall(guest.serial_text())) < seen + 2:
        guest.check_alive()
        if time.monotonic() > deadline:
            raise GuestError(f"{guest.image} prints no figures")
        time.sleep(0.05)
    line = FIGURES.findall(guest.serial_text())[-1]
    return {name: int(value)
            for name, value in (pair.split("=") for pair in line.split())}


def held_by(guest, clients, act):
    """Heap bytes for each of `clients` connections after act(connection)."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    before = figures_said(guest)["heap_used"]
    with contextlib.ExitStack() as stack:
        for _ in range(clients):
            plain = socket.create_connection(("127.0.0.1", guest.port), 20)
            act(stack.enter_context(context.wrap_socket(plain)))
        return (figures_said(guest)["heap_used"] - before) / clients


def connection_memory(target, effort, clients=64):
    """Heap bytes of a connection that has been served and is idle, and of one
    that has sent 30,000 of a body's 60,000 bytes; of our own image only."""
    guest = target.make(port=free_port(), memory_mib=effort.memory_mib,
                        append="figures=1")

    def idle(tls):
        tls.sendall(b"GET /1k HTTP/1.1\r\nHost: guest\r\n\r\n")
        left = SMALL_ANSWER_BYTES
        while left > 0:
            left -= len(tls.recv(4096))

    def active(tls):
        tls.sendall(b"POST /1k HTTP/1.1\r\nHost: guest\r\n"
                    b"Content-Length: 60000\r\n\r\n" + bytes(30000))

    boot_watched(target, guest)
    try:
        held = {}
        for name, act in (("idle", idle), ("active", active)):
            time.sleep(3)
            held[f"mem.{name}_connection"] = held_by(guest, clients, act)
        held["mem.heap_peak"] = figures_said(guest)["heap_peak"]
        return held
    finally:
        guest.stop()


def instructions(target, effort, plugin):
    """Guest instructions: to the first answer, for each operation, idle."""
    counter = Counter(plugin)
    guest = target.make(port=free_port(), memory_mib=effort.memory_mib,
                        extra=counter.arguments)
    try:
        _, insns = boot_watched(target, guest, counter=counter)
        entry = next(iter(target.marks))
        figures = {f"insns.boot_{name}": value / 1e6
                   for name, value in insns.items()}
        figures["insns.boot_entry_to_get"] = (
            insns["first_get"] - insns[entry]) / 1e6
        load = Load(guest, effort)

        def each(name, action):
            before = counter.read()
            count = action()
            figures["insns." + name] = (counter.read() - before) / 1e3 / count

        time.sleep(SETTLE_S)
        before, begun = counter.read(), time.monotonic()
        time.sleep(5)
        figures["insns.idle"] = (counter.read() - before) / 1e3 / (
            time.monotonic() - begun)
        each("handshake_get",
             lambda: load.gets_by_ab(effort.handshakes, 1))
        each("keepalive_get",
             lambda: load.gets_by_ab(effort.requests, 1, keep=True))
        each("bulk", load.bulk_by_curl)
        return figures
    finally:
        guest.stop()
        counter.close()


def reaches(target, memory, pattern=None, limit_s=40):
    """Whether a guest of `memory` MiB prints `pattern`, or, without one,
    answers a request."""
    guest = target.make(port=free_port(), memory_mib=memory)
    try:
        if pattern:
            guest.start().wait_serial(pattern, limit_s)
        else:
            boot_watched(target, guest, limit_s)
        return True
    except GuestError:
        return False
    finally:
        guest.stop()


def least_memory(target, pattern=None, low=16, high=256):
    """The least -m, to 1 MiB, at which reaches() holds; None above `high`."""
    if not reaches(target, high, pattern):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        if reaches(target, middle, pattern):
            high = middle
        else:
            low = middle
    return high
