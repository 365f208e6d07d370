# SPDX-License-Identifier: Apache-2.0
"""Certificates, CRLs and their signatures by hand, so that any part of them can
be wrong. Deterministic: the salt of RSA-PSS and the k of ECDSA follow from what
is signed, which is good for test vectors alone."""

import base64
import datetime
import functools
import hashlib
import hmac
import pathlib

from cryptography.hazmat.primitives import serialization

KEYS = pathlib.Path(__file__).resolve().parent / "keys"

BOOLEAN, INTEGER, BITS, OCTETS, NULL, OID, UTF8 = 1, 2, 3, 4, 5, 6, 12
PRINTABLE, IA5, UTC_TIME, TIME, SEQUENCE, SET = 19, 22, 23, 24, 48, 49
HASH_OIDS = {"sha256": "2.16.840.1.101.3.4.2.1",
             "sha384": "2.16.840.1.101.3.4.2.2"}
AMD = "1.3.6.1.4.1.3704.1."


def tlv(tag, *parts):
    body = b"".join(parts)
    if len(body) < 128:
        return bytes([tag, len(body)]) + body
    length = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + body


def integer(value):
    return tlv(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def oid(text):
    first, second, *rest = (int(part) for part in text.split("."))
    out = bytes([40 * first + second])
    for arc in rest:
        digits = [arc & 127]
        while arc := arc >> 7:
            digits.insert(0, arc & 127 | 128)
        out += bytes(digits)
    return tlv(OID, out)


def time(seconds):
    when = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=seconds)
    if when.year < 2050:
        return tlv(UTC_TIME, when.strftime("%y%m%d%H%M%SZ").encode())
    return tlv(TIME, when.strftime("%Y%m%d%H%M%SZ").encode())


def name(common, twice=False):
    """AMD's fields, in its order."""
    fields = [("2.5.4.11", "Vectors"), ("2.5.4.6", "US"),
              ("2.5.4.7", "Nowhere"), ("2.5.4.8", "CA"),
              ("2.5.4.10", "Test"), ("2.5.4.3", common)]
    if twice:
        fields.append(("2.5.4.3", common))
    return tlv(SEQUENCE, *(
        tlv(SET, tlv(SEQUENCE, oid(arc), tlv(PRINTABLE, text.encode())))
        for arc, text in fields))


def pss(digest="sha384", mask="sha384", salt=48, trailer=False):
    """The AlgorithmIdentifier of RSASSA-PSS."""
    null = tlv(NULL)
    parts = [
        tlv(0xa0, tlv(SEQUENCE, oid(HASH_OIDS[digest]), null)),
        tlv(0xa1, tlv(SEQUENCE, oid("1.2.840.113549.1.1.8"),
                      tlv(SEQUENCE, oid(HASH_OIDS[mask]), null))),
        tlv(0xa2, integer(salt))]
    if trailer:
        parts.append(tlv(0xa3, integer(1)))
    return tlv(SEQUENCE, oid("1.2.840.113549.1.1.10"), tlv(SEQUENCE, *parts))


PKCS1 = tlv(SEQUENCE, oid("1.2.840.113549.1.1.12"), tlv(NULL))


class Rsa:
    """A committed key."""

    def __init__(self, label):
        key = serialization.load_pem_private_key(
            (KEYS / f"{label}.pem").read_bytes(), None).private_numbers()
        self.p, self.q, self.d = key.p, key.q, key.d
        self.n, self.e = key.public_numbers.n, key.public_numbers.e
        self.bytes = self.n.bit_length() // 8

    def spki(self):
        return tlv(SEQUENCE,
                   tlv(SEQUENCE, oid("1.2.840.113549.1.1.1"), tlv(NULL)),
                   tlv(BITS, b"\0", tlv(SEQUENCE, integer(self.n),
                                        integer(self.e))))

    def power(self, block):
        value = int.from_bytes(block, "big")
        a = pow(value, self.d % (self.p - 1), self.p)
        b = pow(value, self.d % (self.q - 1), self.q)
        whole = b + (a - b) * pow(self.q, -1, self.p) % self.p * self.q
        return whole.to_bytes(self.bytes, "big")

    def sign(self, text, digest="sha384", mask="sha384", salt=48):
        """RFC 8017, 8.1.1 and 9.1.1."""
        def hashed(data):
            return hashlib.new(digest, data).digest()

        def masked(seed, count):
            out = b""
            while len(out) < count:
                out += hashlib.new(mask, seed + (len(out) // hashlib.new(
                    mask).digest_size).to_bytes(4, "big")).digest()
            return out[:count]

        salted = (hashed(b"salt" + text) * 2)[:salt]
        h = hashed(bytes(8) + hashed(text) + salted)
        db = (b"\1" + salted).rjust(self.bytes - len(h) - 1, b"\0")
        hidden = bytes(a ^ b for a, b in zip(db, masked(h, len(db))))
        return self.power(bytes([hidden[0] & 0x7f]) + hidden[1:] + h + b"\xbc")


