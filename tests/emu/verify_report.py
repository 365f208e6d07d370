#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""An independent check of an SEV-SNP attestation report and its chain.

Shares nothing with our C code: it is what the emulator's reports, and later our
own verifier, are held against. Usage:
    verify_report.py REPORT VEK.der ASK.der ARK.der [CRL.der]
It trusts the ARK that it is given; whether that one is AMD's is the caller's
to say (ark_is_amds).
"""

import datetime
import hashlib
import pathlib
import struct
import sys

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

REPORT_BYTES = 0x4A0
SIGNED_BYTES = 0x2A0
PSS_OID = "1.2.840.113549.1.1.10"
AMD_ARC = "1.3.6.1.4.1.3704.1."
P384_ORDER = int("ffffffffffffffffffffffffffffffffffffffffffffffff"
                 "c7634d81f4372ddf581a0db248b0a77aecec196accc52973", 16)

# SHA-256 of the DER of AMD's roots.
AMD_ARKS = {
    "69d063b45344d26a2e94e1f4210de49ef555308287d4c174445c95639a540bcd": "Milan",
    "4c6598d19c18719c5dfd4a7d335f674e5bfe1d8f800cea2cf270c10d103db2f1": "Genoa",
    "1f084161a44bb6d93778a904877d4819cafa5d05ef4193b2ded9dd9c73dd3f6a": "Turin",
}

# Extension under AMD_ARC: byte of TCB_VERSION.
SPLS_MILAN = {"3.1": 0, "3.2": 1, "3.4": 2, "3.5": 3, "3.6": 4, "3.7": 5,
              "3.3": 6, "3.8": 7}
SPLS_TURIN = {"3.9": 0, "3.1": 1, "3.2": 2, "3.3": 3, "3.8": 7}


class Refused(Exception):
    """The evidence is no good; the text says why."""


def demand(condition, why):
    if not condition:
        raise Refused(why)


class Report:
    """The fields of a report, by AMD's names in lower case."""

    def __init__(self, raw):
        demand(len(raw) == REPORT_BYTES, f"a report has {REPORT_BYTES} bytes")
        self.raw = raw
        (self.version, self.guest_svn, self.policy, self.family_id,
         self.image_id, self.vmpl, self.signature_algo, self.current_tcb,
         self.platform_info, self.key_info, self.reserved_04c,
         self.report_data, self.measurement, self.host_data,
         self.id_key_digest, self.author_key_digest, self.report_id,
         self.report_id_ma, self.reported_tcb, self.cpuid, self.reserved_18b,
         self.chip_id, self.committed_tcb, self.current_version,
         self.committed_version, self.launch_tcb, self.launch_mit_vector,
         self.current_mit_vector, self.reserved_208) = struct.unpack(
             "<IIQ16s16sIIQQII64s48s32s48s48s32s32sQ3s21s64sQ4s4sQQQ152s",
             raw[:SIGNED_BYTES])
        self.signature_r = raw[0x2A0:0x2E8]
        self.signature_s = raw[0x2E8:0x330]
        self.reserved_330 = raw[0x330:]

    @property
    def signing_key(self):
        return self.key_info >> 2 & 7


def product_of(cpuid):
    """The product of a report's family, model and stepping, or None."""
    family, model = cpuid[0], cpuid[1]
    if family == 0x19 and model <= 0x0F:
        return "Milan"
    if family == 0x19 and (0x10 <= model <= 0x1F or 0xA0 <= model <= 0xAF):
        return "Genoa"
    if family == 0x1A and model <= 0x11:
        return "Turin"
    return None


def extension(certificate, arc):
    """The bytes of one of AMD's extensions, or None."""
    for found in certificate.extensions:
        if found.oid.dotted_string == AMD_ARC + arc:
            return found.value.value
    return None


def der_integer(encoded):
    demand(encoded is not None and len(encoded) in (3, 4) and
           encoded[0] == 2 and encoded[1] == len(encoded) - 2,
           "a level isn't a short INTEGER")
    value = int.from_bytes(encoded[2:], "big")
    demand(value < 256 and (len(encoded) == 3) == (value < 128),
           "a level isn't a byte in DER")
    return value


def product_name(certificate):
    """Milan, Genoa or Turin, as a VEK says."""
    encoded = extension(certificate, "2")
    demand(encoded is not None and encoded[0] == 0x16 and
           encoded[1] == len(encoded) - 2, "the VEK names no product")
    return encoded[2:].decode("ascii").split("-")[0]


def check_pss(public_key, signature, signed, what):
    try:
        public_key.verify(signature, signed,
                          padding.PSS(padding.MGF1(hashes.SHA384()), 48),
                          hashes.SHA384())
    except InvalidSignature:
        raise Refused(f"{what}: wrong signature") from None


def check_issued(certificate, issuer, what, now):
    demand(certificate.signature_algorithm_oid.dotted_string == PSS_OID,
           f"{what}: not signed by RSA-PSS")
    demand(certificate.issuer == issuer.subject, f"{what}: another issuer")
    demand(certificate.not_valid_before <= now <= certificate.not_valid_after,
           f"{what}: not valid now")
    key = issuer.public_key()
    demand(isinstance(key, rsa.RSAPublicKey) and key.key_size == 4096,
           f"{what}: its issuer's key isn't RSA-4096")
    check_pss(key, certificate.signature, certificate.tbs_certificate_bytes,
              what)


