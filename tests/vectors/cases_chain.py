# SPDX-License-Identifier: Apache-2.0
"""Step 1: certificates, their chain, and what AMD revoked."""

import der
from case import (ROOT, NO_CRL, STALE, Case)
from parts import (AT, GENOA, MILAN, TURIN, Chain, byte, sha256,
                   vek_extensions)


def bad_veks():
    def vek(name, sub="bad-vek", product=MILAN, is_vlek=False, **change):
        return Case(f"VEK: {name}", sub, chain=Chain(
            product, is_vlek, vek_extensions=vek_extensions(
                product, is_vlek, **change)))

    def plain(name, sub="bad-vek", **change):
        return Case(f"VEK: {name}", sub, chain=Chain(**{
            f"vek_{key}": value for key, value in change.items()}))

    chain = Chain()
    extensions = vek_extensions(MILAN)
    yield Case("VEK: missing", "no-vek", vek=b"")
    for name, data in (("text", b"hello"), ("a byte short", chain.vek[:-1]),
                       ("a byte more", chain.vek + b"\0"),
                       ("of 9000 bytes", b"0\x82\x23\x24" + bytes(9000)),
                       ("PEM cut off", der.pem(chain.vek)[:-40]),
                       ("PEM of a CRL", der.pem(chain.crl, "X509 CRL")),
                       ("PEM of nothing", der.pem(b"")),
                       ("PEM of no base64",
                        der.pem(chain.vek).replace(b"M", b"!"))):
        yield Case(f"VEK: {name}", "bad-vek", vek=data)
    for arc in ("1", "2", "3_1", "3_2", "3_3", "3_8", "4"):
        yield vek(f"no {arc}", **{f"x{arc}": None})
    yield vek("no FMC", product=TURIN, x3_9=None)
    yield vek("a Turin structure", x1=byte(1))
    yield vek("a Milan structure", product=TURIN, x1=byte(0))
    yield vek("structure 2", x1=byte(2))
    for arc in ("3_4", "3_5", "3_6", "3_7"):
        yield vek(f"reserved {arc}", **{f"x{arc}": byte(1)})
        yield vek(f"reserved {arc} of Turin", product=TURIN,
                  **{f"x{arc}": byte(1)})
    for name, data in (
            ("negative", b"\2\1\x80"), ("of 2 bytes for 1", b"\2\2\0\1"),
            ("256", b"\2\2\1\0"), ("empty", b""), ("of no bytes", b"\2\0"),
            ("a bare byte", b"\4"), ("a string", b"\4\1\4"),
            ("with a tail", b"\2\1\4\0"), ("of a long length", b"\2\x81\1\4")):
        yield vek(f"level {name}", x3_1=data)
    for name, data in (("63 bytes", MILAN.hwid[:63]),
                       ("65 bytes", MILAN.hwid + b"\0"), ("empty", b""),
                       ("8 bytes", MILAN.hwid[:8]),
                       ("an INTEGER", der.tlv(2, MILAN.hwid))):
        yield vek(f"HWID of {name}", x4=data)
    yield vek("Turin with 64 bytes of HWID", product=TURIN, x4=TURIN.chip_id)
    yield vek("CSP_ID in a VCEK", x5=der.tlv(der.IA5, b"a cloud"))
    yield vek("HWID in a VLEK", is_vlek=True, x4=MILAN.hwid)
    yield vek("no CSP_ID in a VLEK", is_vlek=True, x5=None)
    for text in ("Rome", "milan", "Milan-", "Milan-B0-", "MilanB0", ""):
        sub = "" if text == "Milan-B0-" else "bad-vek"
        yield vek(f"product '{text}'", sub, x2=der.tlv(
            der.IA5, text.encode()))
    yield vek("product in UTF-8", x2=der.tlv(der.UTF8, b"Milan"))
    yield plain("an authority", extensions=extensions + (der.constraints(),))
    yield plain("may sign certificates",
                extensions=extensions + (der.usage(0x84),))
    yield plain("may not sign", extensions=extensions + (der.usage(0x08),))
    yield plain("an extension twice", extensions=extensions + extensions[:1])
    yield plain("constraints twice", extensions=extensions + (
        der.constraints(False), der.constraints(False)))
    yield plain("an unknown critical extension", extensions=extensions + (
        der.extension("1.2.3.4", b"", True),))
    yield plain("HWID critical", extensions=extensions[:-1] + (
        der.extension(der.AMD + "4", MILAN.hwid, True),))
    yield plain("25 unknown extensions", extensions=extensions + tuple(
        der.extension(f"1.2.3.{i}", b"") for i in range(25)))
    yield plain("alternative names", extensions=extensions + (der.extension(
        "2.5.29.17", der.tlv(der.SEQUENCE, der.tlv(0x82, b"a.example"))),))
    yield plain("version 1", version=0, extensions=())
    yield plain("PKCS 1", algorithm=der.PKCS1)
    yield plain("SHA-256", algorithm=der.pss("sha256", "sha256", 32),
                how=("sha256", "sha256", 32))
    yield plain("mask of SHA-256", algorithm=der.pss(mask="sha256"),
                how=("sha384", "sha256", 48))
    yield plain("salt of 32 bytes", algorithm=der.pss(salt=32),
                how=("sha384", "sha384", 32))
    yield plain("RSA key", spki=der.rsa("ca").spki())
    yield plain("key of P-256's name", spki=der.ec("vek").spki(
        "1.2.840.10045.3.1.7"))
    yield plain("key off the curve",
                spki=der.ec("vek").spki(off_curve=True))


