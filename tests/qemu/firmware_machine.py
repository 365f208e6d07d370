# SPDX-License-Identifier: Apache-2.0
"""One bounded run of a firmware under plain QEMU, and what was said in it."""

import contextlib
import pathlib
import re
import subprocess
import tempfile
import time

from guest import QEMU, die_with_parent

HASH_TABLE_ADDRESS = 0x810c00
LIMIT_S = 60
SETTLE_S = 0.3


class Run:
    """What a run said; `seconds` is from QEMU's start to the last line."""

    def __init__(self, serial, debug, seconds):
        self.serial = serial
        self.debug = debug
        self.seconds = seconds

    @property
    def payloads(self):
        """The names of the payloads that ran."""
        return re.findall(r"payload (\S+) options=", self.serial)

    @property
    def halts(self):
        """The reasons for which the firmware halted."""
        return re.findall("^firmware: halt: (.*)$", self.debug, re.M)


@contextlib.contextmanager
def qemu(command):
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL,
                               stderr=subprocess.PIPE, text=True,
                               preexec_fn=die_with_parent)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


def read(path):
    return path.read_text(encoding="latin-1") if path.exists() else ""


def boot(firmware, kernel=None, table=None, append=None, extra=(),
         memory="256M", machine="q35", until=None, limit_s=LIMIT_S):
    """Runs until a payload spoke, the firmware halted, or `until` was said.

    A run that ends in none of these within `limit_s` is returned as it is:
    then nothing ran.
    """
    with tempfile.TemporaryDirectory(prefix="anchorhold-fw-") as name:
        folder = pathlib.Path(name)
        command = [
            QEMU, "-machine", machine, "-accel", "tcg", "-cpu", "EPYC-Milan",
            "-smp", "1", "-m", memory, "-nodefaults", "-no-user-config",
            "-display", "none", "-no-reboot", "-bios", str(firmware),
            "-serial", f"file:{folder}/serial",
            "-debugcon", f"file:{folder}/debug",
            "-global", "isa-debugcon.iobase=0x402",
            "-device", "isa-debug-exit,iobase=0xf4,iosize=4"]
        if kernel is not None:
            (folder / "kernel").write_bytes(kernel)
            command += ["-kernel", f"{folder}/kernel"]
        if append is not None:
            command += ["-append", append]
        if table is not None:
            (folder / "table").write_bytes(table)
            command += ["-device", f"loader,file={folder}/table,"
                        f"addr={HASH_TABLE_ADDRESS:#x},force-raw=on"]
        began = time.monotonic()
        with qemu(command + list(extra)) as process:
            seconds = wait(process, folder, until, began + limit_s) - began
            if process.poll() not in (None, 33, 0):
                raise AssertionError(process.stderr.read())
        return Run(read(folder / "serial"), read(folder / "debug"), seconds)


def wait(process, folder, until, deadline):
    """When the run was over."""
    while time.monotonic() < deadline:
        said = read(folder / "serial") + read(folder / "debug")
        now = time.monotonic()
        if process.poll() is not None or (until and until in said):
            return now
        if "firmware: halt: " in said and said.endswith("\n"):
            # Whatever would still come, comes now.
            time.sleep(SETTLE_S)
            return now
        time.sleep(0.005)
    return deadline
