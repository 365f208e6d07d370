# SPDX-License-Identifier: Apache-2.0
"""The firmware's parsers against what a host could hand them, and the tables
at the image's end."""

import hashlib
import random
import struct
import uuid

import pytest

import firmware_pe
from firmware_parts import DIGEST, HASHES, Parts

GOOD, MISSING, MALFORMED = range(3)
RAM, RESERVED = 1, 2
MIB = 1 << 20
GIB = 1 << 30
TABLE_BYTES = 18 + HASHES * 50


@pytest.fixture(scope="session", name="parts")
def compiled_parts(tmp_path_factory):
    return Parts(tmp_path_factory.mktemp("parts"))


@pytest.mark.parametrize("length", [*range(130), 1000, 65536, 65537])
def test_sha256(parts, length):
    data = random.Random(length).randbytes(length)
    assert parts.sha256(data) == hashlib.sha256(data).digest()


def test_a_good_table(parts):
    state, hashes = parts.hash_table(firmware_pe.hash_table(b"k", "c", b"i"))
    assert state == GOOD
    assert hashes == b"".join(hashlib.sha256(blob).digest()
                              for blob in (b"k", b"i", b"c\0"))


def test_no_byte_of_the_table_may_change(parts):
    """Each bit matters but the hashes' own and what follows the table."""
    good = firmware_pe.hash_table(b"k")
    for at in range(TABLE_BYTES):
        for bit in range(8):
            data = bytearray(good)
            data[at] ^= 1 << bit
            state, hashes = parts.hash_table(bytes(data))
            if at >= 18 and (at - 18) % 50 >= 18:
                assert state == GOOD
            else:
                assert state == (MISSING if at < 16 else MALFORMED)
                assert hashes == b"\0" * (HASHES * DIGEST)


def test_a_table_that_is_cut(parts):
    good = firmware_pe.hash_table(b"k")
    for length in range(TABLE_BYTES):
        assert parts.hash_table(good[:length])[0] == MISSING
    assert parts.hash_table(good[:TABLE_BYTES])[0] == GOOD


@pytest.mark.parametrize("entries", [
    [(0, 64 * MIB, RAM)],
    [(0, 2 * GIB, RAM), (4 * GIB, 2 * GIB, RAM)],
    [(0xfeffc000, 0x4000, RESERVED), (0, 256 * MIB, RAM)],
    [(0, 3 * GIB, RAM), (4 * GIB, 8 * GIB, RAM),
     (0xfd00000000, 0x300000000, RESERVED)],
])
def test_a_sane_map(parts, entries):
    assert parts.e820_is_sane(entries)


@pytest.mark.parametrize("entries", [
    [],
    [(4 * GIB, GIB, RAM)],
    [(0, 64 * MIB - 4096, RAM)],
    [(0, 0xe0001000, RAM)],
    [(0, 8 * GIB, RAM)],
    [(0, 256 * MIB, RAM), (0, 256 * MIB, RAM)],
    [(0, 256 * MIB, RAM), (GIB, GIB, RAM)],
    [(0, 256 * MIB, RAM), (128 * MIB, 4096, RESERVED)],
    [(0, 256 * MIB, RAM), (0x800000, 4096, RESERVED)],
    [(0, 256 * MIB, RAM), (0xfffc0000, 0x40000, RESERVED)],
    [(0, 256 * MIB, RAM), (0xfeffc000, 0x5000, RESERVED)],
    [(0, 256 * MIB, RAM), (4 * GIB, 0, RAM)],
    [(0, 256 * MIB, RAM), (4 * GIB + 1, 4096, RAM)],
    [(0, 256 * MIB, RAM), (4 * GIB, 4097, RAM)],
    [(0, 256 * MIB, RAM), (4 * GIB, 1 << 46, RAM)],
    [(0, 256 * MIB, RAM), (1 << 46, 4096, RAM)],
    [(0, 256 * MIB, RAM), (4 * GIB, (1 << 64) - 4096, RAM)],
    [(0, 256 * MIB, RAM), ((1 << 64) - 4096, 4096, RESERVED)],
    [(0, 256 * MIB, RAM), (4 * GIB, GIB, 3)],
    [(0, 256 * MIB, RAM), (4 * GIB, GIB, 0)],
])
def test_a_map_that_is_not_sane(parts, entries):
    assert not parts.e820_is_sane(entries)


def footer_tables(image):
    """GUID to data of the tables that end 32 bytes before the image's end."""
    end = len(image) - 32
    footer = uuid.UUID("96b582de-1fb2-45f7-baea-a366c55a082d")
    size, guid = struct.unpack("<H16s", image[end - 18:end])
    assert guid == footer.bytes_le
    found, at = {}, end - 18
    while at > end - size:
        length, guid = struct.unpack("<H16s", image[at - 18:at])
        found[str(uuid.UUID(bytes_le=guid))] = image[at - length:at - 18]
        at -= length
    return found


def test_the_tables_at_the_end(firmware):
    """What QEMU and the launch measurement go by."""
    image = firmware.read_bytes()
    tables = footer_tables(image)
    assert len(image) == 256 << 10
    assert struct.unpack("<II", tables[
        "7255371f-3a3b-4b04-927b-1da6efa8d454"]) == (0x810c00, 0x400)
    back, = struct.unpack("<I", tables["dc886566-984a-4798-a75e-5585a7bf67cc"])
    head = image[len(image) - back:]
    magic, size, version, count = struct.unpack("<4sIII", head[:16])
    assert (magic, size, version) == (b"ASEV", 16 + 12 * count, 1)
    assert [struct.unpack("<III", head[16 + 12 * i:28 + 12 * i])
            for i in range(count)] == [
        (0x800000, 0x9000, 1), (0x80a000, 0x3000, 1), (0x80d000, 0x1000, 2),
        (0x80e000, 0x1000, 3), (0x80f000, 0x1000, 4), (0x811000, 0xf000, 1),
        (0x810000, 0x1000, 0x10)]
