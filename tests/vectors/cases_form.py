# SPDX-License-Identifier: Apache-2.0
"""Step 1: what has the wrong form, and bindings that do not hold."""

from case import Case
from parts import (Chain, Evidence, Report, byte, cbor, leaf_of, policy,
                   table, NONCE, EXPORTER)


def forms():
    chain = Chain()
    good = Evidence(chain)
    claims = good.claims
    yield Case("no evidence", "no-evidence", evidence=b"")
    for name, data in (
            ("one byte short", good.bytes[:-1]),
            ("one byte more", good.bytes + b"\0"), ("text", b"hello"),
            ("an empty map", cbor({})), ("JSON", b'{"claims":[]}'),
            ("another label", good.bytes.replace(b"claims", b"clains", 1)),
            ("another type", good.bytes.replace(b"anchorhold", b"anchorholt")),
            ("an empty record", cbor({"claims": [
                "application/vnd.anchorhold.claims+cbor", b""], "report": [
                    "application/vnd.amd.sev-snp.attestation-report",
                    b"x"]})),
            ("an indefinite map", b"\xbf" + good.bytes[1:] + b"\xff")):
        yield Case(f"evidence: {name}", "bad-evidence", evidence=data)
    yield Case("evidence: certificates beyond the limit", "bad-evidence",
               evidence=Evidence(chain, table=table(("ark", bytes(8192)))))
    whole = table(("ask", chain.ca), ("vcek", chain.vek))
    for name, data in (
            ("no closing entry", whole[:48]), ("half an entry", whole[:60]),
            ("past the end", whole[:-1]), ("not a table", b"x" * 100),
            ("VCEK twice", table(("vcek", b"x"), ("vcek", b"y"))),
            ("VCEK and VLEK", table(("vcek", b"x"), ("vlek", b"y"))),
            ("an empty certificate", table(("vcek", b""))),
            ("seventeen entries", table(*[("ark", b"x")] * 17))):
        yield Case(f"table: {name}", "bad-certificate-table",
                   evidence=Evidence(chain, table=data))
    for key in claims:
        yield Case(f"claims: no {key}", "bad-claims", evidence=Evidence(
            chain, claims_bytes=cbor({k: v for k, v in claims.items()
                                      if k != key})))
    for name, key, value in (
            ("profile of text", 1, "1"), ("spki too short", 2, bytes(31)),
            ("policy too long", 3, bytes(33)), ("app null", 4, None),
            ("root null", 5, None), ("index is size", 6, 1),
            ("size 0", 7, 0), ("size 1025", 7, 1025),
            ("index 1024", 6, 1024), ("a short node", 8, [bytes(31)]),
            ("eleven nodes", 8, [bytes(32)] * 11), ("path null", 8, None)):
        yield Case(f"claims: {name}", "bad-claims", evidence=Evidence(
            chain, claims_bytes=cbor({**claims, key: value})))
    yield Case("claims: a byte more", "bad-claims", evidence=Evidence(
        chain, claims_bytes=cbor(claims) + b"\0"))
    yield Case("claims: a key more", "bad-claims", evidence=Evidence(
        chain, claims_bytes=cbor({**claims, 9: 0})))
    yield Case("claims: out of order", "bad-claims", evidence=Evidence(
        chain, claims_bytes=cbor(dict(reversed(claims.items())))))
    yield Case("claims: a number of too many bytes", "bad-claims",
               evidence=Evidence(chain, claims_bytes=cbor(claims).replace(
                   b"\x01\x01\x02", b"\x01\x18\x01\x02", 1)))
    yield Case("boot form for a session", "wrong-form",
               evidence=Evidence(chain, size=0), nonce=NONCE,
               exporter=EXPORTER)
    yield Case("session form for a certificate", "wrong-form",
               evidence=Evidence(chain), nonce=b"", exporter=b"")


def report_forms():
    whole = Report().bytes
    yield Case("report: 0 bytes", "bad-report-size", report=b"")
    for count in (1, 0x2a0, 1183):
        yield Case(f"report: {count} bytes", "bad-report-size",
                   report=whole[:count])
    yield Case("report: 1185 bytes", "bad-report-size", report=whole + b"\0")
    for version in (0, 1, 6, 7, 256, 0xffffffff):
        yield Case(f"report: version {version}", "report-version",
                   report={"patch": {0: version.to_bytes(4, "little")}})
    for algorithm in (0, 2, 0x101):
        yield Case(f"report: algorithm {algorithm}", "report-algorithm",
                   report={"algorithm": algorithm})
    yield Case("report: MASK_CHIP_KEY", "unsigned-report",
               report={"key_info": 2, "after": {0x2a0: bytes(144)}})
    yield Case("report: MASK_CHIP_KEY, yet signed", "unsigned-report",
               report={"key_info": 2})
    yield Case("report: no signing key", "unsigned-report",
               report={"key_info": 7 << 2})
    for key in range(2, 7):
        yield Case(f"report: signing key {key}", "unknown-signing-key",
                   report={"key_info": key << 2})


def bindings():
    chain = Chain()
    good = Evidence(chain, size=5, index=2)
    yield Case("another key", "key-not-bound", evidence=good, spki=b"another")
    yield Case("another key, boot form", "key-not-bound",
               evidence=Evidence(chain, size=0), spki=b"another")
    for field, value in (("profile", 2), ("policy", bytes(32)),
                         ("app", bytes(32)), ("root", bytes(32)),
                         ("root", None), ("spki", bytes(32))):
        yield Case(f"claims: {field} isn't what was signed ({value!r:.8})",
                   "claims-not-bound",
                   evidence=Evidence(chain, **{f"bound_{field}": value}))
    yield Case("another nonce", "session-not-bound", evidence=good,
               nonce=b"x" * 32)
    yield Case("another exporter", "session-not-bound", evidence=good,
               exporter=b"x" * 32)
    path = good.claims[8]
    for name, change in {
            "another index": {"claim_index": 3},
            "another size": {"claim_size": 9},
            "a node less": {"claim_path": path[:-1]},
            "a node more": {"claim_path": path + [bytes(32)]},
            "no path": {"claim_path": []},
            "a node changed": {"claim_path": [bytes(32)] + path[1:]}}.items():
        yield Case(f"tree: {name}", "session-not-bound", evidence=Evidence(
            chain, size=5, index=2, **change))
    yield Case("tree: one leaf with a path", "session-not-bound",
               evidence=Evidence(chain, claim_path=[bytes(32)]))
    yield Case("tree: the leaf is the root of a bigger one",
               "session-not-bound", evidence=Evidence(
                   chain, claim_size=2, claim_root=leaf_of()))
