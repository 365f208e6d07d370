# SPDX-License-Identifier: Apache-2.0
"""What the emulator costs, as the tables of emu/README.md have it.

    emu_times.py [--rounds N] [--qemu COMMAND]...

Times from QEMU's start to the first line of the hello image, by our firmware,
on plain QEMU and under the emulator; then the time of one GHCB round trip, by
the test guest's own clock. Each is the least of the rounds: what else the
machine does only adds to it.
"""

import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time

import guest_emulated
from guest import GuestError, die_with_parent

sys.path.insert(0, str(guest_emulated.ROOT / "emu"))
import launch

IMAGE = guest_emulated.BUILD / "image" / "anchorhold-hello.efi"
PAYLOAD = guest_emulated.BUILD / "tests" / "emu" / "payload" / "snp-payload.efi"
FIRST_LINE = "anchorhold starts"
HASH_TABLE_ADDRESS = 0x810c00  # our firmware's
MEMORY_MIB = 512
LIMIT_SECONDS = 60
TRIP = re.compile(r"^round trip: kind=(\w+) cycles=(\w+)", re.MULTILINE)
KINDS = {1: "OUT by the page", 2: "CPUID by the MSR protocol"}


def options(qemu, image, line=""):
    """The launcher's, for one run of `image`."""
    return launch.arguments([
        "--firmware", str(guest_emulated.FIRMWARE), "--kernel", str(image),
        "--append", line, "--memory", str(MEMORY_MIB),
        "--rom", str(guest_emulated.ROM), "--qemu", qemu,
        "--psp", str(guest_emulated.KEYS / "psp-vcek.bin"),
        "--trace", "none"])


def plain_command(chosen, folder):
    """The same guest without the emulator, the hash table put where a launch
    would put it."""
    table = folder / "table"
    table.write_bytes(launch.hash_table(chosen))
    return [*chosen.qemu.split(), "-accel", "tcg", "-cpu", "max", "-machine",
            "q35,smm=off,vmport=off", "-smp", "1", "-m", f"{MEMORY_MIB}M",
            "-nodefaults", "-display", "none", "-no-reboot",
            "-bios", chosen.firmware, "-kernel", chosen.kernel,
            "-serial", chosen.serial,
            *launch.loader(table, HASH_TABLE_ADDRESS)]


def emulator_command(chosen, folder):
    qemu = chosen.qemu.split()
    return launch.command_line(chosen, qemu, launch.qemu_version(qemu), folder)


def run(command_of, chosen, is_done):
    """Seconds from QEMU's start until its console is as wanted, and that."""
    with tempfile.TemporaryDirectory(prefix="anchorhold-times-") as name:
        folder = pathlib.Path(name)
        serial = folder / "serial"
        serial.touch()
        chosen.serial = f"file:{serial}"
        command = command_of(chosen, folder)
        began = time.monotonic()
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, preexec_fn=die_with_parent)
        try:
            while time.monotonic() - began < LIMIT_SECONDS:
                has_ended = process.poll() is not None
                text = serial.read_text("ascii", "replace")
                if is_done(text):
                    return time.monotonic() - began, text
                if has_ended:
                    break
                time.sleep(0.005)
        finally:
            process.kill()
            process.wait()
    raise GuestError(f"{chosen.kernel} didn't come so far in "
                     f"{time.monotonic() - began:.1f} s:\n{text}")


def boot_seconds(command_of, qemu, rounds):
    times = [run(command_of, options(qemu, IMAGE),
                 lambda text: FIRST_LINE in text)[0] for _ in range(rounds)]
    return min(times)


def trip_microseconds(qemu, rounds):
    """{kind: µs} of the test guest's calls."""
    seen = {}
    for _ in range(rounds):
        _, text = run(emulator_command, options(qemu, PAYLOAD, "round-trips"),
                      lambda text: "payload: done" in text)
        for kind, cycles in TRIP.findall(text):
            seen.setdefault(KINDS[int(kind, 16)], []).append(
                int(cycles, 16) / (launch.tsc_khz() / 1000))
    return {kind: min(times) for kind, times in seen.items()}


def measure(qemu, rounds):
    return {
        "qemu": ".".join(map(str, launch.qemu_version(qemu.split()))),
        "plain_seconds": round(boot_seconds(plain_command, qemu, rounds), 2),
        "emulator_seconds": round(
            boot_seconds(emulator_command, qemu, rounds), 2),
        "round_trip_us": {kind: round(time_us, 1) for kind, time_us in
                          trip_microseconds(qemu, rounds).items()},
    }


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--qemu", action="append", metavar="COMMAND",
                        help="default: " + guest_emulated.EmulatedGuest.program)
    chosen = parser.parse_args()
    guest_emulated.make_keys()
    for qemu in chosen.qemu or [guest_emulated.EmulatedGuest.program]:
        print(json.dumps(measure(qemu, chosen.rounds)), flush=True)


if __name__ == "__main__":
    try:
        main()
    except (GuestError, OSError) as why:
        sys.exit(f"emu_times: {why}")