P = 2 ** 384 - 2 ** 128 - 2 ** 96 + 2 ** 32 - 1
N = int("ffffffffffffffffffffffffffffffffffffffffffffffff"
        "c7634d81f4372ddf581a0db248b0a77aecec196accc52973", 16)
G = (int("aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b98"
         "59f741e082542a385502f25dbf55296c3a545e3872760ab7", 16),
     int("3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147c"
         "e9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f", 16))


def double(point):
    x, y, z = point
    delta, gamma = z * z % P, y * y % P
    beta = x * gamma % P
    alpha = 3 * (x - delta) * (x + delta) % P
    x3 = (alpha * alpha - 8 * beta) % P
    z3 = ((y + z) ** 2 - gamma - delta) % P
    return x3, (alpha * (4 * beta - x3) - 8 * gamma * gamma) % P, z3


def add(point, other):
    """Of a point and an affine one, which differ."""
    if point[2] == 0:
        return other + (1,)
    x, y, z = point
    zz = z * z % P
    h = (other[0] * zz - x) % P
    r = (other[1] * z * zz - y) % P
    hh = h * h % P
    hhh, v = h * hh % P, x * hh % P
    x3 = (r * r - hhh - 2 * v) % P
    return x3, (r * (v - x3) - y * hhh) % P, z * h % P


def multiply(scalar):
    """scalar * G, affine."""
    point = (1, 1, 0)
    for bit in f"{scalar:0384b}":
        point = double(point)
        if bit == "1":
            point = add(point, G)
    inverse = pow(point[2], -1, P)
    return point[0] * inverse ** 2 % P, point[1] * inverse ** 3 % P


class Ec:
    """A key that follows from its name."""

    def __init__(self, label):
        self.d = int.from_bytes(hashlib.sha384(label.encode()).digest(),
                                "big") % N
        self.x, self.y = multiply(self.d)

    def spki(self, curve="1.3.132.0.34", off_curve=False):
        y = self.y ^ 1 if off_curve else self.y
        point = self.x.to_bytes(48, "big") + y.to_bytes(48, "big")
        return tlv(SEQUENCE,
                   tlv(SEQUENCE, oid("1.2.840.10045.2.1"), oid(curve)),
                   tlv(BITS, b"\0\4", point))

    def sign(self, text):
        digest = hashlib.sha384(text).digest()
        secret = self.d.to_bytes(48, "big")
        k = int.from_bytes(hmac.digest(secret, digest, "sha384"), "big") % N
        r = multiply(k)[0] % N
        s = pow(k, -1, N) * (int.from_bytes(digest, "big") + r * self.d) % N
        return r, s


@functools.cache
def rsa(label):
    return Rsa(label)


@functools.cache
def ec(label):
    return Ec(label)


def extension(arc, value, critical=False):
    flag = tlv(BOOLEAN, b"\xff") if critical else b""
    return tlv(SEQUENCE, oid(arc), flag, tlv(OCTETS, value))


def constraints(authority=True, path=None, critical=True):
    parts = [tlv(BOOLEAN, b"\xff")] if authority else []
    if path is not None:
        parts.append(integer(path))
    return extension("2.5.29.19", tlv(SEQUENCE, *parts), critical)


def usage(bits, critical=True):
    """`bits` as the first byte of the BIT STRING: 0x04 keyCertSign, 0x02
    cRLSign, 0x80 digitalSignature."""
    unused = (bits & -bits).bit_length() - 1
    return extension("2.5.29.15", tlv(BITS, bytes([unused, bits])), critical)


@functools.cache
def signed(body, algorithm, key, how):
    """A body, the algorithm, and a signature of `how`: (digest, mask, salt)."""
    signature = rsa(key).sign(body, *how)
    return tlv(SEQUENCE, body, algorithm, tlv(BITS, b"\0", signature))


@functools.cache
def certificate(subject, issuer, spki, key, serial=1, first=0, last=0,
                extensions=(), version=2, algorithm=pss(),
                how=("sha384", "sha384", 48)):
    head = tlv(0xa0, integer(version)) if version else b""
    tail = tlv(0xa3, tlv(SEQUENCE, *extensions)) if extensions else b""
    return signed(tlv(SEQUENCE, head, integer(serial), algorithm, issuer,
                      tlv(SEQUENCE, time(first), time(last)), subject, spki,
                      tail), algorithm, key, how)


@functools.cache
def crl(issuer, key, first, last, serials=(), extensions=(),
        algorithm=pss(), how=("sha384", "sha384", 48)):
    entries = [tlv(SEQUENCE, integer(serial), time(first))
               for serial in serials]
    parts = [integer(1), algorithm, issuer, time(first)]
    if last is not None:
        parts.append(time(last))
    if entries:
        parts.append(tlv(SEQUENCE, *entries))
    if extensions:
        parts.append(tlv(0xa0, tlv(SEQUENCE, *extensions)))
    return signed(tlv(SEQUENCE, *parts), algorithm, key, how)


def pem(der, label="CERTIFICATE"):
    text = base64.encodebytes(der).decode()
    return f"-----BEGIN {label}-----\n{text}-----END {label}-----\n".encode()
