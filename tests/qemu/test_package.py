# SPDX-License-Identifier: Apache-2.0
"""What is packed beside the kernel: none, broken, or more than it can hold to
ends the guest with one line."""

import json
import re
import subprocess

import pytest

from guest import Guest
from paths import BUILD, ROOT, image

BOOT_S = 60
PROGRAM = BUILD / "client" / "anchorhold"
HELLO = BUILD / "image" / "hello.elf"
POLICY = ROOT / "app" / "apps" / "hello.json"
PIN = "ab" * 32


def halt_line(path):
    with Guest(path) as guest:
        guest.wait_serial(r"^halt: .*\n", BOOT_S)
        return re.search(r"^halt: (.*)$", guest.serial_text(), re.M)[1]


def packed(folder, **changes):
    """An image with hello and a policy with these fields changed."""
    policy = json.loads(POLICY.read_text(encoding="utf-8")) | changes
    source = folder / "policy.json"
    source.write_text(json.dumps(policy), encoding="utf-8")
    out = folder / "image.efi"
    subprocess.run([PROGRAM, "pack", image("kernel"), "--app", HELLO,
                    "--policy", source, "-o", out], check=True)
    return out


def test_a_kernel_alone():
    assert halt_line(image("kernel")) == "package: no app is packed"


@pytest.mark.parametrize("changes, why", [
    ({"clients": {"pins": [PIN]}},
     "the policy wants clients with certificates"),
    ({"routes": [{"path": "/", "methods": ["GET"]}]},
     "the policy names routes"),
    ({"egress": [{"address": "10.0.2.2", "port": 443, "key": PIN}]},
     "the policy names peers to connect to"),
    ({"state": "fresh"},
     "the policy wants fresh memory for each request"),
    ({"limits": {"connections": 255}},
     "the policy wants fewer connections than the server's"),
    ({"limits": {"request_cpu_ms": 1000}},
     "the policy limits a request's CPU time"),
])
def test_a_policy_that_cannot_be_enforced(tmp_path, changes, why):
    assert halt_line(packed(tmp_path, **changes)) == f"policy: {why}"


def test_an_app_larger_than_its_policy_allows(tmp_path):
    out = packed(tmp_path, limits={"memory_bytes": 65536})
    assert halt_line(out) == \
        "app: the app needs more memory than its policy allows"


def broken(folder, find, replace):
    """A packed image, with bytes behind the kernel's changed."""
    data = image("hello").read_bytes()
    at = data.index(find, image("kernel").stat().st_size)
    path = folder / "broken.efi"
    path.write_bytes(data[:at] + replace + data[at + len(replace):])
    return path


def test_a_broken_policy(tmp_path):
    path = broken(tmp_path, b"\xa7\x00\x01\x01\x82", b"\xa8")
    assert halt_line(path) == "policy: the policy can't be decoded"


def test_a_broken_app(tmp_path):
    path = broken(tmp_path, b"\x7fELF", b"\x7fELG")
    assert halt_line(path) == "app: no ELF file"


def test_a_section_by_another_name(tmp_path):
    data = image("hello").read_bytes()
    path = tmp_path / "broken.efi"
    path.write_bytes(data.replace(b".app\0\0\0\0", b".ape\0\0\0\0", 1))
    assert halt_line(path) == "package: the image's sections make no sense"
