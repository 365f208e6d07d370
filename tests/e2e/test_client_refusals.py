# SPDX-License-Identifier: Apache-2.0
"""`anchorhold get` and `post` before a peer that lies: each lie ends in its own
error, and nothing of the user's has gone out by then."""

import json
import socket
import subprocess
import threading

import pytest

from fake_enclave import (ASKED, POLICY_ASKED, FakeEnclave, answer)
from parts import AT, MEASUREMENT, MILAN, Chain, cbor, policy
from paths import BUILD

PROGRAM = BUILD / "client" / "anchorhold"
CANARY = "canary-5b1f"
IO, NOT_AN_ENCLAVE, INVALID_CODE, NOT_ISOLATED = 2, 10, 11, 12
LEVELS = {"boot_loader": 4, "tee": 1, "snp": 24, "microcode": 219}
EGRESS = policy(egress=[[bytes(4), 443, bytes(32)]])


@pytest.fixture(scope="module", name="files")
def fixture_files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("client")
    chain = Chain()
    (folder / "ark.der").write_bytes(chain.ark)
    (folder / "crl.der").write_bytes(chain.crl)
    return folder


def expectation(folder, **changes):
    path = folder / "expect.json"
    path.write_text(json.dumps({
        "version": 1, "tcb_floor": {MILAN.label: LEVELS},
        "measurements": [{"digest": MEASUREMENT.hex(), "name": "fake"}],
        **changes}), encoding="utf-8")
    return path


def run(files, url, *more, verb="get", demands=()):
    return subprocess.run(
        [PROGRAM, verb, f"{url}/{CANARY}", "-H", f"X-Canary: {CANARY}",
         "-H", f"Cookie: {CANARY}", "--expect",
         expectation(files, **dict(demands)), "--insecure-root",
         files / "ark.der", "--crl", files / "crl.der", "--at", str(AT), *more],
        capture_output=True, text=True, timeout=60, check=False)


def assert_only_fixed_requests(plain, asked_policy=False):
    """Nothing at all, or the two requests that are always the same."""
    assert CANARY.encode() not in plain
    asked = ASKED.match(plain)
    rest = plain[asked.end():] if asked else plain
    if asked and asked_policy:
        found = POLICY_ASKED.match(rest)
        assert found, rest
        rest = rest[found.end():]
    assert rest == b""


def test_truth_passes(files):
    with FakeEnclave() as peer:
        done = run(files, peer.url)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "hello"
    for line in ("enclave:   passed", "code:      passed",
                 "isolation: passed", "EMULATED"):
        assert line in done.stderr
    asked = ASKED.match(peer.plain)
    rest = peer.plain[asked.end():]
    rest = rest[POLICY_ASKED.match(rest).end():]
    assert rest.startswith(f"GET /{CANARY} HTTP/1.1\r\n".encode())
    assert peer.connections == 1


def test_nonces_are_fresh(files):
    nonces = set()
    for _ in range(3):
        with FakeEnclave() as peer:
            assert run(files, peer.url).returncode == 0
        nonces.add(ASKED.match(peer.plain)[1])
    assert len(nonces) == 3


def other(**fields):
    return {"report": fields}


# Lies in the certificate: the peer must not get one byte of plaintext.
IN_THE_HANDSHAKE = {
    "no evidence": ({"extension": b""}, NOT_AN_ENCLAVE, "no-evidence"),
    "no octets": ({"extension": b"\x0c\x02{}"}, NOT_AN_ENCLAVE,
                  "bad-evidence"),
    "more behind": ({"extension": b"\x04\x01\xa0\x00"}, NOT_AN_ENCLAVE,
                    "bad-evidence"),
    "no CMW": ({"extension": b"\x04\x01\xa0"}, NOT_AN_ENCLAVE,
               "bad-evidence"),
    "another's key": ({"boot": {"claim_spki": bytes(32)}}, NOT_AN_ENCLAVE,
                      "key-not-bound"),
    "another's report": ({"boot": {"bound_app": bytes(32)}}, NOT_AN_ENCLAVE,
                         "claims-not-bound"),
    "not signed": ({"boot": other(key="root-of-none")}, NOT_AN_ENCLAVE,
                   "bad-signature"),
    "another code": ({"boot": other(measurement=bytes(48))}, INVALID_CODE,
                     "wrong-measurement"),
    "debug": ({"boot": other(policy=0x30000 | 1 << 19)}, NOT_ISOLATED,
              "debug"),
    "migration": ({"boot": other(policy=0x30000 | 1 << 18)}, NOT_ISOLATED,
                  "migrate-ma"),
    "VMPL 1": ({"boot": other(vmpl=1)}, NOT_ISOLATED, "vmpl"),
    "development": ({"boot": {"claim_profile": 2}}, NOT_ISOLATED, "profile"),
}


