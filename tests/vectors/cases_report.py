# SPDX-License-Identifier: Apache-2.0
"""Step 1: what ties a report to its certificate."""

import der
from case import Case
from parts import (GENOA, MILAN, PRODUCTS, TURIN, Chain, byte)


def report_bonds():
    chain = Chain()
    for name, after in (
            ("r of 0", {0x2a0: bytes(72)}), ("s of 0", {0x2e8: bytes(72)}),
            ("a byte above r", {0x2a0 + 48: b"\1"}),
            ("r's last byte", {0x2a0 + 71: b"\1"}),
            ("a byte above s", {0x2e8 + 48: b"\1"}),
            ("r of the order", {0x2a0: der.N.to_bytes(72, "little")}),
            ("s of the order", {0x2e8: der.N.to_bytes(72, "little")}),
            ("report data changed", {0x50: b"\1"}),
            ("measurement changed", {0x90: b"\xff"})):
        yield Case(f"signature: {name}", "bad-signature",
                   report={"after": after})
    yield Case("signature: of another key", "bad-signature",
               report={"key": "stranger"})
    ranges = {2: [(0x188, 0x19f), (0x1f8, 0x29f)],
              3: [(0x18b, 0x19f), (0x1f8, 0x29f)],
              4: [(0x18b, 0x19f), (0x1f8, 0x29f)],
              5: [(0x18b, 0x19f), (0x208, 0x29f)]}
    for version, pairs in ranges.items():
        places = {0x4c, 0x4f, 0x1eb, 0x1ef}.union(*pairs)
        for place in sorted(places):
            yield Case(f"reserved: {place:x} in version {version}",
                       "report-reserved", report={
                           "version": version, "patch": {place: b"\1"}})
        for place in (0x330, 0x49f):
            yield Case(f"reserved: {place:x} in version {version}",
                       "report-reserved", report={
                           "version": version, "after": {place: b"\x80"}})
    for bit in (5, 6, 31):
        yield Case(f"reserved: bit {bit} of KEY_INFO", "report-reserved",
                   report={"key_info": 1 << bit})
    for product, place in ((MILAN, 2), (MILAN, 5), (GENOA, 3), (TURIN, 4),
                           (TURIN, 6)):
        tcb = bytearray(product.tcb)
        tcb[place] = 1
        for field in ("current_tcb", "reported_tcb", "committed_tcb",
                      "launch_tcb"):
            yield Case(f"reserved: byte {place} of {product.label}'s {field}",
                       "report-reserved", chain=Chain(product),
                       report={field: bytes(tcb)})
    for product, family, model in (
            (MILAN, 0x19, 0x10), (MILAN, 0x1a, 0), (GENOA, 0x19, 0xf),
            (GENOA, 0x19, 0x20), (GENOA, 0x19, 0x9f), (GENOA, 0x19, 0xb0),
            (TURIN, 0x1a, 0x12), (TURIN, 0x1a, 0x50), (TURIN, 0x19, 2),
            (MILAN, 0, 0), (MILAN, 0x17, 1)):
        yield Case(f"{product.label}: family {family:x}, model {model:x}",
                   "wrong-product", chain=Chain(product),
                   report={"cpuid": (family, model, 0)})
    yield Case("VLEK said, VCEK shown", "wrong-key-kind",
               report={"key_info": 1 << 2})
    yield Case("VCEK said, VLEK shown", "wrong-key-kind",
               chain=Chain(is_vlek=True), report={"key_info": 0})
    for product in PRODUCTS:
        chain = Chain(product)
        yield Case(f"{product.label}: chip id hidden", "masked-chip-id",
                   chain=chain, report={"chip_id": bytes(64)})
        for place in sorted({0, len(product.hwid) - 1, 63}):
            wrong = bytearray(product.chip_id)
            wrong[place] ^= 1
            yield Case(f"{product.label}: byte {place} of the chip id",
                       "wrong-chip", chain=chain,
                       report={"chip_id": bytes(wrong)})
        for place in product.levels.values():
            if place is None:
                continue
            for step in (1, -1):
                tcb = bytearray(product.tcb)
                tcb[place] += step
                yield Case(f"{product.label}: level {place} {step:+}",
                           "vek-levels", chain=chain,
                           report={"reported_tcb": bytes(tcb)})
