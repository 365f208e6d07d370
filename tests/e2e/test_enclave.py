# SPDX-License-Identifier: Apache-2.0
"""The image under the SEV-SNP emulator: it serves, and attests itself."""

import hashlib

import pytest

from attested import PATH, Attested, fresh_nonce, nonce_text
from enclave import (assert_no_iv_is_reused, booted_enclave,
                     verifier as make_verifier)
from evidence import CBOR_TYPE, DEVELOPMENT, JSON_TYPE, Refused
from web import Web

POLICY_PATH = "/.well-known/anchorhold/policy"
DEBUG, MIGRATE_MA = 1 << 19, 1 << 18


@pytest.fixture(scope="module", name="enclave")
def fixture_enclave():
    with booted_enclave() as guest:
        yield guest
        assert_no_iv_is_reused(guest.messages())


@pytest.fixture(scope="module", name="verifier")
def fixture_verifier():
    return make_verifier()


def test_evidence_of_the_session(enclave, verifier):
    with Attested(enclave.address) as client:
        client.ask()
        judged = client.judged(verifier)
    assert judged.report.measurement.hex() == enclave.wait_digest()
    assert judged.report.vmpl == 0
    assert not judged.report.policy & (DEBUG | MIGRATE_MA)
    assert judged.claims.profile == DEVELOPMENT


def test_evidence_in_the_certificate(enclave, verifier):
    with Attested(enclave.address) as client:
        judged = verifier.boot(client.leaf)
    assert judged.report.measurement.hex() == enclave.wait_digest()
    assert judged.claims.profile == DEVELOPMENT


@pytest.mark.parametrize("accept, comes", [
    (JSON_TYPE, JSON_TYPE), (CBOR_TYPE, CBOR_TYPE), ("*/*", CBOR_TYPE),
    ("application/json", CBOR_TYPE), ("*/*;q=1;ext=1", CBOR_TYPE),
    (f"{CBOR_TYPE};q=0.5, {JSON_TYPE}", JSON_TYPE)])
def test_evidence_as_asked_for(enclave, verifier, accept, comes):
    with Attested(enclave.address) as client:
        client.ask(accept=accept)
        status, headers, body = client.answer()
        assert status == 200
        assert headers["content-type"] == comes
        verifier.session(body, comes, client.leaf, client.nonce,
                         client.exporter())


def test_nothing_is_answered_from_memory(enclave, verifier):
    """The same nonce over the same session is asked of the secure processor
    again, too (what it signs is the same then)."""
    nonce = fresh_nonce()
    before = enclave.reports()
    with Attested(enclave.address) as client:
        roots = []
        for asked in (nonce, fresh_nonce(), nonce):
            client.ask(asked)
            roots.append(client.judged(verifier).claims.root)
    assert enclave.reports() == before + 3
    assert roots[0] == roots[2] != roots[1]


@pytest.mark.parametrize("what", ["nonce", "session", "key"])
def test_evidence_of_another(enclave, verifier, what):
    """What was answered to one is worth nothing for another."""
    with Attested(enclave.address) as mine, \
            Attested(enclave.address) as other:
        mine.ask()
        _, headers, body = mine.answer()
        leaf, nonce, exporter = mine.leaf, mine.nonce, mine.exporter()
        if what == "nonce":
            nonce = fresh_nonce()
        elif what == "session":
            other.nonce = nonce
            exporter = other.exporter()
        else:
            with booted_enclave() as second, \
                    Attested(second.address) as elsewhere:
                leaf = elsewhere.leaf
        with pytest.raises(Refused):
            verifier.session(body, headers["content-type"], leaf, nonce,
                             exporter)


GOOD = nonce_text(bytes(range(32)))
BAD_QUERIES = {
    "none": "", "an empty query": "?", "no value": "?nonce=",
    "31 bytes": "?nonce=" + nonce_text(bytes(31)),
    "33 bytes": "?nonce=" + nonce_text(bytes(33)),
    "padded": f"?nonce={GOOD}=", "plain base64": "?nonce=" + "+" + GOOD[1:],
    "bits left over": "?nonce=" + GOOD[:-1] + "9",
    "hex": "?nonce=" + "00" * 32, "twice": f"?nonce={GOOD}&nonce={GOOD}",
    "something more": f"?nonce={GOOD}&x=1", "another name": f"?Nonce={GOOD}",
    "escaped": f"?nonce=%{ord(GOOD[0]):02x}{GOOD[1:]}",
    "64 KiB": "?nonce=" + "A" * 6000,
}


@pytest.mark.parametrize("name", BAD_QUERIES)
def test_bad_nonce(enclave, name):
    before = enclave.reports()
    with Attested(enclave.address) as client:
        client.get(PATH + BAD_QUERIES[name], CBOR_TYPE)
        status, _, _ = client.answer()
    assert status == 400
    assert enclave.reports() == before


@pytest.mark.parametrize("target, status", [
    (PATH + "/?nonce=" + GOOD, 404), (PATH + "x?nonce=" + GOOD, 404),
    ("/.well-known/anchorhold/nothing", 404)])
def test_unknown_path(enclave, target, status):
    before = enclave.reports()
    with Attested(enclave.address) as client:
        client.get(target)
        assert client.answer()[0] == status
    assert enclave.reports() == before


def test_only_get(enclave):
    with Web(enclave.address) as web:
        web.send(f"POST {PATH}?nonce={GOOD} HTTP/1.1\r\nHost: guest\r\n"
                 "Content-Length: 0\r\n\r\n".encode())
        assert web.response().status == 405


def test_policy_is_what_is_claimed(enclave, verifier):
    with Attested(enclave.address) as client:
        client.ask()
        claimed = client.judged(verifier).claims.policy_sha256
        client.get(POLICY_PATH, "application/cbor")
        status, _, policy = client.answer()
    assert status == 200
    assert hashlib.sha256(policy).digest() == claimed


def test_page_for_people(enclave):
    with Attested(enclave.address) as client:
        client.get("/.well-known/anchorhold/")
        status, headers, body = client.answer()
    assert status == 200
    assert headers["content-type"].startswith("text/")
    assert b"no evidence" not in body


def test_the_app_serves_beside(enclave):
    enclave.assert_serves()
