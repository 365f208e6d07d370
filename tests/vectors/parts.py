# SPDX-License-Identifier: Apache-2.0
"""What a verifier is shown: a chain like AMD's, a report, evidence. Every part
can be replaced by a wrong one."""

import hashlib
import struct

import der

AT = 1_700_000_000  # when everything is valid
FIRST, LAST = AT - 10 ** 7, AT + 10 ** 8
SPKI = b"the leaf's key"
NONCE, EXPORTER = bytes(range(32)), bytes(range(32, 64))
MEASUREMENT = bytes(range(48))
LABELS = ("claims", "report", "certificates")
TYPES = ("application/vnd.anchorhold.claims+cbor",
         "application/vnd.amd.sev-snp.attestation-report",
         "application/vnd.amd.ghcb.guid-table")
GUIDS = {"vcek": "63da758de6644564adc5f4b93be8accd",
         "vlek": "a8074bc2a25a483eaae639c045a0b8a1",
         "ask": "4ab7b379bbac4fe4a02f05aef327c782",
         "ark": "c0b406a4a803495297433fb6014cd0ae"}


class Product:
    def __init__(self, label, cpuid, chip, tcb, levels, struct_version):
        self.label, self.cpuid, self.tcb = label, cpuid, bytes(tcb)
        self.levels, self.struct_version = levels, struct_version
        self.hwid = hashlib.sha512(label.encode()).digest()[:chip]
        self.chip_id = self.hwid.ljust(64, b"\0")


RESERVED = {"3.4": None, "3.5": None, "3.6": None, "3.7": None}
OLD = {"3.1": 0, "3.2": 1, "3.3": 6, "3.8": 7, **RESERVED}
MILAN = Product("Milan", (0x19, 1, 1), 64, [4, 1, 0, 0, 0, 0, 24, 219], OLD, 0)
GENOA = Product("Genoa", (0x19, 0x11, 1), 64, [10, 2, 0, 0, 0, 0, 25, 84],
                OLD, 0)
TURIN = Product("Turin", (0x1a, 2, 1), 8, [1, 2, 3, 4, 0, 0, 0, 77],
                {"3.9": 0, "3.1": 1, "3.2": 2, "3.3": 3, "3.8": 7, **RESERVED},
                1)
PRODUCTS = (MILAN, GENOA, TURIN)


def byte(value):
    return der.integer(value)


def vek_extensions(product, is_vlek=False, tcb=None, **other):
    """By arc; `other` replaces one (None: leaves it out), its dots written as
    underscores behind a leading x."""
    tcb = tcb or product.tcb
    name = product.label + ("" if is_vlek else "-B0")
    parts = {"1": byte(product.struct_version),
             "2": der.tlv(der.IA5, name.encode())}
    for arc, place in product.levels.items():
        parts[arc] = byte(0 if place is None else tcb[place])
    if is_vlek:
        parts["5"] = der.tlv(der.IA5, b"a cloud")
    else:
        parts["4"] = product.hwid
    for arc, value in other.items():
        parts[arc[1:].replace("_", ".")] = value
    return tuple(der.extension(der.AMD + arc, value)
                 for arc, value in parts.items() if value is not None)


class Chain:
    """ARK, ASK or ASVK, VCEK or VLEK, and the CRL. Keyword arguments change a
    certificate: ark_serial=..., ca_last=..., vek_extensions=..."""

    def __init__(self, product=MILAN, is_vlek=False, **change):
        self.product, self.is_vlek = product, is_vlek
        label = product.label
        ark = der.name(f"ARK-{label}")
        ca = der.name(f"SEV-VLEK-{label}" if is_vlek else f"SEV-{label}")
        vek = der.name("SEV-VLEK" if is_vlek else "SEV-VCEK")
        self.ark = self.make("ark", change, {
            "subject": ark, "issuer": ark, "spki": der.rsa("root").spki(),
            "key": "root", "serial": 0x10000,
            "extensions": (der.usage(0x06), der.constraints())})
        self.ca = self.make("ca", change, {
            "subject": ca, "issuer": ark, "spki": der.rsa("ca").spki(),
            "key": "root", "serial": 0x10101 if is_vlek else 0x10001,
            "extensions": (der.constraints(path=0), der.usage(0x04))})
        self.vek = self.make("vek", change, {
            "subject": vek, "issuer": ca, "spki": der.ec("vek").spki(),
            "key": "ca", "serial": 0,
            "extensions": vek_extensions(product, is_vlek)})
        self.crl = der.crl(**{"issuer": ark, "key": "root", "first": AT - 1000,
                              "last": AT + 1000, **self.of("crl", change)})

    @staticmethod
    def of(part, change):
        return {key[len(part) + 1:]: value for key, value in change.items()
                if key.startswith(part + "_")}

    def make(self, part, change, base):
        return der.certificate(**{"first": FIRST, "last": LAST, **base,
                                  **self.of(part, change)})


