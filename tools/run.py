# SPDX-License-Identifier: Apache-2.0
"""`run`: one image in the foreground until SIGINT or SIGTERM."""

import argparse
import os
import pathlib
import signal
import sys
import threading
import time

from guest import Guest, GuestError, GuestHalted, plain

ROOT = pathlib.Path(__file__).resolve().parent.parent
READY_LIMIT_SECONDS = 120


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
        description="Boots an image under QEMU (TCG), without SEV-SNP.")
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
    parser.add_argument("--plain", action="store_true",
                        help="without SEV-SNP: what runs now anyway")
    parser.add_argument("--emu", action="store_true",
                        help="under the SEV-SNP emulator: not possible yet")
    chosen = parser.parse_args()
    if chosen.emu:
        parser.error("--emu comes with a later issue: the image is no "
                     "SNP guest yet; --plain is what runs now")
    if not 1 <= chosen.port <= 65535:
        parser.error(f"--port {chosen.port}: a port is 1 to 65535")
    if chosen.memory < 1:
        parser.error(f"--memory {chosen.memory}: at least 1 (MiB)")
    chosen.image = build / "image" / f"anchorhold-{chosen.app}.efi"
    if not chosen.image.exists():
        names = (path.stem.removeprefix("anchorhold-")
                 for path in chosen.image.parent.glob("*.efi"))
        known = sorted(name for name in names if not name.startswith("test-"))
        parser.error(f"no app named {chosen.app!r}; there are: "
                     + ", ".join(known))
    return chosen


def follow_console(guest, done):
    """Copies the guest's console to standard error as it comes."""
    with open(guest.log, encoding="utf-8", errors="replace") as serial:
        last = False
        while not last:
            last = done.wait(0.05)
            sys.stderr.write(plain(serial.read()))
            sys.stderr.flush()


def serve(guest):
    """Until the guest ends or a signal comes."""
    guest.wait_https(READY_LIMIT_SECONDS)
    print(f"ready https://127.0.0.1:{guest.port}", flush=True)
    while True:
        guest.check_alive()
        time.sleep(0.2)


def run(chosen, stopper):
    guest = Guest(chosen.image, memory_mib=chosen.memory, cpu=chosen.cpu,
                  port=chosen.port, append=chosen.append)
    console_done = threading.Event()
    status, last_words = 0, ""
    try:
        with guest:
            console = threading.Thread(target=follow_console,
                                       args=(guest, console_done))
            console.start()
            try:
                stopper.arm()
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
