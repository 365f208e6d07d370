# SPDX-License-Identifier: Apache-2.0
"""Inputs to begin with, so that a few seconds reach what lies deep. Where
there is a limit, one input fills it and one goes past it."""

import pathlib
import struct
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "vectors"))
import der  # noqa: E402
import parts  # noqa: E402

PAGE = 0x1000
READ, WRITE, EXECUTE = 4, 2, 1
ELF_MAGIC = 0x464c457f
METADATA = "666588dc4a989847a75e5585a7bf67cc"
HASH_TABLE = "1f3755723b3a044b927b1da6efa8d454"
AP_RESET = "de71f7007e1acb4f890e68c77e2fb44e"


def http():
    """Kind and cut in the first byte: see the target's end."""
    head = (b"GET /a?b=c HTTP/1.1\r\nHost: a.example\r\n"
            b"Content-Length: 3\r\n\r\n")
    chunked = b"3;x=y\r\nabc\r\n0\r\nA: b\r\n\r\n"
    sent = (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
            + chunked)
    return [b"\0" + head, b"\x09" + chunked, b"\x02X-Name: value",
            b"\xff" + head + b"abc", b"\x3f" + sent, b"\xff" + sent + sent]


def net_frames():
    """Steps: kind, length, bytes."""
    def step(kind, data):
        return struct.pack(">BH", kind, len(data)) + data

    def segment(flags, data=b""):
        return step(3, bytes([0, 0, flags, 0, 255]) + data)

    opened = segment(2) + segment(16)
    data = segment(24, b"GET / " * 120)
    wait = step(6, b"\x05")
    ping = step(1, b"\x08\0\xf7\xff" + bytes(8))
    solicit = step(5, b"\x87\0\0\0" + bytes(4) + bytes(16))
    hold, close = step(7, b"\1"), step(7, b"\x10")
    answer = step(7, b"\x0aanswer")
    offer = step(4, bytes.fromhex("35010236040a00020233040001518001ff"))
    raw = step(0, b"\xff" * 12 + b"\x08\x06" + bytes(46))
    return [opened + data + answer + segment(17) + segment(16) + wait,
            hold + opened + data * 4 + answer + close + wait,
            opened + answer + segment(4) + segment(2) + wait,
            ping + solicit + raw, offer + wait + wait,
            step(2, b"\x3a" + bytes(40)) + step(1, b"\x11" + bytes(40))]


def certificate_table():
    """VCEK or VLEK, ASK, ARK; certificates of the least and the greatest
    size; as many entries as may be, and one more."""
    guids = [bytes.fromhex(guid) for guid in (
        "63da758de6644564adc5f4b93be8accd", "a8074bc2a25a483eaae639c045a0b8a1",
        "4ab7b379bbac4fe4a02f05aef327c782", "c0b406a4a803495297433fb6014cd0ae")]

    def table(*entries):
        start = 24 * (len(entries) + 1)
        head = body = b""
        for guid, data in entries:
            head += guid + struct.pack("<II", start + len(body), len(data))
            body += data
        return head + bytes(24) + body

    def der(count):
        return b"\x30\x82" + struct.pack(">H", count - 4) + bytes(count - 4)

    vcek, vlek, ask, ark = guids
    pem = b"-----BEGIN CERTIFICATE-----"
    return [table(), table((vcek, der(260)), (ask, der(300)), (ark, der(280))),
            table((vlek, der(0x2000)), (ask, pem)), table((vlek, der(0x2001))),
            table(*[(ark, b"x")] * 16), table(*[(ark, b"x")] * 17)]


def command_line():
    return [line.encode("utf-16-le") for line in (
        "", "figures=60", "ip=dhcp figures=5\0",
        "ip=10.0.2.15/24,gw=10.0.2.2", " " * 1023, " " * 1024)]


def net_config():
    return [b"dhcp", b"10.0.2.15/24,gw=10.0.2.2", b"fd00::15/64,gw=fd00::2",
            b"192.168.1.9/0,1:2:3:4:5:6:7:8/64,gw=fe80::1"]


def memory_map():
    """Stride, the image's place, descriptors."""
    def descriptor(kind, start, pages, attribute=8):
        return struct.pack("<IIQQQQ", kind, 0, start, 0, pages, attribute)

    low = descriptor(7, 0, 160)
    rest = descriptor(7, 0x100000, 0x4000) + descriptor(3, 0x4100000, 16)
    firmware = descriptor(6, 0x4110000, 16, 8 | 1 << 63)
    many = [descriptor(7, (1 + i) << 20, 1) for i in range(121)]
    return [b"\x28\xf0\x00" + b"".join(many),
            b"\x28\xf0\x00" + b"".join(many[1:]),
            b"\x28\x02\x10" + low + rest + firmware,
            b"\x28\xf0\x00" + rest + low + descriptor(1, 1 << 32, 1 << 20)]


def elf():
    """Code, data, and what is for the converter alone: a small file whose
    parts have pages of their own in memory only."""
    def segment(kind, flags, offset, address, size):
        return struct.pack("<IIQQQQQQ", kind, flags, offset, address, address,
                           size, size, PAGE)

    header = struct.pack("<IBBBB8xHHIQQQIHHHHHH", ELF_MAGIC, 2, 1, 1, 0, 3, 62,
                         1, PAGE, 64, 0, 0, 64, 56, 4, 0, 0, 0)
    segments = (segment(1, READ | EXECUTE, 0x200, PAGE, 64)
                + segment(1, READ | WRITE, 0x240, 2 * PAGE, 64)
                + segment(1, READ, 0x280, 3 * PAGE, 128)
                + segment(2, READ, 0x280, 3 * PAGE, 64))
    dynamic = struct.pack("<8Q", 7, 3 * PAGE + 64, 8, 24, 9, 24, 0, 0)
    rela = struct.pack("<QQQ", 2 * PAGE + 8, 8, PAGE)
    start = (header + segments).ljust(0x280, b"\x90")
    return [start + (dynamic + rela).ljust(128, b"\0")]


