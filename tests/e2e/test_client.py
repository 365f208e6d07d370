# SPDX-License-Identifier: Apache-2.0
"""The client against the emulated enclave: `publish` writes what is demanded,
`get`, `post` and `verify` hold the enclave to it."""

import contextlib
import json
import subprocess

import pytest

from enclave import Enclave, booted_enclave
from guest_emulated import FIRMWARE, KEYS
from paths import BUILD, image

PROGRAM = BUILD / "client" / "anchorhold"
USAGE, NOT_AN_ENCLAVE, INVALID_CODE, NOT_ISOLATED = 1, 10, 11, 12
DEBUG_POLICY = "policy=0xb0000"
# What the emulator's platform says of itself.
EMULATED_LEVELS = {"boot_loader": 4, "tee": 0, "snp": 24, "microcode": 219}


def run(*arguments):
    return subprocess.run([PROGRAM, *arguments], capture_output=True,
                          text=True, timeout=120, check=False)


def publish(folder, app="hello", append="", development=True):
    """An expectation file with the emulator's levels for floor."""
    path = folder / f"{app}.json"
    done = run("publish", "--firmware", FIRMWARE, "--kernel", image(app),
               "--name", "test", "--append", append, "-o", path,
               *(["--development"] if development else []))
    assert done.returncode == 0, done.stderr
    wanted = json.loads(path.read_text(encoding="utf-8"))
    wanted["tcb_floor"]["Milan"] = EMULATED_LEVELS
    path.write_text(json.dumps(wanted), encoding="utf-8")
    return path


def demands(path, crl="crl.der"):
    return ("--expect", path, "--insecure-root", KEYS / "ark.der",
            "--crl", KEYS / crl)


def url_of(enclave, path="/"):
    return f"https://127.0.0.1:{enclave.port}{path}"


@pytest.fixture(scope="module", name="hello")
def fixture_hello():
    with booted_enclave() as enclave:
        yield enclave


@pytest.fixture(scope="module", name="expect")
def fixture_expect(hello, tmp_path_factory):
    return publish(tmp_path_factory.mktemp("expect"), append=hello.append)


def test_get(hello, expect):
    done = run("get", url_of(hello), *demands(expect))
    assert done.returncode == 0, done.stderr
    assert done.stdout == "hello from anchorhold\n"
    assert hello.wait_digest() in done.stderr
    for words in ("enclave:   passed", "code:      passed", "EPYC-Milan",
                  "isolation: passed", "EMULATED"):
        assert words in done.stderr


def test_head_of_the_answer(hello, expect):
    done = run("get", url_of(hello, "/.well-known/anchorhold/"), "-i",
               "-H", "Accept: application/json", *demands(expect))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("HTTP/1.1 200")


def test_verify(hello, expect):
    done = run("verify", url_of(hello), *demands(expect), "--json")
    assert done.returncode == 0, done.stderr
    verdict = json.loads(done.stderr)
    assert verdict["code"] == 0 and verdict["authentic"] is False
    assert verdict["report"]["measurement"] == hello.wait_digest()


def test_amds_root(hello, expect):
    done = run("get", url_of(hello), "--expect", expect)
    assert done.returncode == NOT_AN_ENCLAVE
    assert done.stdout == ""


def test_revocation(hello, expect):
    root = ("--expect", expect, "--insecure-root", KEYS / "ark.der")
    done = run("get", url_of(hello), *root)
    assert done.returncode == NOT_AN_ENCLAVE and "no-crl" in done.stderr
    done = run("get", url_of(hello), *root, "--no-crl")
    assert done.returncode == 0
    assert "no list of revoked certificates" in done.stderr
    done = run("get", url_of(hello), *demands(expect, "crl-ask-revoked.der"))
    assert done.returncode == NOT_AN_ENCLAVE and "ca-revoked" in done.stderr


def test_another_image(hello, tmp_path):
    other = publish(tmp_path, "echo", append=hello.append)
    done = run("get", url_of(hello), *demands(other))
    assert (done.returncode, done.stdout) == (INVALID_CODE, "")
    assert "wrong-measurement" in done.stderr


def test_another_command_line(hello, tmp_path):
    done = run("get", url_of(hello), *demands(publish(tmp_path)))
    assert done.returncode == INVALID_CODE


def test_development_image(hello, tmp_path):
    strict = publish(tmp_path, append=hello.append, development=False)
    done = run("get", url_of(hello), *demands(strict))
    assert (done.returncode, done.stdout) == (NOT_ISOLATED, "")
    assert "REFUSED, profile" in done.stderr


@contextlib.contextmanager
def booted_debug():
    with Enclave("hello", emulator=["--psp-set", DEBUG_POLICY]) as enclave:
        enclave.wait_serial("^ready$", 90)
        enclave.wait_https(30)
        yield enclave


def test_debug_launch(expect):
    with booted_debug() as enclave:
        done = run("get", url_of(enclave), *demands(expect))
    assert (done.returncode, done.stdout) == (NOT_ISOLATED, "")
    assert "REFUSED, debug" in done.stderr


def test_post(tmp_path):
    data = tmp_path / "data"
    data.write_bytes(bytes(range(256)) * 300)
    with booted_enclave("echo") as enclave:
        wanted = publish(tmp_path, "echo", append=enclave.append)
        out = tmp_path / "out"
        done = run("post", url_of(enclave), "--data-binary", f"@{data}",
                   "-o", out, *demands(wanted))
    assert done.returncode == 0, done.stderr
    assert out.read_bytes() == data.read_bytes()


@pytest.mark.parametrize("arguments", [
    (), ("https://127.0.0.1:1/",), ("http://127.0.0.1:1/", "--expect", "x"),
    ("https://127.0.0.1:1/", "--expect", "x", "--insecure-no-evidence"),
    ("https://127.0.0.1:1/", "--unknown"),
    ("https://127.0.0.1:1/", "--insecure-no-evidence", "-H"),
    ("https://127.0.0.1:1/", "--insecure-no-evidence", "-H", "no colon"),
    ("https://127.0.0.1:1/", "--insecure-no-evidence", "--at", "noon")])
def test_usage(arguments):
    done = run("get", *arguments)
    assert done.returncode == USAGE
    assert done.stderr and done.stdout == ""


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"version": 1'])
def test_no_expectation(tmp_path, text):
    path = tmp_path / "expect.json"
    path.write_text(text, encoding="utf-8")
    done = run("get", "https://127.0.0.1:1/", "--expect", path)
    assert done.returncode == USAGE
    assert "expect.json" in done.stderr
