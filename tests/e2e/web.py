# SPDX-License-Identifier: Apache-2.0
"""HTTP/1.1 over TLS, byte by byte: what is sent is exactly what the test
says, and what comes back is read strictly, so that a server that frames its
answers loosely fails here."""

import re
import socket
import ssl
import time
from dataclasses import dataclass, field

STATUS_LINE = re.compile(rb"HTTP/1\.1 ([2-5]\d\d|1\d\d) [ -~]*\Z")
FIELD_LINE = re.compile(rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([ -~\t]*)\Z")


class Closed(Exception):
    """The server ended the stream before a whole response."""


@dataclass
class Response:
    status: int
    headers: dict = field(default_factory=dict)
    body: bytes = b""

    @property
    def keeps_alive(self):
        return self.headers.get("connection", "").lower() != "close"


def tls_context():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    return context


def parse_head(head):
    """Status and headers of a response head without its empty line."""
    first, *lines = head.split(b"\r\n")
    match = STATUS_LINE.match(first)
    assert match, f"bad status line {first!r}"
    headers = {}
    for line in lines:
        found = FIELD_LINE.match(line)
        assert found, f"bad header line {line!r}"
        name = found[1].decode().lower()
        assert name not in headers, f"{name} comes twice"
        headers[name] = found[2].decode().strip()
    assert not ("content-length" in headers and
                "transfer-encoding" in headers), headers
    return int(match[1]), headers


class Web:
    """One TLS connection to the guest."""

    def __init__(self, address, timeout=30.0, context=None):
        self.deadline = time.monotonic() + timeout
        self.buffer = b""
        self.finished = False
        plain = socket.create_connection(address, timeout)
        try:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.socket = (context or tls_context()).wrap_socket(plain)
        except BaseException:
            plain.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def extend(self, seconds):
        """Gives the connection's owner `seconds` from now on."""
        self.deadline = time.monotonic() + seconds

    def send(self, data):
        """Sends all bytes; a server that has had enough ends it early."""
        self.socket.settimeout(max(0.01, self.deadline - time.monotonic()))
        try:
            self.socket.sendall(data)
        except (ssl.SSLError, ConnectionError) as error:
            raise Closed(str(error)) from error

    def _more(self):
        if self.finished:
            return False
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("no answer in time")
        self.socket.settimeout(left)
        try:
            data = self.socket.recv(65536)
        except (ssl.SSLEOFError, ConnectionError):
            data = b""
        self.finished = not data
        self.buffer += data
        return bool(data)

    def _until(self, mark):
        while mark not in self.buffer:
            if not self._more():
                raise Closed(f"ended with {self.buffer[:80]!r}")
        out, self.buffer = self.buffer.split(mark, 1)
        return out

    def _exactly(self, count):
        while len(self.buffer) < count:
            if not self._more():
                raise Closed(f"ended {count - len(self.buffer)} bytes short")
        out, self.buffer = self.buffer[:count], self.buffer[count:]
        return out

    def _chunks(self):
        body = b""
        while True:
            line = self._until(b"\r\n")
            assert re.fullmatch(rb"[0-9A-Fa-f]{1,16}", line), line
            size = int(line, 16)
            if size == 0:
                assert self._exactly(2) == b"\r\n", "trailer in a response"
                return body
            body += self._exactly(size)
            assert self._exactly(2) == b"\r\n", "chunk without its end"

    def response(self, method="GET"):
        """The next response, interim ones included; Closed if none comes."""
        status, headers = parse_head(self._until(b"\r\n\r\n"))
        response = Response(status, headers)
        if method == "HEAD" or status in (204, 304) or status < 200:
            return response
        if headers.get("transfer-encoding") == "chunked":
            response.body = self._chunks()
        elif "content-length" in headers:
            assert headers["content-length"].isdigit()
            response.body = self._exactly(int(headers["content-length"]))
        else:
            assert not response.keeps_alive, "a body without an end"
            while self._more():
                pass
            response.body, self.buffer = self.buffer, b""
        return response

    def request(self, data, method="GET"):
        self.send(data)
        return self.response(method)

    def get(self, path="/", extra=b""):
        return self.request(b"GET %s HTTP/1.1\r\nHost: guest\r\n%s\r\n"
                            % (path.encode(), extra))

    def is_ended(self):
        """Waits for the end of the stream; false if bytes come instead."""
        return not self.buffer and not self._more()

    def responses(self):
        """All responses until the server ends the stream."""
        out = []
        while True:
            try:
                out.append(self.response())
            except Closed:
                assert not self.buffer, f"loose bytes {self.buffer[:80]!r}"
                return out


def exchange(address, data, timeout=30.0):
    """Sends bytes on a new connection, asks for no more, and returns all
    responses. The server must end the stream by itself."""
    with Web(address, timeout) as web:
        try:
            web.send(data)
        except Closed:
            pass
        return web.responses()


def get(address, path="/", timeout=30.0):
    """One request; the client is the first to close."""
    with Web(address, timeout) as web:
        return web.get(path)
