# SPDX-License-Identifier: Apache-2.0
"""A guest of the SEV-SNP emulator as the end-to-end tests use it, with what
the emulator's own record says of it."""

import contextlib
import subprocess

from evidence import Verifier
from guest_emulated import EmulatedGuest, make_keys
from message_record import ivs_used_twice, messages
from paths import BUILD, image
from service import Service

REPORT_REQUEST = 5  # AMD 56860, table 100


class Enclave(Service, EmulatedGuest):
    """A development image, with its figures, under the emulator."""

    def messages(self):
        """Every guest message so far, in order."""
        return messages(self.emulator_text())

    def reports(self):
        """How many reports the secure processor has signed."""
        return sum(1 for message in self.messages()
                   if message.type == REPORT_REQUEST and message.result == 0)


def assert_no_iv_is_reused(sent):
    """The same text may come again: that is what a host that was busy asks
    for."""
    assert not ivs_used_twice(sent), sent


def pack(out, app, policy, kernel="kernel"):
    """Packs an image of a built kernel and app, and a policy's JSON."""
    subprocess.run([BUILD / "client" / "anchorhold", "pack", image(kernel),
                    "--app", BUILD / "image" / f"{app}.elf", "--policy",
                    policy, "-o", out], check=True, timeout=60)
    return out


@contextlib.contextmanager
def booted_enclave(app="hello", **options):
    make_keys()
    with Enclave(app, **options) as enclave:
        enclave.wait_serial("^ready$", 90)
        enclave.wait_https(30)
        yield enclave


def verifier():
    """Believes the roots of this checkout, and no others."""
    return Verifier((make_keys() / "ark.der").read_bytes())
