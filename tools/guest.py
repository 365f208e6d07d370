# SPDX-License-Identifier: Apache-2.0
"""One guest under QEMU (TCG), for `run`, the tests and the bench.

    with Guest("build/image/anchorhold-hello.efi") as guest:
        guest.wait_https()
        ... requests to guest.port ...
        print(guest.serial_text())

Nothing of a guest outlives its Guest, however that one ends: QEMU dies with the
Python process that started it, and so do its logs, which have no names.
"""

import ctypes
import itertools
import os
import random
import re
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time

QEMU = "qemu-system-x86_64"
FIRMWARE = "/usr/share/ovmf/OVMF.fd"
PR_SET_PDEATHSIG = 1
HALT_LINE = re.compile(r"^halt: .*$", re.MULTILINE)
# What the firmware does to the console before the image starts.
TCG_LACKS = "TCG doesn't support requested feature"
TERMINAL_CONTROL = re.compile(r"\x1b\[[0-9;=?]*[A-Za-z]|\r")


class GuestError(Exception):
    """The guest can't be started, or didn't do what was waited for."""


class GuestHalted(GuestError):
    """The guest ended itself; the message is its `halt:` line."""


def port_numbers():
    """Ports below those that the kernel gives to clients, or one of those
    would be taken between the look and QEMU's own. Each process of a test
    run has a thousand of its own."""
    worker = re.sub(r"\D", "", os.environ.get("PYTEST_XDIST_WORKER", ""))
    first = 20000 + 1000 * (int(worker) % 12) if worker else 19000
    numbers = list(range(first, first + 1000))
    random.shuffle(numbers)
    return itertools.cycle(numbers)


PORT_NUMBERS = port_numbers()


def free_port():
    """A TCP port on 127.0.0.1 that was free just now."""
    for port in itertools.islice(PORT_NUMBERS, 1000):
        if port_is_free(port):
            return port
    raise GuestError("no port of this process's thousand is free")


def port_is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def https_get(port, path="/", timeout=10.0):
    """The status line of one GET over TLS 1.3, whatever certificate comes.

    Raises OSError (ssl.SSLError and time-outs are kinds of it).
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout) as raw:
        with context.wrap_socket(raw) as tls:
            tls.sendall(request.encode("ascii"))
            answer = b""
            while b"\r\n" not in answer:
                piece = tls.recv(4096)
                if not piece:
                    raise OSError("the answer ended before its status line")
                answer += piece
    return answer.split(b"\r\n", 1)[0].decode("latin-1")


def plain(text):
    """Console text without carriage returns and the firmware's escapes."""
    return TERMINAL_CONTROL.sub("", text)


def die_with_parent():
    """Runs in the child before exec: QEMU must not outlive us."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Log:
    """A file without a name, which others open by its path."""

    def __init__(self):
        self.file = tempfile.TemporaryFile(prefix="anchorhold-log-")
        self.path = f"/proc/{os.getpid()}/fd/{self.file.fileno()}"

    def text(self):
        with open(self.path, "rb") as file:
            return file.read().decode("utf-8", "replace")


class Guest:
    """QEMU with one image. Ports are on 127.0.0.1; `port` leads to 443."""

    program = QEMU
    firmware = FIRMWARE

    def __init__(self, image, memory_mib=256, cpu="EPYC-Milan", port=None,
                 append="", extra=(), log=None, net=True):
        self.image = str(image)
        self.memory_mib = memory_mib
        self.cpu = cpu
        self.port = port if port is not None else free_port()
        self.append = append
        self.extra = list(extra)
        self.net = net
        self.process = None
        self.started_at = None
        self._serial, self._said = Log(), Log()
        self.log = str(log or self._serial.path)

    def command(self):
        """QEMU's command line, as a list."""
        line = [
            self.program, "-machine", "q35", "-accel", "tcg", "-cpu", self.cpu,
            "-smp", "1", "-m", f"{self.memory_mib}M", "-nodefaults",
            "-no-user-config", "-display", "none", "-no-reboot",
            "-bios", str(self.firmware), "-kernel", self.image,
            "-serial", f"file:{self.log}",
        ]
        if self.net:
            forward = f"hostfwd=tcp:127.0.0.1:{self.port}-:443"
            line += ["-netdev", f"user,id=n0,{forward}",
                     "-device", "virtio-net-pci,netdev=n0,romfile="]
        if self.append:
            line += ["-append", self.append]
        return line + self.extra

    @property
    def pid(self):
        return self.process.pid

    def start(self):
        if not shutil.which(self.program):
            raise GuestError(f"{self.program} isn't installed: run "
                             "./anchorhold setup")
        if not os.path.exists(self.firmware):
            raise GuestError(f"{self.firmware} is missing: run ./anchorhold "
                             "setup and ./anchorhold build")
        if not os.path.exists(self.image):
            raise GuestError(f"{self.image} is missing: run ./anchorhold build")
        if self.net and not port_is_free(self.port):
            raise GuestError(f"port {self.port} on 127.0.0.1 is taken: choose "
                             "another with --port")
        with open(self.log, "wb"):
            pass
        command = self.command()
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=self._said.file,
            stderr=self._said.file, preexec_fn=die_with_parent)
        return self

    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def serial_text(self):
        """All that the guest has written to its console."""
        with open(self.log, "rb") as serial:
            return plain(serial.read().decode("utf-8", "replace"))

    def qemu_text(self):
        """What QEMU itself has said, but for features that TCG lacks."""
        lines = self._said.text().splitlines(True)
        return "".join(line for line in lines if TCG_LACKS not in line)

    def halt_line(self):
        """The guest's `halt:` line, or None while it hasn't halted."""
        found = HALT_LINE.search(self.serial_text())
        return found.group(0) if found else None

    def check_alive(self):
        """Raises GuestHalted or GuestError once nothing will come any more."""
        running = self.is_running()
        line = self.halt_line()
        if line:
            raise GuestHalted(line)
        if not running:
            raise GuestError(
                f"QEMU ended with status {self.process.returncode}\n"
                + self.qemu_text())

    def wait_serial(self, pattern, timeout=60.0):
        """Waits for a whole-text regex match in the serial log; returns it."""
        wanted = re.compile(pattern, re.MULTILINE)
        deadline = time.monotonic() + timeout
        while True:
            running = self.is_running()
            # Read once: what is sought may be the very line that says halt.
            text = self.serial_text()
            found = wanted.search(text)
            if found:
                return found
            if not running or HALT_LINE.search(text):
                self.check_alive()
            if time.monotonic() > deadline:
                raise GuestError(f"no {pattern!r} on the console in "
                                 f"{timeout:.0f} s:\n{text}")
            time.sleep(0.02)

    def wait_https(self, timeout=60.0):
        """Waits until a GET is answered over TLS; returns seconds since start.

        QEMU's forwarder takes connections long before the guest can, so each
        try is short.
        """
        deadline = time.monotonic() + timeout
        while True:
            self.check_alive()
            try:
                https_get(self.port, timeout=3.0)
                return time.monotonic() - self.started_at
            except OSError as error:
                if time.monotonic() > deadline:
                    raise GuestError(
                        f"no HTTPS answer in {timeout:.0f} s ({error}):\n"
                        + self.serial_text()) from error
            time.sleep(0.05)

    def stop(self):
        """Ends QEMU and waits until it is gone. Safe to call twice."""
        if self.is_running():
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
        if self.process is not None:
            self.process.wait()

    def __enter__(self):
        return self.start()

    def __exit__(self, *exc):
        self.stop()
