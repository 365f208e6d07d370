# SPDX-License-Identifier: Apache-2.0
"""Garbage, oversized, half and hostile TLS records: each connection ends with
the right alert, and the guest serves on."""

import os
import random
import time

import pytest

from web import get
from wire import (ALERT, APPLICATION_DATA, BAD_RECORD_MAC, CCS, CLOSE_NOTIFY,
                  DECODE_ERROR, DECRYPT_ERROR, FINISHED, HANDSHAKE,
                  HANDSHAKE_FAILURE, ILLEGAL_PARAMETER, KEY_UPDATE,
                  MISSING_EXTENSION, PROTOCOL_VERSION, RECORD_OVERFLOW,
                  SECP256R1, UNEXPECTED_MESSAGE, X25519, Client, Ended, Wire,
                  client_hello, extension, message, record)

REQUEST = b"GET / HTTP/1.1\r\nHost: guest\r\n\r\n"
SHARE = [(X25519, bytes([9]) + bytes(31))]
HELLO = client_hello(SHARE)

# Where RFC 8446 leaves the choice, every alert it allows is right.
BROKEN = {DECODE_ERROR, ILLEGAL_PARAMETER, UNEXPECTED_MESSAGE}
# Who doesn't speak TLS at all may be left without one.
NOT_TLS = BROKEN | {PROTOCOL_VERSION, RECORD_OVERFLOW, None}

FIRST_BYTES = {
    "HTTP in the clear": (REQUEST, NOT_TLS),
    "an SSLv2 hello": (b"\x80\x2e\x01\x03\x01" + bytes(43), NOT_TLS),
    "zeros": (bytes(600), NOT_TLS),
    "ones": (b"\xff" * 600, NOT_TLS),
    "an unknown record type": (record(99, b"abc"), NOT_TLS),
    "an empty handshake record": (record(HANDSHAKE, b""), BROKEN),
    "application data": (record(APPLICATION_DATA, b"abc"),
                         {UNEXPECTED_MESSAGE}),
    "a record of 2^14 + 1 bytes": (record(HANDSHAKE, HELLO[:4] + bytes(16381)),
                                   {RECORD_OVERFLOW, *BROKEN}),
    "a record of 2^16 - 1 bytes": (record(HANDSHAKE, bytes(65535)), NOT_TLS),
    "a hello of 2^24 - 1 bytes": (
        record(HANDSHAKE, b"\1\xff\xff\xff" + bytes(1000)), BROKEN),
    "a server's hello": (record(HANDSHAKE, message(2, HELLO[4:])),
                         {UNEXPECTED_MESSAGE}),
    "a Finished": (record(HANDSHAKE, message(FINISHED, bytes(32))),
                   {UNEXPECTED_MESSAGE}),
    "a hello that says it is shorter": (
        record(HANDSHAKE, b"\1\0\0\x40" + HELLO[4:]), BROKEN),
    "an empty hello": (record(HANDSHAKE, message(1, b"")), {DECODE_ERROR}),
    "trailing bytes in a hello": (
        record(HANDSHAKE, message(1, HELLO[4:] + b"x")), {DECODE_ERROR}),
}


def ending_of(service, data):
    with Wire(service.address) as wire:
        try:
            wire.send(data)
        except Ended:
            pass
        return wire.ending()


@pytest.mark.parametrize("name", FIRST_BYTES)
def test_first_bytes(hello, name):
    data, alerts = FIRST_BYTES[name]
    assert ending_of(hello, data).alert in alerts


HELLOS = {
    "no share and no group": (
        {"without": ("supported_groups", "key_share")}, {MISSING_EXTENSION}),
    "no groups": ({"without": ("supported_groups",)}, {MISSING_EXTENSION}),
    "no key share": ({"without": ("key_share",)}, {MISSING_EXTENSION}),
    "no signature algorithms": ({"without": ("signature_algorithms",)},
                                {MISSING_EXTENSION}),
    "no common suite": ({"suites": (0x1304, 0x00ff)}, {HANDSHAKE_FAILURE}),
    "no common group": ({"groups": (0x0019,), "shares": []},
                        {HANDSHAKE_FAILURE}),
    "no suites": ({"suites": ()},
                  {DECODE_ERROR, ILLEGAL_PARAMETER, HANDSHAKE_FAILURE}),
    "compression": ({"compression": b"\1\0"}, {ILLEGAL_PARAMETER}),
    "no compression": ({"compression": b""}, BROKEN),
    "a long session id": ({"session_id": bytes(33)}, BROKEN),
    "a low-order point": ({"shares": [(X25519, bytes(32))]},
                          {ILLEGAL_PARAMETER}),
    "another low-order point": (
        {"shares": [(X25519, b"\1" + bytes(31))]}, {ILLEGAL_PARAMETER}),
    "a short X25519 share": ({"shares": [(X25519, bytes(31))]}, BROKEN),
    "a long X25519 share": ({"shares": [(X25519, b"\1" * 33)]}, BROKEN),
    "a point off the curve": (
        {"groups": (SECP256R1,),
         "shares": [(SECP256R1, b"\4" + b"\1" * 64)]},
        {ILLEGAL_PARAMETER, HANDSHAKE_FAILURE, DECODE_ERROR}),
    "a compressed point": (
        {"groups": (SECP256R1,), "shares": [(SECP256R1, b"\2" + bytes(32))]},
        {ILLEGAL_PARAMETER, HANDSHAKE_FAILURE, DECODE_ERROR}),
    "an extension cut short": ({"extra": b"\0\x33\0\xff\0"}, BROKEN),
}


