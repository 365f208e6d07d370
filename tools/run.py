# SPDX-License-Identifier: Apache-2.0
"""`run`: one image in the foreground until SIGINT or SIGTERM."""

import argparse
import os
import pathlib
import signal
import sys
import threading
import time

import guest_emulated
import guest_snp
from guest import Guest, GuestError, GuestHalted, plain

ROOT = pathlib.Path(__file__).resolve().parent.parent
READY_LIMIT_SECONDS = 120
PLAIN_WORDS = """\
run: PLAIN QEMU, WITHOUT SEV-SNP: the host can read and change this guest. It
run: has no evidence; a client that verifies will refuse it.
"""
EMULATED_WORDS = """\
run: EMULATED: this is the SEV-SNP emulator. NOTHING IS PROTECTED, and its
run: EMULATED evidence, signed by keys of this checkout, proves nothing.
"""


class Stopped(Exception):
    """SIGINT or SIGTERM came."""


class Stopper:
    """Turns the first SIGINT or SIGTERM into Stopped, but not before arm():
    QEMU must not be half started then."""

    def __init__(self):
        self.armed = self.pending = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self.on_signal)

    def on_signal(self, _number, _frame):
        if self.armed and not self.pending:
            self.pending = True
            raise Stopped
        self.pending = True

    def arm(self):
        self.armed = True
        if self.pending:
            raise Stopped


def arguments(build):
    parser = argparse.ArgumentParser(
        prog="./anchorhold run",
        description="Boots an image: with SEV-SNP where the host has it, "
                    "else under plain QEMU (TCG), without.")
    parser.add_argument("--app", default="hello",
                        help="the app linked in (default: hello)")
    parser.add_argument("--port", type=int, default=8443,
                        help="on 127.0.0.1 (default: 8443)")
    parser.add_argument("--memory", type=int, default=256, metavar="MIB",
                        help="the guest's memory (default: 256; with less than "
                             "about 48 the firmware doesn't start an image)")
    parser.add_argument("--cpu", default="EPYC-Milan", metavar="MODEL",
                        help="QEMU's CPU model (default: EPYC-Milan)")
    parser.add_argument("--append", default="", metavar="LINE",
                        help="the guest's command line: ip=ADDRESS/BITS "
                             "instead of DHCP, figures=SECONDS between lines "
                             "of counters")
    parser.add_argument("--production", action="store_true",
                        help="the image without a console, which halts where "
                             "there is no SEV-SNP")
    way = parser.add_mutually_exclusive_group()
    way.add_argument("--snp", action="store_const", dest="way", const="snp",
                     help="with SEV-SNP, or not at all")
    way.add_argument("--plain", action="store_const", dest="way",
                     const="plain", help="without SEV-SNP")
    way.add_argument("--emu", action="store_const", dest="way", const="emu",
                     help="under the SEV-SNP emulator, which protects "
                          "nothing; one CPU model, --cpu is for others")
    chosen = parser.parse_args()
    if chosen.way is None:
        chosen.way = "snp" if guest_snp.host_has_snp() else "plain"
    if not 1 <= chosen.port <= 65535:
        parser.error(f"--port {chosen.port}: a port is 1 to 65535")
    if chosen.memory < 1:
        parser.error(f"--memory {chosen.memory}: at least 1 (MiB)")
    profile = "-production" if chosen.production else ""
    chosen.image = build / "image" / f"anchorhold-{chosen.app}{profile}.efi"
    if not chosen.image.exists():
        known = sorted(path.stem.removeprefix("anchorhold-")
                       .removesuffix("-production") for path in
                       chosen.image.parent.glob("anchorhold-*-production.efi")
                       if path.stem != "anchorhold-kernel-production")
        parser.error(f"no app named {chosen.app!r}; there are: "
                     + ", ".join(known))
    return chosen


def guest_of(chosen):
    """The guest that was chosen, not yet started, with a word on it."""
    options = {"memory_mib": chosen.memory, "port": chosen.port,
               "append": chosen.append}
    if chosen.way == "emu":
        print(EMULATED_WORDS, end="", file=sys.stderr)
        guest_emulated.make_keys()
        return guest_emulated.EmulatedGuest(chosen.image, **options)
    if chosen.way == "snp":
        return guest_snp.SnpGuest(chosen.image, cpu=chosen.cpu, **options)
    print(PLAIN_WORDS, end="", file=sys.stderr)
    return Guest(chosen.image, cpu=chosen.cpu, **options)


def follow_console(guest, done):
    """Copies the guest's console to standard error as it comes."""
    with open(guest.log, encoding="utf-8", errors="replace") as serial:
        last = False
        while not last:
            last = done.wait(0.05)
            sys.stderr.write(plain(serial.read()))
            sys.stderr.flush()


def announce(guest):
    """What will be measured, where the launch is one."""
    if isinstance(guest, guest_emulated.EmulatedGuest):
        print(f"run: EMULATED launch digest {guest.wait_digest()}",
              file=sys.stderr)


def serve(guest):
    """Until the guest ends or a signal comes."""
    guest.wait_https(READY_LIMIT_SECONDS)
    print(f"ready https://127.0.0.1:{guest.port}", flush=True)
    while True:
        guest.check_alive()
        time.sleep(0.2)


def run(chosen, stopper):
    console_done = threading.Event()
    status, last_words = 0, ""
    try:
        with guest_of(chosen) as guest:
            console = threading.Thread(target=follow_console,
                                       args=(guest, console_done))
            console.start()
            try:
                stopper.arm()
                announce(guest)
                serve(guest)
            finally:
                guest.stop()
                console_done.set()
                console.join()
    except Stopped:
        last_words = "stopped"
    except GuestHalted as halted:
        status, last_words = 1, f"the guest halted\n{halted}"
    except GuestError as error:
        status, last_words = 1, str(error)
    print(f"run: {last_words}", file=sys.stderr)
    return status


def main():
    build = pathlib.Path(os.environ.get("ANCHORHOLD_BUILD", ROOT / "build"))
    stopper = Stopper()
    return run(arguments(build), stopper)


if __name__ == "__main__":
    sys.exit(main())
