# SPDX-License-Identifier: Apache-2.0
"""Networks that only a tap device can show: static and advertised addresses,
IPv6, checksum offload, floods and malformed frames. Skipped where no network
namespace can be had."""

import contextlib
import os
import random
import re
import socket
import struct
import subprocess
import time

import pytest

import namespace
from crowd import warmed
from service import Service
from namespace import (GUEST4, GUEST6, HOST4, HOST6, PREFIX4, PREFIX6, TAP,
                       Namespace, Router, SynFlood, tcp_segment)
from web import Web, get

WHY_NOT = namespace.why_not()
pytestmark = pytest.mark.skipif(WHY_NOT is not None, reason=str(WHY_NOT))

MAC = "52:54:00:77:00:0f"
STATIC = (f"{GUEST4}/{PREFIX4},gw={HOST4},{GUEST6}/{PREFIX6},gw={HOST6}")
ETHERNET = bytes.fromhex(MAC.replace(":", ""))


class TapService(Service):
    """A guest whose card is the namespace's tap. Start it inside entered()."""

    def __init__(self, app, append="", card="", extra=()):
        super().__init__(app, append, net=False, extra=[
            "-netdev", f"tap,id=n0,ifname={TAP},script=no,downscript=no,"
            "vnet_hdr=on", "-device",
            f"virtio-net-pci,netdev=n0,romfile=,mac={MAC}{card}", *extra])

    @property
    def address(self):
        return GUEST4, 443

    def wait_served(self, address, limit_s=60):
        deadline = time.monotonic() + limit_s
        while True:
            self.check_alive()
            try:
                return get(address, timeout=5)
            except OSError:
                assert time.monotonic() < deadline, self.serial_text()
            time.sleep(0.2)


@contextlib.contextmanager
def tapped(app, **options):
    with Namespace() as space, space.entered():
        with TapService(app, **options) as guest:
            yield guest


@pytest.fixture(scope="module")
def static():
    with tapped("hello", append=f"ip={STATIC}") as guest:
        guest.wait_served(guest.address)
        yield guest


def test_static_addresses(static):
    assert static.wait_served((GUEST4, 443)).status == 200
    assert static.wait_served((GUEST6, 443)).status == 200


def test_64_clients_at_once(static):
    """Here they may all come in the same moment: no listener of QEMU's with
    its backlog of one is between."""
    for _ in range(2):
        before = static.settled()
        out = subprocess.run(
            ["h2load", "--h1", "-c", "64", "-n", "10000",
             f"https://{GUEST4}/"],
            capture_output=True, text=True, timeout=60)
        assert "10000 succeeded, 0 failed, 0 errored" in out.stdout, out
        after = static.settled()
    print(re.findall("finished in .*|time for.*", out.stdout))
    assert after["live"] == before["live"]
    assert after["accepted"] - before["accepted"] == 64


def test_addresses_by_fw_cfg():
    item = STATIC.replace(",", ",,")  # QEMU's own escape
    with tapped("hello", extra=[
            "-fw_cfg", f"name=opt/org.anchorhold/net,string={item}"]) as guest:
        assert guest.wait_served((GUEST4, 443)).status == 200
        assert guest.wait_served((GUEST6, 443)).status == 200


def test_advertised_address():
    with tapped("hello", append=f"ip={GUEST4}/{PREFIX4}") as guest:
        with Router():
            address = namespace.advertised_address(MAC)
            assert guest.wait_served((address, 443)).status == 200
            assert guest.wait_served((GUEST4, 443)).status == 200


@pytest.mark.parametrize("card", ["", ",csum=off,guest_csum=off"],
                         ids=["offloaded", "by software"])
def test_checksums(card):
    body = random.Random(7).randbytes(5000000)
    with tapped("echo", append=f"ip={STATIC}", card=card) as guest:
        for address in ((GUEST4, 443), (GUEST6, 443)):
            guest.wait_served(address)
            with Web(address, 120) as web:
                web.send(b"POST / HTTP/1.1\r\nHost: guest\r\n"
                         b"Content-Length: 60000\r\n\r\n" + body[:60000])
                assert web.response().body == body[:60000]


