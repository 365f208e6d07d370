# SPDX-License-Identifier: Apache-2.0
"""Judges a guest's evidence by docs/evidence.md, and shares nothing with our C
code that makes or judges it. Whatever isn't as it must be raises Refused.

It asks for what any client must: that the chain ends in the root it is given,
that the report's data is bound to the key, the nonce and the TLS session.
Whether the measurement is a published one is for the caller to say.
"""

import base64
import hashlib
import io
import json
import pathlib
import struct
import sys
import uuid
from dataclasses import dataclass

import cbor2
from cryptography import x509
from cryptography.hazmat.primitives import serialization

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "emu"))
from verify_report import Refused, Report, demand, verify

CLAIMS, REPORT, CERTIFICATES = "claims", "report", "certificates"
TYPES = {
    CLAIMS: "application/vnd.anchorhold.claims+cbor",
    REPORT: "application/vnd.amd.sev-snp.attestation-report",
    CERTIFICATES: "application/vnd.amd.ghcb.guid-table",
}
CBOR_TYPE, JSON_TYPE = "application/cmw+cbor", "application/cmw+json"
EXPORTER_LABEL = b"EXPERIMENTAL anchorhold evidence v1"
ID_PE_CMW = x509.ObjectIdentifier("1.3.6.1.5.5.7.1.35")
PRODUCTION, DEVELOPMENT = 1, 2
TREE_LIMIT = 1024
VCEK, VLEK, ASK, ARK = (uuid.UUID(text) for text in (
    "63da758d-e664-4564-adc5-f4b93be8accd",
    "a8074bc2-a25a-483e-aae6-39c045a0b8a1",
    "4ab7b379-bbac-4fe4-a02f-05aef327c782",
    "c0b406a4-a803-4952-9743-3fb6014cd0ae"))


def from_cbor(data):
    """The one item that is encoded, if that is its only right encoding."""
    stream = io.BytesIO(data)
    try:
        item = cbor2.load(stream)
    except (cbor2.CBORDecodeError, ValueError, EOFError) as error:
        raise Refused(f"no CBOR: {error}") from error
    demand(cbor2.dumps(item, canonical=True) == data,
           "not deterministic CBOR")
    return item


def from_json(data):
    try:
        return json.loads(data)
    except ValueError as error:
        raise Refused(f"no JSON: {error}") from error


def from_base64url(text):
    demand(isinstance(text, str) and "=" not in text, "padded base64url")
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), b"-_",
                                validate=True)
    except ValueError as error:
        raise Refused(f"no base64url: {error}") from error
    demand(base64.urlsafe_b64encode(data).rstrip(b"=").decode() == text,
           "no canonical base64url")
    return data


def unwrap(body, content_type):
    """The parts of a CMW collection by label, as bytes."""
    if content_type == CBOR_TYPE:
        records = from_cbor(body)
    else:
        demand(content_type == JSON_TYPE, f"no CMW: {content_type}")
        records = from_json(body)
    demand(isinstance(records, dict), "no CMW collection")
    demand({CLAIMS, REPORT} <= set(records) <= set(TYPES),
           f"other parts: {sorted(records)}")
    parts = {}
    for label, record in records.items():
        demand(isinstance(record, list) and len(record) == 2 and
               record[0] == TYPES[label], f"{label}: another record")
        value = record[1] if content_type == CBOR_TYPE \
            else from_base64url(record[1])
        demand(isinstance(value, bytes), f"{label}: no bytes")
        parts[label] = value
    return parts


@dataclass
class Claims:
    """What the report's data was made of, and this session's place."""

    profile: int
    spki_sha256: bytes
    policy_sha256: bytes
    app_sha256: bytes
    root: bytes
    index: int = None
    size: int = None
    path: list = None

    @classmethod
    def parse(cls, data):
        fields = from_cbor(data)
        demand(isinstance(fields, dict) and
               set(fields) in (set(range(1, 6)), set(range(1, 9))),
               "claims: other fields")
        claims = cls(*(fields[key] for key in sorted(fields)))
        demand(type(claims.profile) is int, "claims: no profile")
        for digest in (claims.spki_sha256, claims.policy_sha256,
                       claims.app_sha256, *([] if claims.root is None
                                            else [claims.root])):
            demand(isinstance(digest, bytes) and len(digest) == 32,
                   "claims: no SHA-256")
        demand((claims.root is None) == (len(fields) == 5),
               "claims: a root without a place, or a place without a root")
        return claims

    def report_data(self):
        return hashlib.sha512(cbor2.dumps(
            ["anchorhold-evidence-v1", self.spki_sha256, self.policy_sha256,
             self.app_sha256, self.profile, self.root],
            canonical=True)).digest()


