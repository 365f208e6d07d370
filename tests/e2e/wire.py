# SPDX-License-Identifier: Apache-2.0
"""A small TLS 1.3 client that can misbehave.

It speaks TLS_AES_128_GCM_SHA256 and X25519 only, checks nothing of the
server's certificate, and lets a test send any record in place of the right
one. It follows RFC 8446; the names are the RFC's.
"""

import hashlib
import hmac
import os
import socket
import struct
import time

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import (
    X25519PrivateKey, X25519PublicKey)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import (
    Encoding, PublicFormat)

CCS, ALERT, HANDSHAKE, APPLICATION_DATA = 20, 21, 22, 23
CLOSE_NOTIFY, UNEXPECTED_MESSAGE, BAD_RECORD_MAC = 0, 10, 20
RECORD_OVERFLOW, HANDSHAKE_FAILURE, ILLEGAL_PARAMETER = 22, 40, 47
DECODE_ERROR, DECRYPT_ERROR, PROTOCOL_VERSION = 50, 51, 70
INTERNAL_ERROR, MISSING_EXTENSION = 80, 109

SERVER_HELLO, ENCRYPTED_EXTENSIONS, CERTIFICATE = 2, 8, 11
CERTIFICATE_VERIFY, FINISHED, KEY_UPDATE = 15, 20, 24
TLS12, TLS13 = 0x0303, 0x0304
X25519, SECP256R1 = 0x001d, 0x0017
AES_128_GCM_SHA256 = 0x1301
HELLO_RETRY = hashlib.sha256(b"HelloRetryRequest").digest()


def vector(width, data):
    """A variable-length vector with a length prefix of `width` bytes."""
    return len(data).to_bytes(width, "big") + data


def extension(kind, data):
    return struct.pack(">H", kind) + vector(2, data)


def record(kind, data, version=TLS12):
    return struct.pack(">BH", kind, version) + vector(2, data)


def message(kind, data):
    return bytes([kind]) + vector(3, data)


def client_hello(shares, groups=(X25519,), suites=(AES_128_GCM_SHA256,),
                 versions=(TLS13,), legacy_version=TLS12, extra=b"",
                 compression=b"\0", session_id=None, without=()):
    """A ClientHello message. `shares` lists (group, public key) pairs;
    `without` names extensions to leave out."""
    def u16s(values):
        return b"".join(struct.pack(">H", v) for v in values)

    key_shares = b"".join(struct.pack(">H", g) + vector(2, k)
                          for g, k in shares)
    known = {
        "supported_groups": extension(10, vector(2, u16s(groups))),
        "signature_algorithms": extension(13, vector(2, u16s((0x0403,)))),
        "supported_versions": extension(43, vector(1, u16s(versions))),
        "key_share": extension(51, vector(2, key_shares)),
    }
    extensions = b"".join(v for k, v in known.items() if k not in without)
    if session_id is None:
        session_id = os.urandom(32)
    return message(1, struct.pack(">H", legacy_version) + os.urandom(32)
                   + vector(1, session_id) + vector(2, u16s(suites))
                   + vector(1, compression) + vector(2, extensions + extra))


def hkdf_extract(salt, key):
    return hmac.new(salt, key, hashlib.sha256).digest()


def hkdf_expand_label(secret, label, context, length):
    info = (struct.pack(">H", length) + vector(1, b"tls13 " + label)
            + vector(1, context))
    return hmac.new(secret, info + b"\1", hashlib.sha256).digest()[:length]


def derive_secret(secret, label, transcript):
    digest = hashlib.sha256(transcript).digest()
    return hkdf_expand_label(secret, label, digest, 32)


class TrafficKey:
    """One direction's record protection (RFC 8446 5.2)."""

    def __init__(self, secret):
        self.secret = secret
        self.aead = AESGCM(hkdf_expand_label(secret, b"key", b"", 16))
        self.iv = hkdf_expand_label(secret, b"iv", b"", 12)
        self.sequence = 0

    def _nonce(self):
        number = self.sequence.to_bytes(12, "big")
        return bytes(a ^ b for a, b in zip(self.iv, number))

    def seal(self, inner):
        """One TLSCiphertext around the bytes of a TLSInnerPlaintext."""
        header = struct.pack(">BHH", APPLICATION_DATA, TLS12, len(inner) + 16)
        data = self.aead.encrypt(self._nonce(), inner, header)
        self.sequence += 1
        return header + data

    def open(self, data):
        header = struct.pack(">BHH", APPLICATION_DATA, TLS12, len(data))
        inner = self.aead.decrypt(self._nonce(), data, header).rstrip(b"\0")
        self.sequence += 1
        return inner[-1], inner[:-1]


class Ended(Exception):
    """The server ended the stream: by an alert, by FIN or by RST."""

    def __init__(self, alert=None, reset=False):
        super().__init__(f"alert {alert}, reset {reset}")
        self.alert = alert
        self.reset = reset