class Report:
    """The fields of abi/report.h. `patch` is {offset: bytes}, before signing;
    `after` likewise, behind it."""

    def __init__(self, product=MILAN, version=3, is_vlek=False, **change):
        tcb = product.tcb
        fields = {
            "policy": 0x30000, "vmpl": 0, "algorithm": 1, "current_tcb": tcb,
            "platform": 0x21, "key_info": is_vlek << 2,
            "report_data": bytes(64), "measurement": MEASUREMENT,
            "reported_tcb": tcb, "committed_tcb": tcb, "launch_tcb": tcb,
            "cpuid": product.cpuid if version >= 3 else (0, 0, 0),
            "chip_id": bytes(64) if is_vlek else product.chip_id,
            "current": (4, 55, 1, 0), "committed": (4, 55, 1, 0),
            "host_data": bytes(32), "id_key": bytes(48),
            "author_key": bytes(48), "mit": (0, 0), "key": "vek",
            "patch": {}, "after": {}, "negate": False, **change}
        f = self.fields = fields
        body = struct.pack(
            "<IIQ16s16sII8sQII64s48s32s48s48s32s32s8s3s21s64s8s4s4s8s",
            version, 0, f["policy"], bytes(16), bytes(16), f["vmpl"],
            f["algorithm"], f["current_tcb"], f["platform"], f["key_info"], 0,
            f["report_data"], f["measurement"], f["host_data"], f["id_key"],
            f["author_key"], bytes(32), b"\xff" * 32, f["reported_tcb"],
            bytes(f["cpuid"]), bytes(21), f["chip_id"], f["committed_tcb"],
            bytes(f["current"]), bytes(f["committed"]), f["launch_tcb"])
        if any(f["mit"]) or version >= 5:
            body += struct.pack("<QQ", *f["mit"])
        body = bytearray(body.ljust(0x2a0, b"\0"))
        for place, data in f["patch"].items():
            body[place:place + len(data)] = data
        r, s = der.ec(f["key"]).sign(bytes(body))
        if f["negate"]:
            s = der.N - s
        body += r.to_bytes(72, "little") + s.to_bytes(72, "little")
        body = body.ljust(0x4a0, b"\0")
        for place, data in f["after"].items():
            body[place:place + len(data)] = data
        self.bytes = bytes(body)


def cbor(item):
    """Deterministic CBOR (RFC 8949, 4.2.1) of what the evidence needs; a dict
    keeps its order, and a tuple is raw bytes."""
    def head(major, value):
        if value < 24:
            return bytes([major << 5 | value])
        for code, count in ((24, 1), (25, 2), (26, 4), (27, 8)):
            if value < 1 << 8 * count:
                return (bytes([major << 5 | code])
                        + value.to_bytes(count, "big"))
        raise ValueError(value)

    if isinstance(item, tuple):
        return b"".join(item)
    if item is None or isinstance(item, bool):
        return {None: b"\xf6", False: b"\xf4", True: b"\xf5"}[item]
    if isinstance(item, int):
        return head(0, item)
    if isinstance(item, bytes):
        return head(2, len(item)) + item
    if isinstance(item, str):
        return head(3, len(item)) + item.encode()
    if isinstance(item, list):
        return head(4, len(item)) + b"".join(map(cbor, item))
    return head(5, len(item)) + b"".join(
        cbor(key) + cbor(value) for key, value in item.items())


def policy(clients=(1, []), egress=(), console=False, state=1):
    return cbor({0: 1, 1: list(clients), 2: None, 3: list(egress), 4: console,
                 5: state, 6: {0: None, 1: None, 2: None, 3: None}})


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def leaf_of(nonce=NONCE, exporter=EXPORTER):
    return sha256(b"\0", cbor(["anchorhold-session-v1", nonce, exporter]))


def tree(leaves, index):
    """Root and path, by the recursion of RFC 9162, 2.1.1 and 2.1.3.1."""
    if len(leaves) == 1:
        return leaves[0], []
    split = 1 << (len(leaves) - 1).bit_length() - 1
    left, right = leaves[:split], leaves[split:]
    if index < split:
        root, path = tree(left, index)
        other = tree(right, 0)[0]
        return sha256(b"\1", root, other), path + [other]
    root, path = tree(right, index - split)
    other = tree(left, 0)[0]
    return sha256(b"\1", other, root), path + [other]


def table(*entries):
    """(GUID's name or hex, bytes), closed."""
    start = 24 * (len(entries) + 1)
    head = body = b""
    for guid, data in entries:
        guid = bytes.fromhex(GUIDS.get(guid, guid))
        head += guid + struct.pack("<II", start + len(body), len(data))
        body += data
    return head + bytes(24) + body


class Evidence:
    """The envelope of a session (or of a certificate, size 0): `claim_*` changes
    what is said, `bound_*` what REPORT_DATA is made of."""

    def __init__(self, chain, size=1, index=0, **change):
        others = [sha256(bytes([i & 255, i >> 8])) for i in range(size)]
        root = path = None
        if size:
            others[index] = leaf_of()
            root, path = tree(others, index)
        claims = {"profile": 1, "spki": sha256(SPKI),
                  "policy": sha256(policy()), "app": sha256(b"app"),
                  "root": root, "index": index, "size": size, "path": path}
        for key, value in change.items():
            if key.startswith("claim_"):
                claims[key[6:]] = value
        bound = {**claims, **{key[6:]: value for key, value in change.items()
                              if key.startswith("bound_")}}
        data = hashlib.sha512(cbor([
            "anchorhold-evidence-v1", bound["spki"], bound["policy"],
            bound["app"], bound["profile"], bound["root"]])).digest()
        report = {"product": chain.product, "is_vlek": chain.is_vlek,
                  "report_data": data, **change.get("report", {})}
        order = ["profile", "spki", "policy", "app", "root"]
        if size:
            order += ["index", "size", "path"]
        self.claims = {i + 1: claims[key] for i, key in enumerate(order)}
        self.report = Report(**report).bytes
        self.table = change.get("table", table(
            ("vlek" if chain.is_vlek else "vcek", chain.vek),
            ("ask", chain.ca)))
        claims_bytes = change.get("claims_bytes", cbor(self.claims))
        records = [claims_bytes, self.report]
        if self.table:
            records.append(self.table)
        self.bytes = cbor({label: [kind, data] for label, kind, data
                           in zip(LABELS, TYPES, records)})
