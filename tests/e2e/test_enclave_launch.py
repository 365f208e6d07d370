# SPDX-License-Identifier: Apache-2.0
"""What is measured at a launch, and what isn't: the digest that the emulated
secure processor has, the one in its reports, and `anchorhold measure`'s."""

import hashlib
import json
import time

import pytest

from attested import Attested
from enclave import pack, verifier as make_verifier
from evidence import DEVELOPMENT, PRODUCTION, Refused
from guest import Guest, https_get
from guest_emulated import FIRMWARE, EmulatedGuest, make_keys
from launch_digest import computed_digest
from paths import BUILD, ROOT, image
from test_halt import cpu_seconds

BOOT_S = 60


def launched(kernel, **options):
    """The digest of a launch; the guest needn't come up for that."""
    make_keys()
    with EmulatedGuest(kernel, net=False, **options) as guest:
        return guest.wait_digest()


def judged(kernel, **options):
    """What a guest's evidence says, from its own words on."""
    make_keys()
    with EmulatedGuest(kernel, **options) as guest:
        guest.wait_https(BOOT_S)
        with Attested(("127.0.0.1", guest.port)) as client:
            client.ask()
            found = client.judged(make_verifier())
        assert found.report.measurement.hex() == guest.wait_digest()
        return found, guest.serial_text()


def changed_policy(folder):
    policy = json.loads((ROOT / "app/apps/hello.json").read_text("utf-8"))
    policy["limits"]["memory_bytes"] *= 2
    path = folder / "policy.json"
    path.write_text(json.dumps(policy), "utf-8")
    return path


@pytest.fixture(scope="module", name="plain_digest")
def fixture_plain_digest():
    return launched(image("hello"))


@pytest.mark.parametrize("what", [
    "nothing", "command line", "app", "policy", "profile", "firmware"])
def test_digest(plain_digest, what, tmp_path):
    """Each measured input makes another digest, and `measure` knows it."""
    kernel, append = image("hello"), ""
    options = {}
    if what == "command line":
        append = "figures=60"
    elif what == "app":
        kernel = pack(tmp_path / "image", "echo", ROOT / "app/apps/hello.json")
    elif what == "policy":
        kernel = pack(tmp_path / "image", "hello", changed_policy(tmp_path))
    elif what == "profile":
        kernel = image("hello-production")
    elif what == "firmware":
        # A byte in the padding: it is measured all the same.
        changed = bytearray(FIRMWARE.read_bytes())
        changed[0x10] ^= 1
        (tmp_path / "firmware").write_bytes(changed)
        options = {"emulator": ["--firmware", tmp_path / "firmware"]}
    digest = launched(kernel, append=append, **options)
    firmware = options["emulator"][1] if options else FIRMWARE
    assert digest == computed_digest(firmware, kernel, append)
    assert (digest == plain_digest) == (what == "nothing")


def test_what_is_not_measured(plain_digest):
    assert launched(image("hello"), memory_mib=512) == plain_digest


def test_packing_again_makes_the_same_image(tmp_path):
    again = pack(tmp_path / "image", "hello", ROOT / "app/apps/hello.json")
    assert again.read_bytes() == image("hello").read_bytes()


def test_hashes_are_of_what_runs():
    found, _ = judged(image("echo"))
    app = (BUILD / "image" / "echo.elf").read_bytes()
    assert found.claims.app_sha256 == hashlib.sha256(app).digest()


def test_a_lying_field_changes_nothing_of_the_claims(tmp_path):
    """What a packed file says of itself, here its checksum (PE/COFF, 3.4.2),
    is measured and never believed."""
    honest = image("hello").read_bytes()
    at = int.from_bytes(honest[0x3c:0x40], "little") + 24 + 64
    lying = bytearray(honest)
    lying[at:at + 4] = bytes(byte ^ 0xff for byte in honest[at:at + 4])
    (tmp_path / "image").write_bytes(lying)
    first, _ = judged(image("hello"))
    second, _ = judged(tmp_path / "image")
    assert first.report.measurement != second.report.measurement
    assert (first.claims.app_sha256, first.claims.policy_sha256) == (
        second.claims.app_sha256, second.claims.policy_sha256)


def test_production_attests_and_says_nothing():
    found, said = judged(image("hello-production"))
    assert found.claims.profile == PRODUCTION
    # The line of the firmware alone.
    assert not [line for line in said.splitlines()
                if line.strip() and not line.startswith("firmware")]


def test_production_takes_no_command_line():
    """Published digests are for the empty one."""
    make_keys()
    with EmulatedGuest(image("hello-production"), append="figures=1") as guest:
        deadline = time.monotonic() + BOOT_S
        while guest.end_line() is None:
            assert time.monotonic() < deadline, "it goes on"
            time.sleep(0.05)
        assert guest.end_line() == "guest terminated set=4 code=5"


def test_production_does_nothing_on_a_plain_machine():
    with Guest(image("hello-production")) as guest:
        time.sleep(5)
        before = cpu_seconds(guest.pid)
        with pytest.raises(OSError):
            https_get(guest.port, timeout=3)
        assert guest.serial_text().strip() == ""
        assert guest.is_running()
        assert cpu_seconds(guest.pid) - before < 0.5, "the CPU still runs"


def test_other_roots_are_refused(tmp_path):
    """Evidence of one checkout is worth nothing in another."""
    keys = make_keys(tmp_path / "keys")
    with EmulatedGuest(image("hello"), keys=keys) as guest:
        guest.wait_https(BOOT_S)
        with Attested(("127.0.0.1", guest.port)) as client:
            client.ask()
            with pytest.raises(Refused):
                client.judged(make_verifier())


def test_the_development_profile_is_said():
    assert judged(image("hello"))[0].claims.profile == DEVELOPMENT
