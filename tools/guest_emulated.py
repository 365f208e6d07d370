# SPDX-License-Identifier: Apache-2.0
"""One guest under the SEV-SNP emulator: our firmware, measured, and an image.
Nothing is protected here, and what the guest attests is worth nothing."""

import fcntl
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

from guest import Guest, GuestError, GuestHalted

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = pathlib.Path(os.environ.get("ANCHORHOLD_BUILD", ROOT / "build"))
FIRMWARE = BUILD / "firmware" / "anchorhold.fd"
ROM = BUILD / "emu" / "anchorhold-emu.rom"
KEYS = BUILD / "emu" / "keys"
TEST_PKI = BUILD / "tests" / "emu" / "anchorhold-test-pki"
CARD = ("virtio-net-pci,netdev=n0,romfile=,disable-legacy=on,"
        "iommu_platform=on")
DIGEST = re.compile(r"^emu: launch digest ([0-9a-f]{96})$", re.MULTILINE)
END = re.compile(r"^emu: end: (.*)$", re.MULTILINE)
TERMINATED = re.compile(
    r"^emu: end: guest terminated.* set=(\w+) code=(\w+)", re.MULTILINE)

sys.path.insert(0, str(ROOT / "emu"))
import launch  # the emulator's own launcher


def make_keys(folder=KEYS):
    """The emulated platform's keys and roots, which the build's own tool makes
    once for each checkout; returns their folder."""
    made = folder / "psp-vcek.bin"
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            tool_ns = TEST_PKI.stat().st_mtime_ns
            if not made.exists() or made.stat().st_mtime_ns < tool_ns:
                subprocess.run([TEST_PKI, folder], check=True,
                               capture_output=True, timeout=120)
        except (OSError, subprocess.SubprocessError) as error:
            raise GuestError(f"no keys for the emulator: {error}; run "
                             "./anchorhold build") from error
    return folder


class EmulatedGuest(Guest):
    """A guest of the emulator; `emulator` are options of emu/launch.py."""

    firmware = FIRMWARE

    def __init__(self, image, keys=KEYS, emulator=(), **options):
        super().__init__(image, **options)
        self.keys = pathlib.Path(keys)
        self.emulator = list(emulator)
        self._folder = None

    def _options(self):
        options = ["--rom", ROM, "--psp", self.keys / "psp-vcek.bin",
                   "--firmware", self.firmware, "--kernel", self.image,
                   "--append", self.append, "--memory", self.memory_mib,
                   "--serial", f"file:{self.log}", *self.emulator]
        return [str(option) for option in options]

    def command(self):
        """QEMU's, as the emulator's launcher makes it; also writes what the
        emulator reads."""
        self._folder = tempfile.TemporaryDirectory(prefix="anchorhold-emu-")
        folder = pathlib.Path(self._folder.name)
        chosen = launch.arguments(self._options())
        line = launch.command_line(
            chosen, [self.program], launch.qemu_version([self.program]),
            folder)
        if self.net:
            forward = f"hostfwd=tcp:127.0.0.1:{self.port}-:443"
            line += ["-netdev", f"user,id=n0,{forward}", "-device", CARD]
        return line + self.extra

    def start(self):
        if not ROM.exists():
            raise GuestError(f"{ROM} is missing: run ./anchorhold build")
        return super().start()

    def emulator_text(self):
        """The emulator's lines so far."""
        path = pathlib.Path(self._folder.name, "log")
        return path.read_text("ascii", "replace") if path.exists() else ""

    def wait_digest(self, timeout=60.0):
        """The launch digest, hex, once the emulator has printed it."""
        deadline = time.monotonic() + timeout
        while True:
            running = self.is_running()
            found = DIGEST.search(self.emulator_text())
            if found:
                return found[1]
            if not running or time.monotonic() > deadline:
                raise GuestError("the emulator printed no launch digest\n"
                                 f"{self.emulator_text()}{self.qemu_text()}")
            time.sleep(0.02)

    def end_line(self):
        """How the emulator says it ended, or None while it hasn't."""
        found = END.search(self.emulator_text())
        return found[1] if found else None

    def halt_line(self):
        """A production image has no console: its last word is a reason that
        goes to the host."""
        line = super().halt_line()
        found = TERMINATED.search(self.emulator_text())
        if line is None and found:
            return f"terminated, set {found[1]}, code {found[2]}"
        return line

    def check_alive(self):
        try:
            super().check_alive()
        except GuestHalted:
            raise
        except GuestError as error:
            end = self.end_line()
            raise GuestError(f"the emulator ended: {end}" if end
                             else str(error)) from error

    def __exit__(self, *exc):
        super().__exit__(*exc)
        if self._folder is not None:
            self._folder.cleanup()


if __name__ == "__main__":
    print(make_keys())
