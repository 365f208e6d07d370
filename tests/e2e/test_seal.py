# SPDX-License-Identifier: Apache-2.0
"""What one enclave sealed: it opens after a reboot of the same image on the
same chip, and in no other."""

import contextlib
import json
import subprocess

import pytest

from enclave import assert_no_iv_is_reused
from guest import Guest
from guest_emulated import EmulatedGuest, make_keys
from message_record import messages
from paths import BUILD, ROOT, image
from web import Web

TEXT = b"what the host must not read"
OVERHEAD = 80
KEY_REQUEST = 3  # AMD 56860, table 100


def post(guest, target, body):
    head = (f"POST {target} HTTP/1.1\r\nHost: guest\r\n"
            f"Content-Length: {len(body)}\r\n\r\n")
    with Web(("127.0.0.1", guest.port)) as web:
        answer = web.request(head.encode() + body, "POST")
    return answer.status, answer.body


@contextlib.contextmanager
def booted(kernel, **options):
    make_keys()
    with EmulatedGuest(kernel, **options) as guest:
        guest.wait_https(90)
        yield guest


@pytest.fixture(scope="module", name="blob")
def fixture_blob():
    with booted(image("seal")) as guest:
        status, blob = post(guest, "/seal?safe", TEXT)
        assert status == 200, blob
        assert post(guest, "/unseal?safe", blob) == (200, TEXT)
        assert post(guest, "/unseal?unsafe", blob)[0] == 403
        assert post(guest, "/unseal?safe", blob[:-1])[0] == 403
        assert post(guest, "/seal?safe", TEXT)[1] != blob
    assert len(blob) == len(TEXT) + OVERHEAD and TEXT not in blob
    return blob


def test_opens_after_a_reboot(blob):
    with booted(image("seal")) as guest:
        assert post(guest, "/unseal?safe", blob) == (200, TEXT)
        sent = messages(guest.emulator_text())
        assert_no_iv_is_reused(sent)
        # The root is fetched once.
        assert sum(message.type == KEY_REQUEST for message in sent) == 1


def other_image(folder):
    """The same app under another policy."""
    policy = json.loads((ROOT / "app/apps/seal.json").read_text("utf-8"))
    policy["limits"]["memory_bytes"] += 4096
    written = folder / "policy.json"
    written.write_text(json.dumps(policy), "utf-8")
    packed = folder / "other.efi"
    subprocess.run([BUILD / "client" / "anchorhold", "pack", image("kernel"),
                    "--app", BUILD / "image" / "seal.elf", "--policy", written,
                    "-o", packed], check=True, timeout=60)
    return packed


@pytest.mark.parametrize("what", ["image", "command line", "chip"])
def test_opens_nowhere_else(blob, what, tmp_path):
    kernel, options = image("seal"), {}
    if what == "image":
        kernel = other_image(tmp_path)
    elif what == "command line":
        options["append"] = "figures=60"
    else:
        options["keys"] = make_keys(tmp_path / "keys")
    with booted(kernel, **options) as guest:
        assert post(guest, "/unseal?safe", blob)[0] == 403
        status, own = post(guest, "/seal?safe", TEXT)
        assert status == 200
        assert post(guest, "/unseal?safe", own) == (200, TEXT)


def test_a_plain_machine_seals_nothing():
    with Guest(image("seal")) as guest:
        guest.wait_https(90)
        assert post(guest, "/seal?safe", TEXT)[0] == 501
        assert post(guest, "/unseal?safe", TEXT)[0] == 501