def leaf_hash(nonce, exporter):
    return hashlib.sha256(b"\0" + cbor2.dumps(
        ["anchorhold-session-v1", nonce, exporter], canonical=True)).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def root_of(leaf, index, size, path):
    """The root above a leaf (RFC 9162, 2.1.3.2, steps 1 to 4)."""
    demand(type(index) is int and type(size) is int and
           0 <= index < size <= TREE_LIMIT, "no such place in a tree")
    demand(isinstance(path, list), "no path")
    number, last, found = index, size - 1, leaf
    for node in path:
        demand(isinstance(node, bytes) and len(node) == 32, "no node")
        demand(last != 0, "the path is too long")
        if number & 1 or number == last:
            found = node_hash(node, found)
            while number and not number & 1:
                number, last = number >> 1, last >> 1
        else:
            found = node_hash(found, node)
        number, last = number >> 1, last >> 1
    demand(last == 0, "the path is too short")
    return found


def certificates(table):
    """{GUID: DER} of a certificate table (AMD 56421, 4.1.8.1)."""
    found, at = {}, 0
    while True:
        demand(at + 24 <= len(table), "certificates: a table without an end")
        raw, offset, length = struct.unpack_from("<16sII", table, at)
        at += 24
        if not any(raw) and offset == length == 0:
            return found
        guid = uuid.UUID(bytes=raw)
        demand(guid not in found, "certificates: one comes twice")
        demand(offset + length <= len(table), "certificates: out of bounds")
        found[guid] = table[offset:offset + length]


def vek_and_ask(parts):
    demand(CERTIFICATES in parts, "no certificates")
    table = certificates(parts[CERTIFICATES])
    demand(ARK not in table, "the ARK comes along")
    demand((VCEK in table) != (VLEK in table), "VCEK and VLEK, or neither")
    demand(ASK in table, "no ASK")
    return table.get(VCEK) or table[VLEK], table[ASK]


def spki_sha256(leaf_der):
    key = x509.load_der_x509_certificate(leaf_der).public_key()
    return hashlib.sha256(key.public_bytes(
        serialization.Encoding.DER,
        serialization.PublicFormat.SubjectPublicKeyInfo)).digest()


@dataclass
class Judged:
    """Evidence that passed."""

    report: Report
    claims: Claims


class Verifier:
    """Judges by one root (DER); None: follows no chain, so that only what is
    bound to what is judged. A report that several sessions share is verified
    once."""

    def __init__(self, ark_der):
        self.ark_der = ark_der
        self.reports = {}

    def _report(self, parts):
        key = parts[REPORT] + parts.get(CERTIFICATES, b"")
        if self.ark_der is None:
            return Report(parts[REPORT])
        if key not in self.reports:
            vek, ask = vek_and_ask(parts)
            self.reports[key] = verify(parts[REPORT], vek, ask, self.ark_der)
        return self.reports[key]

    def _judge(self, parts, leaf_der):
        report = self._report(parts)
        claims = Claims.parse(parts[CLAIMS])
        demand(claims.spki_sha256 == spki_sha256(leaf_der),
               "another key than the session's")
        demand(report.report_data == claims.report_data(),
               "the claims aren't what was signed")
        return Judged(report, claims)

    def boot(self, leaf_der):
        """The boot form, out of the leaf certificate."""
        leaf = x509.load_der_x509_certificate(leaf_der)
        extension = leaf.extensions.get_extension_for_oid(ID_PE_CMW)
        demand(not extension.critical, "the extension is critical")
        judged = self._judge(unwrap(octets(extension.value.value), CBOR_TYPE),
                             leaf_der)
        demand(judged.claims.root is None, "not the boot form")
        return judged

    def session(self, body, content_type, leaf_der, nonce, exporter):
        """The session form."""
        judged = self._judge(unwrap(body, content_type), leaf_der)
        claims = judged.claims
        demand(claims.root is not None, "not the session form")
        demand(root_of(leaf_hash(nonce, exporter), claims.index, claims.size,
                       claims.path) == claims.root,
               "this nonce and session aren't under the root")
        return judged


def octets(der):
    """The content of a DER OCTET STRING (the extension's `cbor` choice)."""
    demand(len(der) > 4 and der[0] == 4, "no OCTET STRING")
    if der[1] < 0x80:
        length, at = der[1], 2
    else:
        width = der[1] & 0x7f
        demand(1 <= width <= 3, "a strange length")
        length, at = int.from_bytes(der[2:2 + width], "big"), 2 + width
        demand(length >= 0x80 and der[2] != 0, "not DER")
    demand(len(der) == at + length, "bytes follow the OCTET STRING")
    return der[at:]