def bad_authorities():
    chain = Chain()

    def ca(name, sub="bad-ca", **change):
        return Case(f"CA: {name}", sub, chain=Chain(**{
            f"ca_{key}": value for key, value in change.items()}))

    yield Case("CA: missing", "no-ca", ca=b"")
    yield Case("CA: text", "bad-ca", ca=b"hello")
    yield Case("CA: a byte short", "bad-ca", ca=chain.ca[:-1])
    usage, last = der.usage(0x04), der.constraints(path=0)
    yield ca("no constraints", extensions=(usage,))
    yield ca("no usage", extensions=(last,))
    yield ca("no path limit", extensions=(der.constraints(), usage))
    yield ca("a path of 1", extensions=(der.constraints(path=1), usage))
    yield ca("no authority", extensions=(der.constraints(False), usage))
    yield ca("may not sign certificates", extensions=(last, der.usage(0x02)))
    yield ca("an unknown critical extension", extensions=(
        last, usage, der.extension("2.5.29.30", b"0\0", True)))
    yield ca("usage twice", extensions=(last, usage, usage))
    yield ca("SHA-256", algorithm=der.pss("sha256", "sha256", 32),
             how=("sha256", "sha256", 32))
    yield ca("a short key", "vek-signature", spki=der.rsa("short").spki())
    yield Case("root: text", "bad-root", root=b"hello")
    yield Case("root: the CA", "bad-root", root=chain.ca)
    other = Chain(ark_extensions=(der.usage(0x04), der.constraints()))
    yield Case("root: may not sign CRLs", "bad-root", root=other.ark)
    other = Chain(ark_key="stranger")
    yield Case("root: not signed by itself", "bad-root", root=other.ark)
    other = Chain(ark_key="stranger", ark_spki=der.rsa("stranger").spki())
    yield Case("root: a stranger", "root-not-amd", root=other.ark)
    yield Case("root: ours, without leave", "root-not-amd", root=chain.ark,
               demands={"insecure_root": None}, notes=0)
    yield Case("root: AMD's, by name only", "ca-signature",
               demands={"insecure_root": None}, notes=0)
    yield Case("insecure root: text", "bad-demands",
               demands={"insecure_root": b"hello"})
    yield Case("insecure root: not signed by itself", "bad-demands",
               demands={"insecure_root": Chain(ark_key="stranger").ark})
    yield Case("insecure root: of another product", "chain-mismatch",
               demands={"insecure_root": Chain(GENOA).ark})
    yield Case("insecure root: another key", "ca-signature",
               demands={"insecure_root": other.ark})


