# SPDX-License-Identifier: Apache-2.0
"""A client that asks for evidence over its own TLS session: pyOpenSSL, since
Python's ssl has no exporter (RFC 8446, 7.5)."""

import base64
import os
import socket
import struct
import time

from OpenSSL import SSL, crypto

from evidence import CBOR_TYPE, EXPORTER_LABEL, JSON_TYPE
from web import Closed, parse_head

PATH = "/.well-known/anchorhold/evidence"


def fresh_nonce():
    return os.urandom(32)


def nonce_text(nonce):
    return base64.urlsafe_b64encode(nonce).rstrip(b"=").decode()


def tls13():
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.set_min_proto_version(SSL.TLS1_3_VERSION)
    return context


class Attested:
    """One connection. Reads and writes end with Closed after `timeout`
    seconds without a byte."""

    context = tls13()

    def __init__(self, address, timeout=60.0):
        self.socket = socket.create_connection(address, timeout)
        self.socket.settimeout(None)
        limit = struct.pack("ll", int(timeout), 0)
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            self.socket.setsockopt(socket.SOL_SOCKET, option, limit)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.tls = SSL.Connection(self.context, self.socket)
        self.tls.set_connect_state()
        self.buffer = b""
        try:
            self._whole(self.tls.do_handshake)
        except BaseException:
            self.socket.close()
            raise
        self.nonce = self.asked_at = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    @staticmethod
    def _whole(call, *arguments):
        try:
            return call(*arguments)
        except SSL.ZeroReturnError:
            return b""
        except SSL.Error as error:
            raise Closed(f"{type(error).__name__}: {error}") from error

    @property
    def leaf(self):
        """The server's certificate, DER."""
        return crypto.dump_certificate(crypto.FILETYPE_ASN1,
                                       self.tls.get_peer_certificate())

    def exporter(self):
        """This session's, for the nonce that was asked with."""
        return self.tls.export_keying_material(EXPORTER_LABEL, 32, self.nonce)

    def ask(self, nonce=None, accept=CBOR_TYPE):
        """Sends the request for evidence; answer() takes what comes."""
        self.nonce = nonce or fresh_nonce()
        self.asked_at = time.monotonic()
        self.get(f"{PATH}?nonce={nonce_text(self.nonce)}", accept)

    def get(self, target, accept="*/*"):
        self._whole(self.tls.sendall, (
            f"GET {target} HTTP/1.1\r\nHost: guest\r\nAccept: {accept}\r\n"
            "\r\n").encode())

    def _more(self):
        data = self._whole(self.tls.recv, 65536)
        if not data:
            raise Closed("the server ended the connection")
        self.buffer += data

    def answer(self):
        """(status, headers, body) of one response with a length."""
        while b"\r\n\r\n" not in self.buffer:
            self._more()
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        status, headers = parse_head(head)
        length = int(headers["content-length"])
        while len(self.buffer) < length:
            self._more()
        body, self.buffer = self.buffer[:length], self.buffer[length:]
        return status, headers, body

    def judged(self, verifier):
        """What the answer to ask() proves; raises Refused."""
        status, headers, body = self.answer()
        assert status == 200, (status, body)
        assert headers["cache-control"] == "no-store", headers
        assert headers["content-type"] in (CBOR_TYPE, JSON_TYPE), headers
        return verifier.session(body, headers["content-type"], self.leaf,
                                self.nonce, self.exporter())