def check_authority(certificate, what):
    constraints = certificate.extensions.get_extension_for_class(
        x509.BasicConstraints)
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage)
    demand(constraints.critical and constraints.value.ca and
           usage.value.key_cert_sign, f"{what}: not an authority")


def check_chain(vek, ask, ark, now):
    check_authority(ark, "ARK")
    check_authority(ask, "ASK")
    check_issued(ark, ark, "ARK", now)
    check_issued(ask, ark, "ASK", now)
    check_issued(vek, ask, "VEK", now)


def check_crl(crl, ark, certificates, now):
    demand(crl.issuer == ark.subject, "CRL: another issuer")
    demand(crl.last_update <= now <= crl.next_update, "CRL: not of now")
    check_pss(ark.public_key(), crl.signature, crl.tbs_certlist_bytes, "CRL")
    for certificate in certificates:
        # The CRL is the ARK's: it speaks of what the ARK issued.
        if certificate.issuer == crl.issuer:
            demand(crl.get_revoked_certificate_by_serial_number(
                certificate.serial_number) is None, "revoked")


def check_signature(report, vek):
    key = vek.public_key()
    demand(isinstance(key, ec.EllipticCurvePublicKey) and
           isinstance(key.curve, ec.SECP384R1), "the VEK isn't of P-384")
    demand(report.signature_algo == 1, "not ECDSA P-384 with SHA-384")
    demand(not any(report.signature_r[48:] + report.signature_s[48:]),
           "the signature is too long")
    r = int.from_bytes(report.signature_r, "little")
    s = int.from_bytes(report.signature_s, "little")
    demand(0 < r < P384_ORDER and 0 < s < P384_ORDER, "no signature")
    try:
        key.verify(utils.encode_dss_signature(r, s),
                   report.raw[:SIGNED_BYTES], ec.ECDSA(hashes.SHA384()))
    except InvalidSignature:
        raise Refused("report: wrong signature") from None


def check_tcb(report, vek, product):
    tcb = report.reported_tcb.to_bytes(8, "little")
    spls = SPLS_TURIN if product == "Turin" else SPLS_MILAN
    for arc, byte in spls.items():
        demand(der_integer(extension(vek, arc)) == tcb[byte],
               f"level {arc} isn't that of REPORTED_TCB")
    if product == "Turin":
        demand(not any(tcb[4:7]), "a reserved level isn't zero")


def check_hwid(report, vek, product):
    hwid = extension(vek, "4")
    demand(hwid is not None, "the VCEK names no chip")
    if len(hwid) in (10, 66) and hwid[0] == 4:
        hwid = hwid[2:]  # an OCTET STRING inside the extension's
    demand(len(hwid) == (8 if product == "Turin" else 64),
           "the VCEK's chip id has a wrong length")
    demand(report.chip_id == hwid.ljust(64, b"\0"), "another chip")


def check_kind(report, vek, product):
    """VCEK and VLEK: the report must say which, and the certificate be it."""
    is_vlek = extension(vek, "5") is not None
    demand(report.signing_key == (1 if is_vlek else 0),
           "the report names another kind of key")
    if is_vlek:
        demand(extension(vek, "4") is None, "a VLEK names no chip")
    else:
        check_hwid(report, vek, product)


def check_form(report, product):
    demand(2 <= report.version <= 5, "an unknown version")
    demand(report.vmpl <= 3, "an unknown VMPL")
    reserved = [report.reserved_18b, report.reserved_208, report.reserved_330,
                struct.pack("<I", report.reserved_04c)]
    if report.version < 3:
        reserved.append(report.cpuid)
    else:
        demand(product_of(report.cpuid) == product, "another product")
    if report.version < 5:
        reserved.append(report.raw[0x1F8:0x208])
    demand(not any(map(any, reserved)), "reserved bytes aren't zero")
    demand(report.policy >> 17 & 1 == 1, "the policy lacks its bit 17")


def ark_is_amds(ark_der):
    """The product that this root of AMD's stands for, or None."""
    return AMD_ARKS.get(hashlib.sha256(ark_der).hexdigest())


def verify(report_raw, vek_der, ask_der, ark_der, crl_der=None, now=None):
    """The parsed report; raises Refused."""
    now = now or datetime.datetime.utcnow()
    report = Report(report_raw)
    vek, ask, ark = (x509.load_der_x509_certificate(der)
                     for der in (vek_der, ask_der, ark_der))
    check_chain(vek, ask, ark, now)
    if crl_der is not None:
        check_crl(x509.load_der_x509_crl(crl_der), ark, (ask, vek), now)
    product = product_name(vek)
    check_form(report, product)
    check_kind(report, vek, product)
    check_tcb(report, vek, product)
    check_signature(report, vek)
    return report


def spki_sha256(der):
    """SHA-256 of a certificate's SubjectPublicKeyInfo, in hex."""
    key = x509.load_der_x509_certificate(der).public_key()
    return hashlib.sha256(key.public_bytes(
        serialization.Encoding.DER,
        serialization.PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def main(arguments):
    if len(arguments) not in (4, 5):
        print(__doc__, file=sys.stderr)
        return 1
    files = [pathlib.Path(name).read_bytes() for name in arguments]
    try:
        report = verify(*files)
    except Refused as why:
        print(f"refused: {why}")
        return 10
    root = ark_is_amds(files[3]) or "EMULATED or unknown"
    print(f"verifies; root: {root}; version {report.version}; "
          f"measurement {report.measurement.hex()}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