class Frames:
    """Raw frames to the guest and what it answers."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                                    socket.htons(3))
        self.socket.bind((TAP, 0))
        self.own = self.socket.getsockname()[4]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, kind, payload):
        with contextlib.suppress(OSError):  # the queue is full: go on
            self.socket.send(ETHERNET + self.own + struct.pack(">H", kind)
                             + payload)

    def hears_syn_ack(self, port, limit_s):
        """Whether a SYN-ACK to `port` comes."""
        deadline = time.monotonic() + limit_s
        while (left := deadline - time.monotonic()) > 0:
            self.socket.settimeout(left)
            with contextlib.suppress(TimeoutError):
                frame = self.socket.recv(2048)
                if (frame[12:14] == b"\x08\x00" and frame[23] == 6
                        and frame[36:38] == struct.pack(">H", port)
                        and frame[47] & 0x12 == 0x12):
                    return True
        return False


def ipv4(payload, protocol=6, source=HOST4, options=b"", total=None,
         offset=0):
    length = 20 + len(options) + len(payload)
    head = struct.pack(">BBHHHBBH4s4s", 0x45 + len(options) // 4, 0,
                       length if total is None else total, 1, offset, 64,
                       protocol, 0, socket.inet_aton(source),
                       socket.inet_aton(GUEST4)) + options
    return head[:10] + struct.pack(">H", namespace.checksum(head)) + \
        head[12:] + payload


def syn(port, options=b""):
    return tcp_segment(socket.inet_aton(HOST4), socket.inet_aton(GUEST4),
                       (port, 443), 1, 0x002, options)


def test_wrong_checksum_is_dropped(static):
    """The device vouches only for frames that it says it has checked."""
    good = syn(20001)
    bad = syn(20002)
    bad = bad[:16] + bytes([bad[16] ^ 1]) + bad[17:]
    wrong_head = bytearray(ipv4(syn(20003)))
    wrong_head[10] ^= 1
    with Frames() as frames:
        frames.send(0x0800, ipv4(good))
        assert frames.hears_syn_ack(20001, 5)
        frames.send(0x0800, ipv4(bad))
        assert not frames.hears_syn_ack(20002, 2)
        frames.send(0x0800, bytes(wrong_head))
        assert not frames.hears_syn_ack(20003, 2)
    static.assert_serves()


def hostile_frames():
    """(EtherType, payload) pairs, each wrong in its own way."""
    for count in (0, 1, 19, 20, 21, 39):
        yield 0x0800, ipv4(syn(20010))[:count]
    for total in (0, 19, 20, 30, 60, 1500, 65535):
        yield 0x0800, ipv4(syn(20011), total=total)
    for options in (b"\x02\x00", b"\x02\x01", b"\x02\xff", b"\x03\x00\x00",
                    b"\x02\x04\x00\x00", b"\x03\x03\xff", b"\x05\x28",
                    b"\xfe\x02", b"\x08\x0a", b"\x04"):
        yield 0x0800, ipv4(syn(20012, options.ljust(4, b"\1")))
        yield 0x0800, ipv4(syn(20012, options.rjust(4, b"\1")))
        yield 0x0800, ipv4(syn(20012), options=options.ljust(8, b"\0"))
    for words in (0x0, 0x4, 0xf):
        segment = bytearray(syn(20013))
        segment[12] = words << 4
        yield 0x0800, ipv4(bytes(segment))
    for flags in range(64):
        yield 0x0800, ipv4(tcp_segment(
            socket.inet_aton(HOST4), socket.inet_aton(GUEST4), (20014, 443),
            1, flags))
    for offset in (0x2000, 0x2001, 0x1fff, 0x3fff, 0x0001):
        yield 0x0800, ipv4(bytes(1400), offset=offset)
        yield 0x0800, ipv4(b"", offset=offset)
    for source in (GUEST4, "255.255.255.255", "0.0.0.0", "224.0.0.1",
                   "127.0.0.1"):
        yield 0x0800, ipv4(syn(20015), source=source)
    for count in (0, 7, 8, 27, 28):
        yield 0x0806, (struct.pack(">HHBBH", 1, 0x0800, 6, 4, 1)
                       + b"\xff" * 6 + socket.inet_aton(GUEST4)
                       + bytes(6) + socket.inet_aton(GUEST4))[:count]
    for count in (0, 1, 39, 40, 47):
        yield 0x86dd, ipv6(b"\x86" + bytes(7))[:count]
    for next_header in (0, 43, 44, 58, 59, 60, 255):
        for payload in (b"", b"\0", bytes(8), b"\x3a\xff" + bytes(6),
                        b"\x2c\0" + bytes(14)):
            yield 0x86dd, ipv6(payload, next_header)
    for kind in (133, 134, 135, 136, 137, 130, 128):
        for option in (b"", b"\1\0", b"\1\1", b"\3\4\x80\xc0",
                       b"\5\1\0\0\0\0\0\0", b"\x19\3" + bytes(22),
                       b"\x1f\xff" + bytes(6)):
            yield 0x86dd, icmp6(bytes([kind, 0, 0, 0]) + bytes(20) + option)
    for kind in (0x0000, 0x0003, 0x8100, 0x88a8, 0xffff):
        yield kind, bytes(46)
        yield kind, b""


def ipv6(payload, next_header=58):
    source = socket.inet_pton(socket.AF_INET6, "fe80::1")
    target = socket.inet_pton(socket.AF_INET6, GUEST6)
    return struct.pack(">IHBB", 0x60000000, len(payload), next_header,
                       255) + source + target + payload


def icmp6(payload):
    whole = ipv6(payload)
    pseudo = whole[8:40] + struct.pack(">II", len(payload), 58)
    check = struct.pack(">H", namespace.checksum(pseudo + payload))
    return ipv6(payload[:2] + check + payload[4:])


def test_hostile_frames(static):
    before = static.settled()
    frames_sent = list(hostile_frames())
    chance = random.Random(791)
    with Frames() as frames:
        for kind, payload in frames_sent:
            frames.send(kind, payload)
            time.sleep(0.001)
        for _ in range(3000):
            kind, payload = chance.choice(frames_sent)
            data = bytearray(payload)
            for _ in range(chance.choice((1, 2, 4))):
                if data:
                    data[chance.randrange(len(data))] = chance.randrange(256)
            frames.send(kind, bytes(data))
            time.sleep(0.0005)
        for _ in range(200):
            frames.send(chance.randrange(0x10000),
                        os.urandom(chance.randrange(1500)))
    static.assert_serves()
    # Half-open connections made above are given up within their time-out.
    static.settled_like(before, 120)


def test_syn_flood_beside_served_clients(static):
    before = warmed(static, 64)
    with contextlib.ExitStack() as stack:
        served = [stack.enter_context(Web(static.address, 120))
                  for _ in range(64)]
        flood = stack.enter_context(SynFlood())
        slowest_s = 0.0
        for _ in range(20):
            flood.send(1000)
            for web in served:
                begun = time.monotonic()
                assert web.get().status == 200
                slowest_s = max(slowest_s, time.monotonic() - begun)
        during = static.figures()
        print(f"slowest answer {slowest_s:.3f} s, during {during}")
        assert during["heap_used"] - before["heap_used"] < 8000000
    deadline = time.monotonic() + 60
    while True:  # new clients come through again once the flood is over
        with contextlib.suppress(OSError):
            if get(static.address, timeout=10).status == 200:
                break
        assert time.monotonic() < deadline
    static.settled_like(before, 120)