@pytest.mark.parametrize("name", IN_THE_HANDSHAKE)
def test_lie_in_the_handshake(files, name):
    lies, status, sub = IN_THE_HANDSHAKE[name]
    with FakeEnclave(**lies) as peer:
        done = run(files, peer.url)
    assert (done.returncode, done.stdout) == (status, ""), done.stderr
    assert f"REFUSED, {sub}\n" in done.stderr
    assert peer.plain == b""


def test_stale_tcb(files):
    floor = {"tcb_floor": {MILAN.label: {**LEVELS, "snp": 25}}}
    with FakeEnclave() as peer:
        done = run(files, peer.url, demands=floor)
    assert done.returncode == NOT_ISOLATED
    assert "reported-tcb" in done.stderr
    assert peer.plain == b""


def test_amds_root_alone(files):
    with FakeEnclave() as peer:
        done = subprocess.run(
            [PROGRAM, "get", peer.url, "--expect", expectation(files),
             "--crl", files / "crl.der", "--at", str(AT)],
            capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == NOT_AN_ENCLAVE
    assert peer.plain == b""


BIG = answer(b"x" * 40000)
# Lies in the answers: the peer gets the fixed requests and no more.
IN_THE_SESSION = {
    "another nonce": ({"nonce": bytes(32)}, NOT_AN_ENCLAVE,
                      "session-not-bound"),
    "relayed from another session": ({"exporter": bytes(32)}, NOT_AN_ENCLAVE,
                                     "session-not-bound"),
    "another code": ({"session": other(measurement=bytes(48))}, INVALID_CODE,
                     "wrong-measurement"),
    "debug": ({"session": other(policy=0x30000 | 1 << 19)}, NOT_ISOLATED,
              "debug"),
    "another's key": ({"session": {"claim_spki": bytes(32)}}, NOT_AN_ENCLAVE,
                      "key-not-bound"),
    "none": ({"evidence_answer": answer(b"", status="404 x")}, NOT_AN_ENCLAVE,
             "no-evidence"),
    "501": ({"evidence_answer": answer(b"", status="501 x")}, NOT_AN_ENCLAVE,
            "no-evidence"),
    "redirect": ({"evidence_answer":
                  b"HTTP/1.1 302 x\r\nLocation: https://127.0.0.1:1/\r\n"
                  b"Content-Length: 0\r\n\r\n"}, NOT_AN_ENCLAVE,
                 "no-evidence"),
    "another type": ({"evidence_answer": answer(b"{}", "text/html")},
                     NOT_AN_ENCLAVE, "no-evidence"),
    "no CMW": ({"evidence_answer": answer(b"\xa0")}, NOT_AN_ENCLAVE,
               "bad-evidence"),
    "empty": ({"evidence_answer": answer(b"")}, NOT_AN_ENCLAVE, None),
    "busy": ({"evidence_answer": answer(b"", status="503 x")}, IO,
             "evidence-busy"),
    "too big": ({"evidence_answer": BIG}, IO, "evidence-broke-off"),
    "half": ({"evidence_answer": BIG[:1000]}, IO, "evidence-broke-off"),
    "half a head": ({"evidence_answer": BIG[:20]}, IO, "evidence-broke-off"),
    "an endless head": ({"evidence_answer": b"HTTP/1.1 200 OK\r\n"
                         + b"a: b\r\n" * 5000}, IO, "evidence-broke-off"),
    "an endless interim": ({"evidence_answer":
                            b"HTTP/1.1 100 x\r\n\r\n" * 50}, IO,
                           "evidence-broke-off"),
    "no HTTP": ({"evidence_answer": b"hello there\r\n\r\n"}, IO,
                "evidence-broke-off"),
    "two lengths": ({"evidence_answer":
                     b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n"
                     b"Content-Length: 2\r\n\r\nxx"}, IO,
                    "evidence-broke-off"),
}


@pytest.mark.parametrize("name", IN_THE_SESSION)
def test_lie_in_the_session(files, name):
    lies, status, sub = IN_THE_SESSION[name]
    with FakeEnclave(**lies) as peer:
        done = run(files, peer.url)
    assert (done.returncode, done.stdout) == (status, ""), done.stderr
    assert sub is None or sub in done.stderr
    assert ASKED.match(peer.plain)
    assert_only_fixed_requests(peer.plain)


IN_THE_POLICY = {
    "egress": ({"policy_bytes": EGRESS}, "egress"),
    "console": ({"policy_bytes": policy(console=True)}, "console"),
    "not the claimed one": ({"policy_answer":
                             answer(policy(state=2), "application/cbor")},
                            "policy-mismatch"),
    "none": ({"policy_answer": answer(b"", status="404 x")}, "no-policy"),
    "no policy": ({"policy_bytes": cbor([1])}, "bad-policy"),
}


@pytest.mark.parametrize("name", IN_THE_POLICY)
def test_lie_in_the_policy(files, name):
    lies, sub = IN_THE_POLICY[name]
    with FakeEnclave(**lies) as peer:
        done = run(files, peer.url)
    assert (done.returncode, done.stdout) == (NOT_ISOLATED, ""), done.stderr
    assert f"REFUSED, {sub}\n" in done.stderr
    assert_only_fixed_requests(peer.plain, asked_policy=True)


def test_more_than_an_answer(files):
    """A second answer behind the policy's would be taken for the user's."""
    with FakeEnclave(policy_answer=answer(policy(), "application/cbor")
                     + answer(b"poison", "text/plain")) as peer:
        done = run(files, peer.url)
    assert (done.returncode, done.stdout) == (IO, "")
    assert_only_fixed_requests(peer.plain, asked_policy=True)


def test_half_an_answer_leaves_no_file(files, tmp_path):
    out = tmp_path / "out"
    for half in (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf",
                 b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                 b"4\r\nhalf\r\n", b"HTTP/1.1 200 OK\r\n\r\nhalf"):
        with FakeEnclave(user_answer=half) as peer:
            done = run(files, peer.url, "-o", out)
        assert done.returncode == IO, done.stderr
        assert not out.exists()


def test_until_a_proper_end(files):
    with FakeEnclave(user_answer=b"HTTP/1.1 200 OK\r\n\r\nwhole",
                     says_goodbye=True) as peer:
        done = run(files, peer.url)
    assert (done.returncode, done.stdout) == (0, "whole")


def test_redirect_is_not_followed(files):
    with FakeEnclave(user_answer=b"HTTP/1.1 302 x\r\nLocation: https://"
                     b"127.0.0.1:1/\r\nContent-Length: 2\r\n\r\nno") as peer:
        done = run(files, peer.url)
    assert (done.returncode, done.stdout) == (0, "no")
    assert peer.connections == 1


def test_answer_over_the_limit(files):
    with FakeEnclave() as peer:
        done = run(files, peer.url, "--max-body", "4")
    assert done.returncode == IO


def test_post(files, tmp_path):
    data = tmp_path / "data"
    data.write_bytes(bytes(range(256)) * 400)
    with FakeEnclave() as peer:
        done = run(files, peer.url, "--data-binary", f"@{data}", verb="post")
    assert done.returncode == 0, done.stderr
    assert f"POST /{CANARY} HTTP/1.1\r\n".encode() in peer.plain
    assert peer.plain.endswith(data.read_bytes())


def test_post_to_a_liar(files):
    with FakeEnclave(exporter=bytes(32)) as peer:
        done = run(files, peer.url, "--data", CANARY, verb="post")
    assert done.returncode == NOT_AN_ENCLAVE
    assert_only_fixed_requests(peer.plain)


def test_verdict_in_json(files):
    with FakeEnclave(exporter=bytes(32)) as peer:
        done = run(files, peer.url, "--json")
    verdict = json.loads(done.stderr)
    assert verdict["code"] == NOT_AN_ENCLAVE
    assert verdict["sub"] == "session-not-bound"
    assert verdict["authentic"] is False


def test_no_evidence_is_an_option(files):
    with FakeEnclave(extension=b"") as peer:
        done = subprocess.run(
            [PROGRAM, "get", peer.url, "--insecure-no-evidence"],
            capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (0, "hello")
    assert "NOTHING WAS PROVEN" in done.stderr
    assert subprocess.run([PROGRAM, "verify", "https://127.0.0.1:1/",
                           "--insecure-no-evidence"], capture_output=True,
                          check=False, timeout=60).returncode == 1


def mute(server, words):
    peer, _ = server.accept()
    with peer:
        peer.recv(4096)
        peer.sendall(words)


@pytest.mark.parametrize("words, status", [
    (b"", IO), (b"HTTP/1.1 400 Bad Request\r\n\r\n", NOT_AN_ENCLAVE),
    (b"\x15\x03\x03\x00\x02\x02\x28", NOT_AN_ENCLAVE)])
def test_no_tls_server(files, words, status):
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=mute, args=(server, words))
        thread.start()
        done = run(files, f"https://127.0.0.1:{server.getsockname()[1]}")
        thread.join()
    assert done.returncode == status, done.stderr


def test_nobody(files):
    done = run(files, "https://127.0.0.1:1")
    assert done.returncode == IO
    assert "no-connection" in done.stderr