def bad_chains():
    yield Case("names: of no product", "unknown-product",
               chain=Chain(ca_issuer=der.name("ARK-Rome")))
    yield Case("names: issuer is no ARK", "unknown-product",
               chain=Chain(ca_issuer=der.name("Milan")))
    yield Case("names: emulated, without leave", "unknown-product",
               demands={"insecure_root": None}, notes=0,
               chain=Chain(ca_issuer=der.name("EMULATED-ARK-Milan")))
    yield Case("names: two common names", "unknown-product",
               chain=Chain(ca_issuer=der.name("ARK-Milan", True)))
    emulated = {part: der.name(f"EMULATED-{name}") for part, name in {
        "ark_subject": "ARK-Milan", "ark_issuer": "ARK-Milan",
        "ca_issuer": "ARK-Milan", "ca_subject": "SEV-Milan",
        "vek_issuer": "SEV-Milan", "vek_subject": "SEV-VCEK",
        "crl_issuer": "ARK-Milan"}.items()}
    yield Case("good: emulated names", chain=Chain(**emulated))
    for name, change in {
            "CA of another product": {"ca_subject": der.name("SEV-Genoa")},
            "CA of no kind": {"ca_subject": der.name("Milan")},
            "VEK of another CA": {"vek_issuer": der.name("SEV-Genoa")},
            "VCEK under an ASVK": {
                "ca_subject": der.name("SEV-VLEK-Milan"),
                "vek_issuer": der.name("SEV-VLEK-Milan")},
            "VLEK under an ASK": {"vek_subject": der.name("SEV-VLEK")},
            "VEK of no kind": {"vek_subject": der.name("SEV-VCEK-Milan")},
            "VEK's own product": {"vek_extensions": vek_extensions(
                MILAN, x2=der.tlv(der.IA5, b"Genoa-B1"))}}.items():
        yield Case(f"names: {name}", "chain-mismatch", chain=Chain(**change))
    yield Case("names: root of another name", "chain-mismatch",
               root=Chain(GENOA).ark)
    yield Case("CA signed by another", "ca-signature",
               chain=Chain(ca_key="stranger"))
    yield Case("VEK signed by another", "vek-signature",
               chain=Chain(vek_key="stranger"))
    yield Case("VEK signed by the root", "vek-signature",
               chain=Chain(vek_key="root"))
    for part, how in (("ca", "salt"), ("vek", "salt"), ("ca", "mask"),
                      ("vek", "hash")):
        wrong = {"salt": ("sha384", "sha384", 32),
                 "mask": ("sha384", "sha256", 48),
                 "hash": ("sha256", "sha256", 48)}[how]
        yield Case(f"{part} signed with another {how} than it says",
                   f"{part}-signature", chain=Chain(**{f"{part}_how": wrong}))
    for part, sub in (("ark", "root"), ("ca", "ca"), ("vek", "vek")):
        early = Chain(**{f"{part}_last": AT - 1})
        late = Chain(**{f"{part}_first": AT + 1})
        for name, chain in (("expired", early), ("not valid yet", late)):
            yield Case(f"{part}: {name}", f"{sub}-not-valid-now", chain=chain,
                       root=chain.ark)


def revocation():
    chain = Chain()
    stale = Chain(crl_last=AT - 1).crl
    early = Chain(crl_first=AT + 1).crl
    revoked = Chain(crl_serials=(7, 0x10001)).crl
    lenient = {"allow_no_crl": True}
    yield Case("CRL: missing", "no-crl", crl=b"")
    yield Case("CRL: missing, with leave", crl=b"", demands=lenient,
               notes=ROOT | NO_CRL)
    yield Case("CRL: missing, leave for a stale one", "no-crl", crl=b"",
               demands={"allow_stale_crl": True})
    for name, data in {
            "text": b"hello", "a byte short": chain.crl[:-1],
            "a byte more": chain.crl + b"\0", "a certificate": chain.ca,
            "PEM of a certificate": der.pem(chain.crl),
            "signed by another": Chain(crl_key="stranger").crl,
            "signed by the CA": Chain(crl_key="ca").crl,
            "of another issuer": Chain(crl_issuer=der.name("ARK-Genoa")).crl,
            "SHA-256": Chain(crl_algorithm=der.pss("sha256", "sha256", 32),
                             crl_how=("sha256", "sha256", 32)).crl,
            "an unknown critical extension": Chain(crl_extensions=(
                der.extension("2.5.29.28", b"0\0", True),)).crl}.items():
        yield Case(f"CRL: {name}", "bad-crl", crl=data)
        yield Case(f"CRL: {name}, with leave", crl=data, demands=lenient,
                   notes=ROOT | NO_CRL)
    yield Case("CRL: others revoked",
               crl=Chain(crl_serials=(7, 0x10002, 0x100)).crl)
    yield Case("CRL: a number", crl=Chain(crl_extensions=(
        der.extension("2.5.29.20", der.integer(3)),)).crl)
    yield Case("CRL: CA revoked", "ca-revoked", crl=revoked)
    yield Case("CRL: CA revoked, with leave for none", "ca-revoked",
               crl=revoked, demands=lenient)
    yield Case("CRL: CA revoked, long ago", "ca-revoked", demands={
        "allow_stale_crl": True}, crl=Chain(
            crl_serials=(0x10001,), crl_last=AT - 1).crl)
    yield Case("CRL: ASVK revoked", "ca-revoked", chain=Chain(
        is_vlek=True, crl_serials=(0x10101,)))
    for name, data in (("stale", stale), ("of tomorrow", early),
                       ("without an end", Chain(crl_last=None).crl)):
        yield Case(f"CRL: {name}", "stale-crl", crl=data)
        yield Case(f"CRL: {name}, with leave for none", "stale-crl", crl=data,
                   demands=lenient)
        yield Case(f"CRL: {name}, with leave", crl=data, notes=ROOT | STALE,
                   demands={"allow_stale_crl": True})
