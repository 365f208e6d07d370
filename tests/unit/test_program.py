# SPDX-License-Identifier: Apache-2.0
"""The `anchorhold` program's verbs pack and measure, bad input above all."""

import hashlib
import json
import os
import re
import struct
import subprocess

import pytest

from paths import BUILD, ROOT, image

PROGRAM = BUILD / "client" / "anchorhold"
HELLO = BUILD / "image" / "hello.elf"
ECHO = BUILD / "image" / "echo.elf"
POLICY = ROOT / "app" / "apps" / "hello.json"
USAGE, IO = 1, 2
METADATA_GUID = bytes.fromhex("666588dc4a989847a75e5585a7bf67cc")
HASH_TABLE_GUID = bytes.fromhex("1f3755723b3a044b927b1da6efa8d454")
AP_RESET_GUID = bytes.fromhex("de71f7007e1acb4f890e68c77e2fb44e")
FOOTER_GUID = bytes.fromhex("de82b596b21ff745baeaa366c55a082d")
OTHER_GUID = bytes([1, 2, 3]) + bytes(13)
# Base, size and type of the metadata's sections.
SECTIONS = ((0x800000, 0x9000, 1), (0x811000, 0x1000, 4),
            (0x80d000, 0x1000, 2), (0x80e000, 0x1000, 3),
            (0x810000, 0x1000, 0x10))


def run(*arguments):
    return subprocess.run([PROGRAM, *arguments], capture_output=True,
                          text=True, timeout=60, check=False)


def refused(status, words, *arguments):
    done = run(*arguments)
    assert done.returncode == status, done
    assert done.stdout == ""
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1, done.stderr


def pack(out, app=HELLO, policy=POLICY, kernel=image("kernel")):
    done = run("pack", kernel, "--app", app, "--policy", policy, "-o", out)
    assert done.returncode == 0, done.stderr
    return out.read_bytes()


def changed_policy(folder, **changes):
    path = folder / "policy.json"
    policy = json.loads(POLICY.read_text(encoding="utf-8")) | changes
    path.write_text(json.dumps(policy), encoding="utf-8")
    return path


def test_help():
    done = run("--help")
    assert done.returncode == 0
    assert "pack" in done.stdout and "measure" in done.stdout
    for verb in ("pack", "measure"):
        done = run(verb, "--help")
        assert done.returncode == 0
        assert f"anchorhold {verb}" in done.stdout and "Example" in done.stdout


def test_help_as_a_value(tmp_path):
    """A value is a value, whatever it says."""
    path = tmp_path / "kernel"
    path.write_text("kernel", encoding="ascii")
    arguments = ["measure", "--firmware", firmware(tmp_path), "--kernel", path,
                 *MEASURE, "--append"]
    for word in ("-h", "--help"):
        done = run(*arguments, word)
        assert done.returncode == 0 and "Usage" not in done.stdout
        assert len(done.stdout.strip()) == 96
    assert "Usage" in run(*arguments, "x", "-h").stdout


def test_no_verb():
    assert run().returncode == USAGE
    refused(USAGE, "no such verb: pakc", "pakc")


