# SPDX-License-Identifier: Apache-2.0
"""The part of `demo` that comes after the build: boots the image as a measured
guest, holds the launch digest against the computed one, has one request
answered, and judges evidence for a nonce of its own. Each step is timed.

DEMO_SUMMARY holds the lines of the steps before.
"""

import argparse
import contextlib
import os
import pathlib
import signal
import sys
import time

import guest_emulated
import guest_snp
from guest import GuestError, https_get
from launch_digest import computed_digest
from run import READY_LIMIT_SECONDS

ROOT = pathlib.Path(__file__).resolve().parent.parent
# The tests' verifier: it shares no code with the guest.
sys.path.insert(0, str(ROOT / "tests" / "e2e"))
from attested import Attested
from evidence import Refused, Verifier
from web import Closed

IMAGE = guest_emulated.BUILD / "image" / "anchorhold-hello-production.efi"
EMULATED = """
  EMULATED: all of this ran under the SEV-SNP emulator on plain QEMU. NOTHING
  WAS PROTECTED. The evidence is signed by keys that this checkout made for
  itself; no client accepts them, and neither should you.
"""
REAL = """
  This was SEV-SNP by KVM. What this verifier can't do is to follow the chain to
  AMD's root: `anchorhold verify` is for that.
"""


class DemoError(Exception):
    """A step didn't show what it must show."""


class Steps:
    """What was done, with the seconds it took."""

    def __init__(self):
        self.began = time.monotonic()
        self.lines = os.environ.get("DEMO_SUMMARY", "")

    @contextlib.contextmanager
    def step(self, what):
        print(f"demo: {what}", flush=True)
        began = time.monotonic()
        yield
        self.lines += f"  {what:42} {time.monotonic() - began:6.1f} s\n"


def demand(condition, why):
    if not condition:
        raise DemoError(why)


def show_digests(guest, is_emulated):
    """The computed launch digest, which must be the launched one."""
    digest = computed_digest(guest.firmware, guest.image, guest.append)
    print(f"    computed:  {digest}")
    if is_emulated:
        launched = guest.wait_digest()
        print(f"    EMULATED:  {launched}")
        demand(digest == launched, "the digests differ")
        print("    they are equal")
    return digest


def show_evidence(port, verifier, digest):
    """Evidence for a fresh nonce, judged before anything is said of it."""
    with Attested(("127.0.0.1", port)) as client:
        client.ask()
        print(f"    nonce:     {client.nonce.hex()}")
        try:
            judged = client.judged(verifier)
        except Refused as why:
            raise DemoError(f"the evidence is refused: {why}") from why
    measurement = judged.report.measurement.hex()
    print(f"    reported:  {measurement}")
    demand(measurement == digest, "the report is of another image")
    profile = {1: "production", 2: "development"}[judged.claims.profile]
    print("    the report is of this image, bound to this nonce, to this TLS "
          f"session\n    and its key; profile {profile}")


def guest_of(port):
    """The guest, and the root that its evidence must chain to (None: AMD's,
    which isn't at hand)."""
    if guest_snp.host_has_snp():
        return guest_snp.SnpGuest(IMAGE, port=port), None
    keys = guest_emulated.make_keys()
    print("demo: EMULATED: no SEV-SNP here, so the emulator plays it; NOTHING "
          "IS PROTECTED")
    return (guest_emulated.EmulatedGuest(IMAGE, port=port),
            (keys / "ark.der").read_bytes())


def demo(port):
    steps = Steps()
    guest, root = guest_of(port)
    with guest:
        with steps.step("boot: firmware, image, ready"):
            guest.wait_https(READY_LIMIT_SECONDS)
        with steps.step("launch digest, computed and launched"):
            digest = show_digests(guest, root is not None)
        with steps.step("one request"):
            print(f"    {https_get(port)}")
        with steps.step("evidence for a fresh nonce, judged"):
            show_evidence(port, Verifier(root), digest)
    print(f"\ndemo: what happened, and how long it took\n{steps.lines}", end="")
    print(EMULATED if root else REAL, end="")


def stop(_number, _frame):
    raise KeyboardInterrupt


def main():
    parser = argparse.ArgumentParser(prog="./anchorhold demo")
    parser.add_argument("--port", type=int, default=8443)
    port = parser.parse_args().port
    signal.signal(signal.SIGTERM, stop)
    try:
        demo(port)
    except KeyboardInterrupt:
        print("demo: stopped", file=sys.stderr)
        return 130
    except (GuestError, DemoError, Closed, OSError) as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