@pytest.mark.parametrize("name", HELLOS)
def test_hello(hello, name):
    options, alerts = HELLOS[name]
    with Client(hello.address) as client:
        client.send_hello(**options)
        assert client.ending().alert in alerts


def test_second_hello_without_a_share(hello):
    with Client(hello.address) as client:
        client.send_hello(shares=[], session_id=bytes(32))
        kind, data = client.receive()
        assert kind == HANDSHAKE and data[0] == 2
        client.send_hello(shares=[], session_id=bytes(32))
        assert client.ending().alert in {ILLEGAL_PARAMETER,
                                         HANDSHAKE_FAILURE}


def test_hello_in_single_bytes(hello):
    with Client(hello.address) as client:
        data = record(HANDSHAKE, client_hello([(X25519, client.public)]))
        for byte in data[:-1]:
            client.send(bytes([byte]))
        client.transcript = data[5:]
        client.send(data[-1:])
        assert client.receive_flight() == [8, 11, 15, 20]


def test_hello_in_many_records(hello):
    with Client(hello.address) as client:
        client.transcript = client_hello([(X25519, client.public)])
        for at in range(0, len(client.transcript), 50):
            client.send(record(HANDSHAKE, client.transcript[at:at + 50]))
        assert client.receive_flight() == [8, 11, 15, 20]


def broken(data):
    return data[:-1] + bytes([data[-1] ^ 1])


BEFORE_FINISHED = {
    "a wrong Finished": (HANDSHAKE, lambda c: broken(c.finished()),
                         {DECRYPT_ERROR}),
    "a short Finished": (HANDSHAKE, lambda c: message(FINISHED, bytes(31)),
                         {DECODE_ERROR, DECRYPT_ERROR}),
    "a long Finished": (HANDSHAKE, lambda c: message(FINISHED, bytes(33)),
                        {DECODE_ERROR, DECRYPT_ERROR}),
    "a Certificate": (HANDSHAKE, lambda c: message(11, bytes(4)),
                      {UNEXPECTED_MESSAGE}),
    "application data": (APPLICATION_DATA, lambda c: REQUEST,
                         {UNEXPECTED_MESSAGE}),
}


@pytest.mark.parametrize("name", BEFORE_FINISHED)
def test_in_place_of_finished(hello, name):
    kind, data, alerts = BEFORE_FINISHED[name]
    with Client(hello.address) as client:
        client.send_hello()
        client.receive_flight()
        client.send_inner(kind, data(client))
        assert client.ending().alert in alerts


def after_handshake(service, send):
    with Client(service.address) as client:
        client.handshake()
        send(client)
        return client.ending()