def test_output_that_cannot_be_written(tmp_path):
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run(
            [PROGRAM, "measure", "--firmware", firmware(tmp_path), *MEASURE],
            stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == IO
    assert b"can't be written" in done.stderr


def test_pack_is_repeatable(tmp_path):
    first = pack(tmp_path / "first.efi")
    assert first == pack(tmp_path / "second.efi")
    assert first == image("hello").read_bytes()
    assert first[0x1f1] == 0


def test_another_app_or_policy_is_another_file(tmp_path):
    files = {
        pack(tmp_path / "hello.efi"),
        pack(tmp_path / "echo.efi", app=ECHO),
        pack(tmp_path / "policy.efi",
             policy=changed_policy(tmp_path, console=True)),
    }
    assert len({hashlib.sha256(data).digest() for data in files}) == 3


def test_blanks_and_order_make_no_difference(tmp_path):
    policy = json.loads(POLICY.read_text(encoding="utf-8"))
    path = tmp_path / "policy.json"
    path.write_text(json.dumps(dict(reversed(policy.items())), indent=9),
                    encoding="utf-8")
    assert pack(tmp_path / "a.efi", policy=path) == pack(tmp_path / "b.efi")


def test_sections(tmp_path):
    """As any PE loader reads them: aligned, in order, within the image."""
    data = pack(tmp_path / "hello.efi")
    start, = struct.unpack_from("<I", data, 0x3c)
    count, = struct.unpack_from("<H", data, start + 6)
    image_bytes, = struct.unpack_from("<I", data, start + 24 + 56)
    assert count == 5 and image_bytes % 4096 == 0
    names, end = [], 0
    for i in range(count):
        name, size, rva, raw, offset = struct.unpack_from(
            "<8sIIII", data, start + 264 + 40 * i)
        names.append(name.rstrip(b"\0").decode())
        assert rva % 4096 == 0 and rva >= end and offset % 512 == 0
        assert offset + raw <= len(data)
        end = rva + size
    assert names == [".text", ".rodata", ".data", ".app", ".policy"]
    assert end <= image_bytes < end + 4096


def pack_refused(tmp_path, status, words, **inputs):
    inputs = {"kernel": image("kernel"), "app": HELLO, "policy": POLICY,
              "out": tmp_path / "out.efi"} | inputs
    refused(status, words, "pack", inputs["kernel"], "--app", inputs["app"],
            "--policy", inputs["policy"], "-o", inputs["out"])
    assert not (tmp_path / "out.efi").exists()


def test_pack_bad_files(tmp_path):
    empty = tmp_path / "empty"
    empty.write_bytes(b"")
    cut = tmp_path / "cut.elf"
    cut.write_bytes(HELLO.read_bytes()[:700])
    bad = changed_policy(tmp_path, consol=True)
    pack_refused(tmp_path, IO, "nothing: No such file",
                 app=tmp_path / "nothing")
    pack_refused(tmp_path, IO, "Is a directory", policy=tmp_path)
    pack_refused(tmp_path, IO, "No such file", out=tmp_path / "no" / "out")
    pack_refused(tmp_path, USAGE, "empty: not a kernel of ours",
                 kernel=empty)
    pack_refused(tmp_path, USAGE, "packed into it already",
                 kernel=image("hello"))
    pack_refused(tmp_path, USAGE, "not a kernel of ours", kernel=HELLO)
    pack_refused(tmp_path, USAGE, "cut.elf: a segment reaches past", app=cut)
    pack_refused(tmp_path, USAGE, "not linked to a fixed address",
                 app=PROGRAM)
    pack_refused(tmp_path, USAGE, 'unknown field "consol"', policy=bad)
    pack_refused(tmp_path, USAGE, "empty: line 1", policy=empty)


def test_output_is_whole_or_as_it_was(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    out = folder / "out.efi"
    good = pack(out)
    out.chmod(0o640)
    link = folder / "link.efi"
    link.symlink_to("out.efi")
    assert pack(link, app=ECHO) != good
    assert link.is_symlink() and out.stat().st_mode & 0o777 == 0o640
    kept = out.read_bytes()
    # 4 KiB: the image doesn't fit.
    done = subprocess.run(
        ["/bin/sh", "-c", 'trap "" XFSZ; ulimit -f 8; exec "$0" "$@"',
         PROGRAM, "pack", image("kernel"), "--app", HELLO, "--policy", POLICY,
         "-o", out], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == IO and "File too large" in done.stderr
    assert out.read_bytes() == kept
    assert sorted(path.name for path in folder.iterdir()) == [
        "link.efi", "out.efi"]


def test_output_to_a_device(tmp_path):
    link = tmp_path / "full"
    link.symlink_to("/dev/full")
    pack_refused(tmp_path, IO, "No space left", out=link)
    assert link.is_symlink() and os.path.exists("/dev/full")


@pytest.mark.parametrize("role", ["kernel", "app", "policy"])
def test_output_over_an_input(tmp_path, role):
    source = {"kernel": image("kernel"), "app": HELLO, "policy": POLICY}[role]
    path = tmp_path / "input"
    path.write_bytes(source.read_bytes())
    pack_refused(tmp_path, USAGE, "input is read, too",
                 **{role: path, "out": tmp_path / "." / "input"})
    assert path.read_bytes() == source.read_bytes()


def test_app_base():
    """One address in header, linker script and help."""
    layout = (ROOT / "abi" / "layout.h").read_text(encoding="utf-8")
    base = re.search(r"#define APP_BASE (0x[0-9a-f]+)ull", layout)[1]
    assert f"linked to {base}" in run("pack", "--help").stdout
    elf = HELLO.read_bytes()
    start, = struct.unpack_from("<Q", elf, 32)
    first, = struct.unpack_from("<Q", elf, start + 16)
    assert first == int(base, 16)


@pytest.mark.parametrize("arguments, words", [
    ([], "needs KERNEL"),
    (["k", "--app", "a", "--policy", "p"], "needs KERNEL"),
    (["k", "l", "--app", "a", "--policy", "p", "-o", "o"], "argument: l"),
    (["k", "--app", "a", "--app", "b"], "--app is given twice"),
    (["k", "--app"], "--app needs a value"),
    (["k", "--ap", "a"], "unknown argument: --ap"),
])
def test_pack_usage(arguments, words):
    refused(USAGE, words, "pack", *arguments)


def firmware(folder):
    """The firmware of tests/unit/test_launch.c, byte for byte."""
    def entry(guid, data):
        return data + struct.pack("<H", len(data) + 18) + guid

    data = bytearray((i * 7 + i // 256) & 0xff for i in range(8192))
    metadata = struct.pack("<4sIII", b"ASEV", 16 + 12 * len(SECTIONS), 1,
                           len(SECTIONS))
    metadata += b"".join(struct.pack("<III", *s) for s in SECTIONS)
    data[-0x400:-0x400 + len(metadata)] = metadata
    table = (entry(OTHER_GUID, b"other")
             + entry(HASH_TABLE_GUID, struct.pack("<I", 0x810c00))
             + entry(METADATA_GUID, struct.pack("<I", 0x400))
             + entry(AP_RESET_GUID, b"\x04\x10\xf0\xff"))
    table += struct.pack("<H", len(table) + 18) + FOOTER_GUID
    data[-32 - len(table):-32] = table
    path = folder / "firmware.fd"
    path.write_bytes(data)
    return path


MEASURE = ["--vcpus", "1", "--vcpu-type", "EPYC-v4", "--features", "0x1"]


# The vectors of tests/unit/test_launch.c, which says where they are from.
@pytest.mark.parametrize("arguments, digest", [
    (["--vcpus=1", "--vcpu-type=EPYC-Milan", "--features=0x1"],
     "999573681c4d57c13b4fb775634a3af60cfa3e72a3c60d76"
     "e5ea51f11fe3fa82ab17b7c581603f4c10373412afa025e5"),
    (["--vcpus", "2", "--vcpu-type", "EPYC-Genoa", "--features", "0x21"],
     "4e4a333df040d772441d4bcd023f7edc81ee60e9f74b0106"
     "b9bb3a3c9ea0f5ad79bf5b539b82f046043b2e9ba1f30e49"),
    (["--vcpus", "4", "--vcpu-type", "EPYC-Turin", "--features", "33"],
     "53203aef28bcd8644ede2d7163ce5a881eb4ed568da15987"
     "015efedd0af75f4064952f51a2ddabdc527caad2cfa4c17d"),
    (["--vcpus=1", "--vcpu-type=EPYC-Milan", "--features=1", "--kernel",
      "kernel", "--initrd", "initrd", "--append", "console=ttyS0"],
     "2746223ffec553e8db3d5e06e8287bcad473eb48ef8b6fd9"
     "066f48e5b172a5f59c84e8b1c211ffc0dbfb1d8a1796ab90"),
    (["--vcpus=1", "--vcpu-type=EPYC-Milan", "--features=1", "--kernel",
      "kernel"],
     "18a71716a5b494ef7512c946080337cf3f24ced0b2603f08"
     "83d4469e001a8506be2a1a8c5bb2c41f64d450246336bf35"),
])
def test_measure(tmp_path, monkeypatch, arguments, digest):
    monkeypatch.chdir(tmp_path)
    for name in ("kernel", "initrd"):
        (tmp_path / name).write_text(name, encoding="ascii")
    arguments = ["measure", "--firmware", firmware(tmp_path), *arguments]
    done = run(*arguments)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == digest
    assert json.loads(run(*arguments, "--json").stdout)["measurement"] == \
        digest


def test_measure_types(tmp_path):
    path = firmware(tmp_path)
    digests = {run("measure", "--firmware", path, "--vcpus", "1",
                   "--vcpu-type", kind, "--features", "0x1").stdout
               for kind in ("EPYC-v4", "EPYC-Milan", "EPYC-Genoa",
                            "EPYC-Turin")}
    assert len(digests) == 4


@pytest.mark.parametrize("arguments, words", [
    ([], "needs --firmware"),
    (["--vcpus", "0", *MEASURE[2:]], "--vcpus: at least 1"),
    (["--vcpus", "1025", *MEASURE[2:]], "--vcpus: at most 1024"),
    (["--vcpus", "-1", *MEASURE[2:]], "--vcpus: not a number: -1"),
    (["--vcpus", "", *MEASURE[2:]], "--vcpus: not a number"),
    (["--vcpus", "1", "--vcpu-type", "Opteron", "--features", "1"],
     "unknown --vcpu-type Opteron; known: EPYC"),
    ([*MEASURE[:4], "--features", "0x10000000000000000"], "--features: at"),
    ([*MEASURE[:4], "--features", "0xg"], "--features: not a number"),
    ([*MEASURE, "--append", "x"], "with --kernel only"),
    ([*MEASURE, "--json=yes"], "--json takes no value"),
    ([*MEASURE, "extra"], "unknown argument: extra"),
])
def test_measure_usage(tmp_path, arguments, words):
    refused(USAGE, words, "measure", "--firmware", firmware(tmp_path),
            *arguments)


def test_measure_bad_files(tmp_path):
    empty = tmp_path / "empty"
    empty.write_bytes(b"")
    refused(USAGE, "empty: the firmware's tables are malformed", "measure",
            "--firmware", empty, *MEASURE)
    refused(IO, "No such file", "measure", "--firmware", tmp_path / "no",
            *MEASURE)