def firmware():
    """Metadata, a table that points to it, and the footer's length."""
    def entry(guid, data):
        return data + struct.pack("<H", 18 + len(data)) + bytes.fromhex(guid)

    def file(version, count):
        sections = [(0x800000 + i * PAGE, PAGE, i) for i in range(count)]
        metadata = struct.pack("<4sIII", b"ASEV", 16 + 12 * len(sections),
                               version, len(sections))
        metadata += b"".join(struct.pack("<III", *s) for s in sections)
        rest = entry(HASH_TABLE, struct.pack("<I", 0x810c00))
        rest += entry(AP_RESET, b"\x04\x10\xf0\xff")
        # 32 bytes behind the footer, which has 18, and this entry's 22.
        from_end = len(metadata) + 22 + len(rest) + 18 + 32
        table = entry(METADATA, struct.pack("<I", from_end)) + rest
        return metadata + table + struct.pack("<H", len(table) + 18)

    return [file(1, 5), file(2, 5), file(1, 64), file(1, 65)]


def package():
    """The headers of a packed image, then a small app."""
    def section(name, size, rva, raw, offset):
        return struct.pack("<8sIIIIIIHHI", name, size, rva, raw, offset, 0, 0,
                           0, 0, 0x40000040)

    optional = struct.pack("<HBBIIIIIQIIHHHHHHIIIIHH", 0x20b, 0, 0, 0, 0, 0,
                           PAGE, PAGE, 0, PAGE, 512, 0, 0, 0, 0, 0, 0, 0,
                           7 * PAGE, 0x600, 0, 10, 0x100)
    sections = (section(b".text", PAGE, PAGE, 512, 0x600)
                + section(b".rodata", PAGE, 2 * PAGE, 512, 0x800)
                + section(b".data", 2 * PAGE, 3 * PAGE, 512, 0xa00)
                + section(b".app", 100, 5 * PAGE, 512, 0xc00)
                + section(b".policy", 25, 6 * PAGE, 512, 0xe00))
    headers = (b"MZ".ljust(0x3c, b"\0") + struct.pack("<I", 0x200)).ljust(
        0x200, b"\0")
    headers += struct.pack("<IHHIIIHH", 0x4550, 0x8664, 5, 0, 0, 0, 240, 0x22)
    headers += optional.ljust(240, b"\0") + sections

    def segment(kind, flags, offset, address, size):
        return struct.pack("<IIQQQQQQ", kind, flags, offset, address, address,
                           size, size, PAGE)

    app = struct.pack("<IBBBB8xHHIQQQIHHHHHH", ELF_MAGIC, 2, 1, 1, 0, 2, 62,
                      1, 0x400000, 64, 0, 0, 64, 56, 3, 0, 0, 0)
    app += (segment(1, READ | EXECUTE, 0, 0x400000, 232)
            + segment(1, READ | WRITE, 200, 0x401000, 32)
            + segment(0x6474e551, READ | WRITE, 0, 0, 0))
    headers = headers.ljust(0x600, b"\0")
    return [headers + app, headers.replace(b".app", b".ape"),
            headers[:0x600] + app[:-1]]


def policy():
    """The shortest one, and one with everything in it."""
    pin = b"\x58\x20" + bytes(32)
    rest = bytes.fromhex("04f4050206a400f601f602f603f6")
    full = (b"\xa7\x00\x01\x01\x82\x02\x81" + pin
            + b"\x02\x81\x82\x62/a\x82\x63GET\x64HEAD"
            + b"\x03\x81\x83\x44\x0a\x00\x00\x01\x19\x01\xbb" + pin
            + bytes.fromhex("04f5050106a40019100001f602f60307"))
    authority = b"\xa7\x00\x01\x01\x82\x03\x81\x45\x30\x03\x02\x01\x05"
    return [bytes.fromhex("a700010182018002f60380") + rest, full,
            authority + bytes.fromhex("02f60380") + rest,
            b"\xa7\x00\x01\x01\x82\x02\x99\x01\x01"]


def client_certificate():
    """Each kind, and PEM."""
    chain, turin = parts.Chain(), parts.Chain(parts.TURIN, is_vlek=True)
    return [chain.vek, chain.ca, chain.ark, turin.vek, der.pem(chain.vek)]


def client_report():
    """Report, VEK, CA, root, CRL and the insecure root, each behind its length:
    one that passes, and one without a chain."""
    def joined(*pieces):
        return b"".join(struct.pack("<H", len(piece)) + piece
                        for piece in pieces)

    chain = parts.Chain()
    report = parts.Report().bytes
    return [joined(report, chain.vek, chain.ca, chain.ark, chain.crl,
                   chain.ark), joined(report)]


def client_evidence():
    """The boot form, a session's, and their pieces by themselves."""
    chain = parts.Chain()
    boot = parts.Evidence(chain, size=0)
    session = parts.Evidence(chain, size=5, index=2)
    return [boot.bytes, session.bytes, parts.cbor(boot.claims),
            parts.cbor(session.claims), session.table]
