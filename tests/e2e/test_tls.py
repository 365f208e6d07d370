# SPDX-License-Identifier: Apache-2.0
"""The endpoint as real clients see it."""

import re
import subprocess
from datetime import datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from wire import (APPLICATION_DATA, PROTOCOL_VERSION, TLS12, TLS13, Client,
                  Ended)

REQUEST = "GET / HTTP/1.1\r\nHost: guest\r\nConnection: close\r\n\r\n"


def run(*command, seconds=60, **options):
    return subprocess.run(command, capture_output=True, text=True,
                          timeout=seconds, **options)


def curl(guest, *options, path="/"):
    return run("curl", "-sk", "--max-time", "30", *options,
               f"https://127.0.0.1:{guest.port}{path}")


def s_client(guest, *options, text="", seconds=30):
    out = run("openssl", "s_client", "-connect", f"127.0.0.1:{guest.port}",
              *options, input=text, seconds=seconds)
    return out.stdout + out.stderr


def test_curl_gets_the_answer(hello):
    out = curl(hello, "-w", "%{http_code} %{ssl_verify_result}")
    assert out.returncode == 0
    assert "hello" in out.stdout.lower()
    assert " 200 " in out.stdout.replace("\n", " ") or \
        re.search(r"^200 ", out.stdout, re.M)


def test_curl_head_has_no_body(hello):
    got = curl(hello, "-i")
    head = curl(hello, "-I")
    assert head.returncode == 0
    assert head.stdout.startswith("HTTP/1.1 200 ")
    assert head.stdout.endswith("\r\n\r\n") or head.stdout.endswith("\n\n")
    length = re.search(r"(?im)^content-length: *(\d+)", head.stdout)
    body = re.split(r"\r?\n\r?\n", got.stdout, 1)[1]
    assert length and int(length[1]) == len(body)


def test_curl_404(hello):
    out = curl(hello, "-o", "/dev/null", "-w", "%{http_code}",
               path="/no/such/page")
    assert out.stdout == "404"


def test_no_evidence_without_snp(hello):
    out = curl(hello, "-o", "/dev/null", "-w", "%{http_code}",
               path="/.well-known/anchorhold/evidence?nonce=" + "A" * 43)
    assert out.stdout == "501"


@pytest.fixture(scope="module")
def certificate(hello):
    text = s_client(hello)
    pem = re.search("-----BEGIN.*?END CERTIFICATE-----", text, re.S)
    return x509.load_pem_x509_certificate(pem[0].encode())


def test_certificate_key_is_p256(certificate):
    key = certificate.public_key()
    assert isinstance(key.curve, ec.SECP256R1)
    assert isinstance(certificate.signature_hash_algorithm, hashes.SHA256)


def test_certificate_is_signed_by_itself(certificate):
    assert certificate.issuer == certificate.subject
    certificate.public_key().verify(
        certificate.signature, certificate.tbs_certificate_bytes,
        ec.ECDSA(hashes.SHA256()))


def test_certificate_says_nothing_of_time(certificate):
    assert certificate.not_valid_before == datetime(1970, 1, 1)
    assert certificate.not_valid_after == datetime(9999, 12, 31, 23, 59, 59)


def test_certificate_has_no_evidence_without_snp(certificate):
    cmw = x509.ObjectIdentifier("1.3.6.1.5.5.7.1.35")
    assert cmw not in [e.oid for e in certificate.extensions]


def test_certificate_is_new_at_each_boot(hello, echo):
    def serial_and_key(guest):
        pem = re.search("-----BEGIN.*?END CERTIFICATE-----", s_client(guest),
                        re.S)
        made = x509.load_pem_x509_certificate(pem[0].encode())
        return made.public_key().public_numbers()
    assert serial_and_key(hello) != serial_and_key(echo)


@pytest.mark.parametrize("version", ["-tls1_2", "-tls1_1", "-tls1"])
def test_old_versions_get_protocol_version(hello, version):
    text = s_client(hello, version, "-cipher", "DEFAULT:@SECLEVEL=0")
    assert f"SSL alert number {PROTOCOL_VERSION}" in text


@pytest.mark.parametrize("options", [
    {"versions": (TLS12,)},
    {"versions": (0x0302, 0x0301)},
    {"without": ("supported_versions",)},
], ids=["offers 1.2", "offers 1.1", "offers nothing"])
def test_hello_without_tls13_gets_protocol_version(hello, options):
    with Client(hello.address) as client:
        client.send_hello(**options)
        assert client.ending().alert == PROTOCOL_VERSION


