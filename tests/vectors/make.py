#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""make.py OUTPUT.cbor OUTPUT.h: writes every vector, and a header that names the
file. One vector is a CBOR array, read by tests/unit/test_client_vectors.c:
[name, evidence?, report, vek, ca, root, crl, evidence, spki, nonce, exporter,
policy, [demand, value, ...], sub-code, notes]. The sub-code is "" where the
vector must pass."""

import pathlib
import sys

import cases
from parts import cbor


def main():
    out, header = map(pathlib.Path, sys.argv[1:])
    vectors = [case.fields() for case in cases.all_cases()]
    names = [fields[0] for fields in vectors]
    twice = {name for name in names if names.count(name) > 1}
    assert not twice, twice
    out.write_bytes(cbor(len(vectors)) + b"".join(map(cbor, vectors)))
    header.write_text("// Made by tests/vectors/make.py.\n#pragma once\n"
                      f'#define CLIENT_VECTORS "{out.resolve()}"\n')


if __name__ == "__main__":
    main()
