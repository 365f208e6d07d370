# SPDX-License-Identifier: Apache-2.0
"""The tests' own verifier, against evidence made by hand: it must refuse what
a good one refuses before it may judge a guest."""

import base64
import json

import cbor2
import evidence
import pytest
from evidence import (ARK, ASK, CBOR_TYPE, CERTIFICATES, CLAIMS, JSON_TYPE,
                      REPORT, TYPES, VCEK, VLEK, Claims, Refused)

LEAVES = [bytes([number]) * 32 for number in range(40)]


def tree(leaves):
    """The root of a list of leaves (RFC 9162, 2.1.1)."""
    if len(leaves) == 1:
        return leaves[0]
    cut = 1
    while cut * 2 < len(leaves):
        cut *= 2
    return evidence.node_hash(tree(leaves[:cut]), tree(leaves[cut:]))


def path(leaves, index):
    """The way from a leaf to the root (RFC 9162, 2.1.3.1)."""
    if len(leaves) == 1:
        return []
    cut = 1
    while cut * 2 < len(leaves):
        cut *= 2
    if index < cut:
        return path(leaves[:cut], index) + [tree(leaves[cut:])]
    return path(leaves[cut:], index - cut) + [tree(leaves[:cut])]


@pytest.mark.parametrize("size", range(1, len(LEAVES) + 1))
def test_each_leaf_leads_to_the_root(size):
    leaves = LEAVES[:size]
    for index, leaf in enumerate(leaves):
        way = path(leaves, index)
        assert evidence.root_of(leaf, index, size, way) == tree(leaves)
        with pytest.raises(Refused):
            evidence.root_of(leaf, index, size, way + [LEAVES[0]])
        if way:
            with pytest.raises(Refused):
                evidence.root_of(leaf, index, size, way[:-1])
            other = (index + 1) % size
            try:
                assert evidence.root_of(leaf, other, size, way) != tree(leaves)
            except Refused:
                pass


@pytest.mark.parametrize("index, size", [
    (1, 1), (-1, 2), (0, 0), (0, 1025), (True, 2), (0, 1.0)])
def test_no_such_place(index, size):
    with pytest.raises(Refused):
        evidence.root_of(LEAVES[0], index, size, [])


def collection(**changed):
    parts = {CLAIMS: b"c", REPORT: b"r", CERTIFICATES: b"t"}
    return {label: [TYPES[label], value]
            for label, value in {**parts, **changed}.items()
            if value is not None}


def as_json(records):
    return json.dumps({
        label: [kind, base64.urlsafe_b64encode(value).rstrip(b"=").decode()]
        for label, (kind, value) in records.items()}).encode()


def test_both_envelopes_hold_the_same():
    wanted = {CLAIMS: b"c", REPORT: b"r", CERTIFICATES: b"t"}
    coded = cbor2.dumps(collection(), canonical=True)
    assert evidence.unwrap(coded, CBOR_TYPE) == wanted
    assert evidence.unwrap(as_json(collection()), JSON_TYPE) == wanted


@pytest.mark.parametrize("records", [
    collection(claims=None), collection(report=None),
    {**collection(), "more": ["text/plain", b"m"]},
    {**collection(), CLAIMS: [TYPES[REPORT], b"c"]},
    {**collection(), CLAIMS: [TYPES[CLAIMS], b"c", 4]},
    {**collection(), CLAIMS: [TYPES[CLAIMS], "c"]}, [1]])
def test_other_collections(records):
    with pytest.raises(Refused):
        evidence.unwrap(cbor2.dumps(records, canonical=True), CBOR_TYPE)


@pytest.mark.parametrize("body", [
    b"", b"{", b"[]", as_json(collection())[:-3] + b'="]}',
    as_json({**collection(), CLAIMS: [TYPES[CLAIMS], b"c"]}).replace(
        b"Yw", b"Y+"),
    as_json(collection()).replace(b"Yw", b"Yx")])
def test_other_json(body):
    with pytest.raises(Refused):
        evidence.unwrap(body, JSON_TYPE)


@pytest.mark.parametrize("data", [
    b"", b"\x18\x01", b"\x9f\x01\xff", b"\x01\x01", b"\xa2\x02\x01\x01\x01",
    b"\xa2\x01\x01\x01\x01", b"\x42\x01"])
def test_one_encoding_only(data):
    with pytest.raises(Refused):
        evidence.from_cbor(data)


def claims_map(**changed):
    fields = {1: 1, 2: b"k" * 32, 3: b"p" * 32, 4: b"a" * 32, 5: b"r" * 32,
              6: 0, 7: 1, 8: []}
    fields.update({int(key[1:]): value for key, value in changed.items()})
    return {key: value for key, value in fields.items() if value != "gone"}


def parsed(fields):
    return Claims.parse(cbor2.dumps(fields, canonical=True))


def test_each_claim_is_signed():
    wanted = parsed(claims_map()).report_data()
    assert len(wanted) == 64
    for changed in ({"_1": 2}, {"_2": b"x" * 32}, {"_3": b"x" * 32},
                    {"_4": b"x" * 32}, {"_5": b"x" * 32}):
        assert parsed(claims_map(**changed)).report_data() != wanted


@pytest.mark.parametrize("changed", [
    {"_1": "one"}, {"_1": True}, {"_2": b"k" * 31}, {"_5": None},
    {"_8": "gone"}, {"_9": 1}, {"_5": b"r" * 33},
    {"_6": "gone", "_7": "gone", "_8": "gone"}])
def test_other_claims(changed):
    with pytest.raises(Refused):
        parsed(claims_map(**changed))


def table(*entries):
    """A table of certificates, each entry (GUID, bytes)."""
    head, data, start = b"", b"", 24 * (len(entries) + 1)
    for guid, content in entries:
        head += guid.bytes
        head += (start + len(data)).to_bytes(4, "little")
        head += len(content).to_bytes(4, "little")
        data += content
    return head + bytes(24) + data


def test_the_table_of_certificates():
    parts = {CERTIFICATES: table((VCEK, b"vcek"), (ASK, b"ask"))}
    assert evidence.vek_and_ask(parts) == (b"vcek", b"ask")


@pytest.mark.parametrize("made", [
    table(), table((VCEK, b"v")), table((ASK, b"a")),
    table((VCEK, b"v"), (VLEK, b"v"), (ASK, b"a")),
    table((VCEK, b"v"), (ASK, b"a"), (ARK, b"r")),
    table((VCEK, b"v"), (VCEK, b"v"), (ASK, b"a")),
    table((VCEK, b"v"), (ASK, b"a"))[:-1],
    table((VCEK, b"v"), (ASK, b"a"))[:48], b""])
def test_other_tables(made):
    with pytest.raises(Refused):
        evidence.vek_and_ask({CERTIFICATES: made})


@pytest.mark.parametrize("der", [
    b"", b"\x04\x03ab", b"\x04\x03abcd", b"\x0c\x03abc",
    b"\x04\x81\x03abc", b"\x04\x82\x00\x03abc"])
def test_other_octet_strings(der):
    with pytest.raises(Refused):
        evidence.octets(der)