def test_tls13_is_found_behind_unknown_versions(hello):
    with Client(hello.address) as client:
        client.send_hello(versions=(0x0a0a, TLS13, TLS12))
        assert client.receive_flight() == [8, 11, 15, 20]


@pytest.mark.parametrize("suite", [
    "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384",
    "TLS_CHACHA20_POLY1305_SHA256"])
def test_suite(hello, suite):
    text = s_client(hello, "-ciphersuites", suite, "-ign_eof", text=REQUEST)
    assert f"Cipher is {suite}" in text
    assert "HTTP/1.1 200" in text


@pytest.mark.parametrize("suite", [
    "TLS_AES_128_CCM_SHA256", "TLS_AES_128_CCM_8_SHA256"])
def test_suite_we_do_not_have(hello, suite):
    assert "SSL alert number 40" in s_client(hello, "-ciphersuites", suite)


@pytest.mark.parametrize("group, name", [
    ("X25519", "X25519"), ("P-256", "ECDH, prime256v1")])
def test_group(hello, group, name):
    text = s_client(hello, "-groups", group, "-ign_eof", text=REQUEST)
    assert f"Server Temp Key: {name}" in text
    assert "HTTP/1.1 200" in text


@pytest.mark.parametrize("groups", ["P-521:X25519", "P-384:P-256"])
def test_hello_retry_request(hello, groups):
    text = s_client(hello, "-groups", groups, "-msg", "-ign_eof",
                    text=REQUEST)
    assert len(re.findall(r">>> .*ClientHello", text)) == 2
    assert "HTTP/1.1 200" in text


def test_group_we_do_not_have(hello):
    assert "SSL alert number 40" in s_client(hello, "-groups", "P-521")


def test_no_ticket(hello, tmp_path):
    session = tmp_path / "session"
    text = s_client(hello, "-sess_out", str(session), "-ign_eof",
                    text=REQUEST)
    assert "HTTP/1.1 200" in text
    assert "New Session Ticket arrived" not in text
    assert not session.exists() or not session.stat().st_size


def test_nothing_but_the_answer_follows_the_handshake(hello):
    with Client(hello.address) as client:
        client.handshake()
        client.send_inner(APPLICATION_DATA, REQUEST.encode())
        data = b""
        with pytest.raises(Ended) as ended:
            while True:
                kind, part = client.receive_inner()
                assert kind == APPLICATION_DATA
                data += part
        assert ended.value.alert == 0
        assert data.startswith(b"HTTP/1.1 200 ")


def test_two_connections_do_not_resume(hello):
    for _ in range(2):
        text = s_client(hello, "-ign_eof", text=REQUEST)
        assert re.search(r"^New, TLSv1.3", text, re.M)


def test_gnutls_client(hello):
    out = run("gnutls-cli", "--insecure", "-p", str(hello.port), "127.0.0.1",
              input=REQUEST)
    assert "Handshake was completed" in out.stdout
    assert "Description: (TLS1.3" in out.stdout
    assert "HTTP/1.1 200" in out.stdout


def test_sslscan_sees_only_tls13(hello):
    out = run("sslscan", "--no-colour", f"127.0.0.1:{hello.port}",
              seconds=120).stdout
    versions = dict(re.findall(r"^(SSLv\d|TLSv1\.\d) +(\w+) *$", out, re.M))
    assert versions.pop("TLSv1.3") == "enabled"
    assert versions and set(versions.values()) == {"disabled"}
    suites = re.findall(r"^(?:Preferred|Accepted) +(\S+) .* (TLS_\w+)", out,
                        re.M)
    assert {version for version, _ in suites} == {"TLSv1.3"}
    assert {suite for _, suite in suites} == {
        "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384",
        "TLS_CHACHA20_POLY1305_SHA256"}


def test_wrk(hello):
    out = run("wrk", "-t1", "-c8", "-d3s", f"https://127.0.0.1:{hello.port}/")
    assert out.returncode == 0
    assert "Socket errors" not in out.stdout
    assert "Non-2xx" not in out.stdout
    assert int(re.search(r"(\d+) requests in", out.stdout)[1]) > 100


def test_h2load_speaks_http11(hello):
    out = run("h2load", "--h1", "-n", "400", "-c", "8",
              f"https://127.0.0.1:{hello.port}/")
    assert "400 succeeded, 0 failed, 0 errored, 0 timeout" in out.stdout
