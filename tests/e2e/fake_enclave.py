# SPDX-License-Identifier: Apache-2.0
"""A peer with evidence of its own making: keys and chain of tests/vectors, a
TLS 1.3 server, and a log of every plaintext byte that it was sent. Each lie is a
keyword argument."""

import base64
import datetime
import re
import socket
import sys
import threading

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from OpenSSL import SSL, crypto

from evidence import CBOR_TYPE, EXPORTER_LABEL, ID_PE_CMW
from paths import ROOT

sys.path.insert(0, str(ROOT / "tests" / "vectors"))
import der
from parts import Chain, Evidence, leaf_of, policy, sha256

ASKED = re.compile(
    rb"GET /\.well-known/anchorhold/evidence\?nonce=([A-Za-z0-9_-]{43}) "
    rb"HTTP/1\.1\r\nHost: 127\.0\.0\.1:\d+\r\n"
    rb"Accept: application/cmw\+cbor\r\n\r\n")
POLICY_ASKED = re.compile(
    rb"GET /\.well-known/anchorhold/policy HTTP/1\.1\r\n"
    rb"Host: 127\.0\.0\.1:\d+\r\nAccept: application/cbor\r\n\r\n")
BEGUN = datetime.datetime(1970, 1, 1)
ENDED = datetime.datetime(9999, 12, 31)


def answer(body, content_type=CBOR_TYPE, status="200 OK"):
    return (f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n").encode() + body


class FakeEnclave:
    """boot, session: what Evidence is to change in the certificate's and in
    the session's. extension: the certificate's extension, b"": none.
    evidence_answer, policy_answer, user_answer: bytes to send in place of the
    right ones. nonce, exporter: to bind to in place of the right ones."""

    def __init__(self, boot=(), session=(), extension=None, policy_bytes=None,
                 **lies):
        self.chain = Chain()
        self.policy = policy() if policy_bytes is None else policy_bytes
        self.session, self.lies = dict(session), lies
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.spki = self.key.public_key().public_bytes(
            serialization.Encoding.DER,
            serialization.PublicFormat.SubjectPublicKeyInfo)
        if extension is None:
            extension = der.tlv(4, self.evidence(0, **dict(boot)))
        self.context = self._context(self._leaf(extension))
        self.plain = b""
        self.connections = 0
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://127.0.0.1:{self.socket.getsockname()[1]}"
        self.thread = threading.Thread(target=self._serve, daemon=True)

    def evidence(self, size, **change):
        return Evidence(self.chain, size=size, **{
            "claim_spki": sha256(self.spki),
            "claim_policy": sha256(self.policy), **change}).bytes

    def _leaf(self, extension):
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "fake")])
        builder = x509.CertificateBuilder(
            name, name, self.key.public_key(), 1, BEGUN, ENDED)
        if extension:
            builder = builder.add_extension(
                x509.UnrecognizedExtension(ID_PE_CMW, extension), False)
        return builder.sign(self.key, hashes.SHA256())

    def _context(self, leaf):
        context = SSL.Context(SSL.TLS_SERVER_METHOD)
        context.set_min_proto_version(SSL.TLS1_3_VERSION)
        context.use_certificate(crypto.X509.from_cryptography(leaf))
        context.use_privatekey(crypto.PKey.from_cryptography_key(self.key))
        return context

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.socket.close()

    def _serve(self):
        while True:
            try:
                peer, _ = self.socket.accept()
            except OSError:
                return
            self.connections += 1
            peer.settimeout(None)
            try:
                self._talk(peer)
            except SSL.Error:
                pass
            finally:
                peer.close()

    def _session_answer(self, tls, asked):
        nonce = base64.urlsafe_b64decode(asked[1] + b"=")
        exporter = tls.export_keying_material(EXPORTER_LABEL, 32, nonce)
        root = leaf_of(self.lies.get("nonce", nonce),
                       self.lies.get("exporter", exporter))
        return answer(self.evidence(1, claim_root=root, claim_path=[],
                                    **self.session))

    def _answer(self, tls, head):
        """What to send, and whether to end then."""
        asked = ASKED.fullmatch(head)
        if asked:
            sent = self.lies.get("evidence_answer")
            return sent or self._session_answer(tls, asked), sent
        if POLICY_ASKED.fullmatch(head):
            sent = self.lies.get("policy_answer")
            return sent or answer(self.policy, "application/cbor"), sent
        sent = self.lies.get("user_answer")
        return sent or answer(b"hello", "text/plain"), sent

    def _talk(self, peer):
        tls = SSL.Connection(self.context, peer)
        tls.set_accept_state()
        tls.do_handshake()
        waiting = b""
        while True:
            data = tls.recv(65536)
            self.plain += data
            waiting += data
            while b"\r\n\r\n" in waiting:
                head, waiting = waiting.split(b"\r\n\r\n", 1)
                sent, is_last = self._answer(tls, head + b"\r\n\r\n")
                length = re.search(rb"Content-Length: (\d+)", head)
                while length and len(waiting) < int(length[1]):
                    data = tls.recv(65536)
                    self.plain += data
                    waiting += data
                waiting = waiting[int(length[1]) if length else 0:]
                tls.sendall(sent)
                if is_last:
                    if self.lies.get("says_goodbye"):
                        tls.shutdown()
                    return