class Wire:
    """Records over one TCP connection."""

    def __init__(self, address, timeout=30.0):
        self.socket = socket.create_connection(address, timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.deadline = time.monotonic() + timeout
        self.buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError) as error:
            raise Ended(reset=True) from error

    def _need(self, count):
        while len(self.buffer) < count:
            left = self.deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError("the server neither answered nor ended")
            self.socket.settimeout(left)
            try:
                data = self.socket.recv(65536)
            except ConnectionResetError as error:
                raise Ended(reset=True) from error
            if not data:
                raise Ended()
            self.buffer += data

    def receive(self):
        """The next record: its type and its bytes."""
        self._need(5)
        kind, _, length = struct.unpack(">BHH", self.buffer[:5])
        self._need(5 + length)
        data, self.buffer = (self.buffer[5:5 + length],
                             self.buffer[5 + length:])
        return kind, data

    def ending(self):
        """How the server ends a stream that is still in the clear: Ended,
        with the alert that came before the end."""
        alert = None
        try:
            while True:
                kind, data = self.receive()
                if kind == ALERT and len(data) == 2:
                    alert = data[1]
        except Ended as ended:
            return Ended(alert, ended.reset)


class Client(Wire):
    """A handshake in steps, so that a test can break any of them."""

    def __init__(self, address, timeout=30.0):
        super().__init__(address, timeout)
        self.private = X25519PrivateKey.generate()
        self.public = self.private.public_key().public_bytes(
            Encoding.Raw, PublicFormat.Raw)
        self.transcript = b""
        self.messages = b""
        self.readers = []
        self.writer = None

    def send_hello(self, **options):
        options.setdefault("shares", [(X25519, self.public)])
        hello = client_hello(**options)
        self.transcript += hello
        self.send(record(HANDSHAKE, hello, 0x0301))

    def _open(self, data):
        for key in self.readers:
            try:
                return key.open(data)
            except InvalidTag:
                continue
        raise AssertionError("a record that no key opens")

    def receive_inner(self):
        """The next record in clear: alerts raise Ended."""
        while True:
            kind, data = self.receive()
            if kind == CCS:
                continue
            if kind == APPLICATION_DATA and self.readers:
                kind, data = self._open(data)
            if kind == ALERT:
                raise Ended(data[1])
            return kind, data

    def _message(self):
        while len(self.messages) < 4 or len(
                self.messages) < 4 + int.from_bytes(self.messages[1:4],
                                                    "big"):
            kind, data = self.receive_inner()
            assert kind == HANDSHAKE, kind
            self.messages += data
        length = 4 + int.from_bytes(self.messages[1:4], "big")
        out, self.messages = self.messages[:length], self.messages[length:]
        self.transcript += out
        return out[0], out[4:]

    def receive_server_hello(self):
        kind, body = self._message()
        assert kind == SERVER_HELLO
        assert body[2:34] != HELLO_RETRY
        offset = 35 + body[34] + 3 + 2
        share = None
        while offset < len(body):
            what, length = struct.unpack(">HH", body[offset:offset + 4])
            if what == 51:
                share = body[offset + 8:offset + 4 + length]
            offset += 4 + length
        return share

    def receive_flight(self):
        """ServerHello to the server's Finished; derives all keys. Returns
        the kinds of the messages after ServerHello."""
        share = self.receive_server_hello()
        shared = self.private.exchange(
            X25519PublicKey.from_public_bytes(share))
        early = hkdf_extract(bytes(32), bytes(32))
        handshake = hkdf_extract(derive_secret(early, b"derived", b""),
                                 shared)
        self.writer = TrafficKey(
            derive_secret(handshake, b"c hs traffic", self.transcript))
        self.readers = [TrafficKey(
            derive_secret(handshake, b"s hs traffic", self.transcript))]
        kinds = []
        while FINISHED not in kinds:
            kinds.append(self._message()[0])
        master = hkdf_extract(derive_secret(handshake, b"derived", b""),
                              bytes(32))
        self.readers.append(TrafficKey(
            derive_secret(master, b"s ap traffic", self.transcript)))
        self.next_writer = TrafficKey(
            derive_secret(master, b"c ap traffic", self.transcript))
        return kinds

    def finished(self):
        """The client's Finished message."""
        key = hkdf_expand_label(self.writer.secret, b"finished", b"", 32)
        digest = hashlib.sha256(self.transcript).digest()
        return message(FINISHED,
                       hmac.new(key, digest, hashlib.sha256).digest())

    def handshake(self):
        self.send_hello()
        self.receive_flight()
        self.send_inner(HANDSHAKE, self.finished())
        self.writer = self.next_writer

    def send_inner(self, kind, data, padding=0):
        self.send(self.writer.seal(data + bytes([kind]) + bytes(padding)))

    def read_application(self, stop):
        """Application bytes until stop(bytes) holds."""
        data = b""
        while not stop(data):
            kind, part = self.receive_inner()
            assert kind == APPLICATION_DATA, f"inner type {kind}"
            data += part
        return data

    def ending(self):
        """How the server ends: the first alert, clear or sealed."""
        try:
            while True:
                self.receive_inner()
        except Ended as ended:
            return ended
