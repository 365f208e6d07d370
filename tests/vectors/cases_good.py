# SPDX-License-Identifier: Apache-2.0
"""What must pass."""

import der
from case import (ROOT, PROVISIONAL, Case)
from parts import (FIRST, LAST, GENOA, MILAN, PRODUCTS, TURIN, Chain,
                   Evidence, table, vek_extensions)

VERSIONS = (2, 3, 4, 5)


def good_reports():
    for product in PRODUCTS:
        for is_vlek in (False, True):
            chain = Chain(product, is_vlek)
            kind = f"{product.label} {'VLEK' if is_vlek else 'VCEK'}"
            for version in VERSIONS:
                yield Case(f"good: {kind}, version {version}", chain=chain,
                           report={"version": version})
            yield Case(f"good: {kind}, in PEM", chain=chain,
                       vek=der.pem(chain.vek), ca=der.pem(chain.ca),
                       root=b"words before\n" + der.pem(chain.ark),
                       crl=der.pem(chain.crl, "X509 CRL"))
            yield Case(f"good: {kind}, n - s", chain=chain,
                       report={"negate": True})
        hwid = der.tlv(der.OCTETS, product.hwid)
        yield Case(f"good: {product.label}, HWID in an OCTET STRING",
                   chain=Chain(product, vek_extensions=vek_extensions(
                       product, x4=hwid)))
        yield Case(f"good: {product.label}, no reserved levels",
                   chain=Chain(product, vek_extensions=vek_extensions(
                       product, x3_4=None, x3_5=None, x3_6=None, x3_7=None)))
        yield Case(f"good: {product.label}, name without a stepping",
                   chain=Chain(product, vek_extensions=vek_extensions(
                       product, x2=der.tlv(der.IA5, product.label.encode()))))
    for level in (0, 127, 128, 255):
        tcb = bytes([4, 1, 0, 0, 0, 0, 24, level])
        yield Case(f"good: microcode {level}", chain=Chain(
            vek_extensions=vek_extensions(MILAN, tcb=tcb)), report={
                name: tcb for name in ("current_tcb", "reported_tcb",
                                       "committed_tcb", "launch_tcb")},
            demands={"floor_milan": bytes(8)})
    for product, family, model in (
            (MILAN, 0x19, 0), (MILAN, 0x19, 0xf), (GENOA, 0x19, 0x10),
            (GENOA, 0x19, 0x1f), (GENOA, 0x19, 0xa0), (GENOA, 0x19, 0xaf),
            (TURIN, 0x1a, 0), (TURIN, 0x1a, 0x11)):
        yield Case(f"good: family {family:x}, model {model:x}",
                   chain=Chain(product),
                   report={"cpuid": (family, model, 0)})
    yield Case("good: one second before the end", demands={"at": LAST},
               chain=Chain(crl_last=LAST + 1))
    yield Case("good: from the first second", demands={"at": FIRST},
               chain=Chain(crl_first=FIRST))
    yield Case("good: the trailer field said", chain=Chain(
        vek_algorithm=der.pss(trailer=True)))
    yield Case("good: VEK with a usage", chain=Chain(
        vek_extensions=vek_extensions(MILAN) + (der.usage(0x80),)))
    yield Case("good: provisional levels", notes=ROOT | PROVISIONAL,
               report={"current_tcb": bytes([5, 1, 0, 0, 0, 0, 24, 219])})
    yield Case("good: provisional version", notes=ROOT | PROVISIONAL,
               report={"current": (5, 55, 1, 0)})
    yield Case("good: platform bits that nobody knows",
               report={"platform": 0x21 | 1 << 6 | 1 << 7 | 1 << 40})
    yield Case("good: a VLEK's report with a chip's id",
               chain=Chain(is_vlek=True), report={"chip_id": b"\1" * 64})


def good_evidence():
    for product in PRODUCTS:
        for is_vlek in (False, True):
            chain = Chain(product, is_vlek)
            kind = f"{product.label} {'VLEK' if is_vlek else 'VCEK'}"
            yield Case(f"good: session, {kind}", chain=chain, vek=b"", ca=b"",
                       evidence=Evidence(chain))
            yield Case(f"good: boot, {kind}", chain=chain, vek=b"", ca=b"",
                       evidence=Evidence(chain, size=0))
    chain = Chain()
    for size, index in ((2, 0), (2, 1), (3, 2), (5, 4), (7, 3), (8, 7),
                        (13, 12), (1024, 0), (1024, 1023), (1023, 1022)):
        yield Case(f"good: leaf {index} of {size}", chain=chain,
                   evidence=Evidence(chain, size=size, index=index))
    yield Case("good: no certificates in it", chain=chain,
               evidence=Evidence(chain, table=b""))
    yield Case("good: PEM in the table", vek=b"", ca=b"",
               evidence=Evidence(chain, table=table(
                   ("ask", der.pem(chain.ca)), ("vcek", der.pem(chain.vek)))))
    yield Case("good: an ARK and a stranger in the table", vek=b"", ca=b"",
               evidence=Evidence(chain, table=table(
                   ("ark", b"x"), ("00" * 15 + "01", b"y"),
                   ("ask", chain.ca), ("vcek", chain.vek))))
    yield Case("good: given certificates win", evidence=Evidence(
        chain, table=table(("ask", b"x"), ("vcek", b"y"))))