AFTER_HANDSHAKE = {
    "a wrong tag": (lambda c: c.send(broken(c.writer.seal(b"abc\x17"))),
                    {BAD_RECORD_MAC}),
    "a record in the clear": (
        lambda c: c.send(record(APPLICATION_DATA, REQUEST)),
        {BAD_RECORD_MAC}),
    "a clear handshake record": (lambda c: c.send(record(HANDSHAKE, HELLO)),
                                 {UNEXPECTED_MESSAGE, BAD_RECORD_MAC}),
    "a record too short for a tag": (
        lambda c: c.send(record(APPLICATION_DATA, bytes(15))),
        {BAD_RECORD_MAC, DECODE_ERROR}),
    "an empty record": (lambda c: c.send(record(APPLICATION_DATA, b"")),
                        {BAD_RECORD_MAC, DECODE_ERROR}),
    "only padding": (lambda c: c.send(c.writer.seal(bytes(100))),
                     {UNEXPECTED_MESSAGE}),
    "no inner type": (lambda c: c.send(c.writer.seal(b"")),
                      {UNEXPECTED_MESSAGE}),
    "an unknown inner type": (lambda c: c.send_inner(99, b"abc"),
                              {UNEXPECTED_MESSAGE}),
    "an inner CCS": (lambda c: c.send_inner(CCS, b"\1"),
                     {UNEXPECTED_MESSAGE}),
    "a second hello": (lambda c: c.send_inner(HANDSHAKE, HELLO),
                       {UNEXPECTED_MESSAGE}),
    "an empty handshake record": (lambda c: c.send_inner(HANDSHAKE, b""),
                                  {UNEXPECTED_MESSAGE}),
    "a post-handshake Certificate": (
        lambda c: c.send_inner(HANDSHAKE, message(11, bytes(4))),
        {UNEXPECTED_MESSAGE}),
    "2^14 + 2 bytes of inner plaintext": (
        lambda c: c.send(c.writer.seal(bytes(16385) + b"\x17")),
        {RECORD_OVERFLOW}),
    "2^14 + 257 bytes of ciphertext": (
        lambda c: c.send(c.writer.seal(bytes(16384 + 257 - 16))),
        {RECORD_OVERFLOW}),
    "2^16 - 1 bytes of ciphertext": (
        lambda c: c.send(c.writer.seal(bytes(65535 - 16))),
        {RECORD_OVERFLOW}),
}


@pytest.mark.parametrize("name", AFTER_HANDSHAKE)
def test_after_handshake(hello, name):
    send, alerts = AFTER_HANDSHAKE[name]
    assert after_handshake(hello, send).alert in alerts


@pytest.mark.parametrize("alert", [b"\2\x50", b"\1\0", b"\2\0"])
def test_alert_ends_the_session(hello, alert):
    ended = after_handshake(hello, lambda c: c.send_inner(ALERT, alert))
    assert ended.alert in {None, CLOSE_NOTIFY}


@pytest.mark.parametrize("body", [b"\0", b"\1", b"\2", b"", b"\0\0"])
def test_key_update_is_understood_or_refused(hello, body):
    """Both are safe; silence isn't."""
    def send(client):
        client.send_inner(HANDSHAKE, message(KEY_UPDATE, body))
        client.send_inner(APPLICATION_DATA, REQUEST)
    ended = after_handshake(hello, send)
    assert ended.alert is not None and ended.alert != CLOSE_NOTIFY


def test_padded_records_are_read(hello):
    with Client(hello.address) as client:
        client.handshake()
        for byte in REQUEST:
            client.send_inner(APPLICATION_DATA, bytes([byte]), padding=200)
        head = client.read_application(lambda data: b"\r\n\r\n" in data)
        assert head.startswith(b"HTTP/1.1 200 ")


def test_empty_application_records_are_skipped(hello):
    with Client(hello.address) as client:
        client.handshake()
        for _ in range(20):
            client.send_inner(APPLICATION_DATA, b"")
        client.send_inner(APPLICATION_DATA, REQUEST)
        head = client.read_application(lambda data: b"\r\n\r\n" in data)
        assert head.startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("count", [0, 1, 4, 5, 6, 100, len(HELLO)])
def test_hello_cut_short(hello, count):
    """The client ends in the middle: so does the server, at once."""
    begun = time.monotonic()
    with Wire(hello.address) as wire:
        wire.send(record(HANDSHAKE, HELLO)[:count])
        wire.socket.shutdown(1)
        wire.ending()
    assert time.monotonic() - begun < 5


def test_client_gone_without_close_notify(hello):
    with Client(hello.address) as client:
        client.handshake()
        client.send_inner(APPLICATION_DATA, REQUEST)
    hello.settled()


def test_mutated_hellos(hello):
    """Each ends, or is answered; none takes the guest or memory with it."""
    hello.assert_serves()
    before = hello.settled()
    chance = random.Random(8446)
    for _ in range(300):
        data = bytearray(record(HANDSHAKE, client_hello(
            SHARE, extra=extension(0xfafa, bytes(chance.randrange(300))))))
        for _ in range(chance.choice((1, 1, 2, 8))):
            data[chance.randrange(len(data))] = chance.randrange(256)
        with Wire(hello.address) as wire:
            wire.send(bytes(data))
            wire.socket.shutdown(1)
            wire.ending()
    hello.settled_like(before)


def test_random_records_after_handshake(hello):
    before = hello.settled()
    chance = random.Random(5246)
    for _ in range(40):
        with Client(hello.address) as client:
            client.handshake()
            client.send(record(chance.choice((20, 21, 22, 23, 24)),
                               os.urandom(chance.randrange(1, 400))))
            client.socket.shutdown(1)
            client.ending()
    assert get(hello.address).status == 200
    hello.settled_like(before)
