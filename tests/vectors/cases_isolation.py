# SPDX-License-Identifier: Apache-2.0
"""Steps 2 and 3: code and isolation."""

from case import (ROOT, PROVISIONAL, AUTHENTIC, ANY, DEVELOPMENT, Case)
from parts import (GENOA, MEASUREMENT, MILAN, PRODUCTS, Chain, Evidence, byte,
                   policy, sha256)


def code():
    chain = Chain()
    other = b"\xff" * 48
    yield Case("good: a report alone, no measurement demanded",
               demands={"measurements": []})
    yield Case("code: none published", "no-measurements",
               evidence=Evidence(chain), demands={"measurements": []})
    yield Case("code: another", "wrong-measurement",
               demands={"measurements": [other]})
    yield Case("code: another, of evidence", "wrong-measurement",
               evidence=Evidence(chain), demands={"measurements": [other]})
    yield Case("code: the second of three",
               demands={"measurements": [other, MEASUREMENT, other]})
    yield Case("code: the last byte", "wrong-measurement", demands={
        "measurements": [MEASUREMENT[:-1] + b"\0"]})
    yield Case("code before isolation", "wrong-measurement",
               report={"policy": 0xb0000}, demands={"measurements": [other]})
    yield Case("authentic only", notes=ROOT | AUTHENTIC, report={
        "policy": 0xb0000}, demands={
            "measurements": [other], "authentic_only": True,
            "floor_milan": None})
    yield Case("authentic only, of evidence", notes=ROOT | AUTHENTIC,
               evidence=Evidence(chain, claim_profile=2), policy=b"",
               demands={"measurements": [], "authentic_only": True})


def isolation():
    for product in PRODUCTS:
        chain = Chain(product)
        label = product.label
        for bit, sub in ((19, "debug"), (18, "migrate-ma")):
            yield Case(f"{label}: policy bit {bit}", sub, chain=chain,
                       report={"policy": 0x30000 | 1 << bit})
        for level in (1, 2, 3):
            yield Case(f"{label}: VMPL {level}", "vmpl", chain=chain,
                       report={"vmpl": level})
        yield Case(f"{label}: no floor", "no-floor", chain=chain,
                   demands={f"floor_{label.lower()}": None,
                            "floor_milan" if label != "Milan"
                            else "floor_genoa": bytes(8)})
        for place in product.levels.values():
            if place is None:
                continue
            below, above = bytearray(product.tcb), bytearray(product.tcb)
            below[place] -= 1
            above[place] += 1
            floor = {f"floor_{label.lower()}": bytes(above)}
            yield Case(f"{label}: level {place} reported below the floor",
                       "reported-tcb", chain=chain, demands=floor)
            yield Case(f"{label}: level {place} committed below the floor",
                       "committed-tcb", chain=chain, report={
                           "committed_tcb": bytes(below)},
                       notes=ROOT | PROVISIONAL)
            yield Case(f"{label}: level {place} launched below the floor",
                       "launch-tcb", chain=chain,
                       report={"launch_tcb": bytes(below)})
    for bit in range(26, 64):
        yield Case(f"guest policy: bit {bit}", "guest-policy",
                   report={"policy": 0x30000 | 1 << bit})
    yield Case("guest policy: bit 17 missing", "guest-policy",
               report={"policy": 0x10000})
    yield Case("good: guest policy with all that may be",
               report={"policy": 0x3f3ffff})


def platform():
    flag = {"version": 3}
    yield Case("aliases unchecked", "alias-check", report={"platform": 1})
    yield Case("aliases unchecked, with leave", report={"platform": 1},
               demands={"allow_no_alias_check": True})
    yield Case("aliases: version 2 can't tell",
               report={"version": 2, "platform": 1})
    for sub, demand, good, bad in (
            ("smt", "forbid_smt", {"policy": 0x20000}, {}),
            ("single-socket", "demand_single_socket", {"policy": 0x130000},
             {}),
            ("ciphertext-hiding", "demand_ciphertext_hiding",
             {"platform": 0x31}, {}),
            ("ecc", "demand_ecc", {"platform": 0x25}, {}),
            ("tsme", "demand_tsme", {"platform": 0x23}, {}),
            ("rapl", "demand_rapl_disabled", {"platform": 0x29}, {}),
            ("cxl", "demand_cxl_forbidden", {}, {"policy": 0x230000})):
        yield Case(f"{sub}: demanded and there", demands={demand: True},
                   report={**flag, **good})
        yield Case(f"{sub}: demanded and not there", sub,
                   demands={demand: True}, report={**flag, **bad})
        yield Case(f"{sub}: not demanded", report={**flag, **bad})
    for have, want, sub in (
            ((1, 55), (1, 55), ""), ((1, 56), (1, 55), ""),
            ((2, 0), (1, 55), ""), ((1, 54), (1, 55), "abi"),
            ((0, 99), (1, 0), "abi"), ((0, 0), (0, 1), "abi")):
        yield Case(f"ABI {have} where {want} is demanded", sub,
                   report={"policy": 0x30000 | have[0] << 8 | have[1]},
                   demands={"min_abi_major": want[0],
                            "min_abi_minor": want[1]})
    for launch, current, want, sub in (
            (3, 3, 1, ""), (1, 1, 1, ""), (0, 1, 1, "mit-vector"),
            (1, 0, 1, "mit-vector"), (1, 1, 3, "mit-vector"),
            (0, 0, 1 << 63, "mit-vector"), (1 << 63, 1 << 63, 1 << 63, "")):
        yield Case(f"mitigations {launch:x} {current:x} for {want:x}", sub,
                   report={"version": 5, "mit": (launch, current)},
                   demands={"demand_mit_vector": want})
    yield Case("mitigations: version 3 has none", "mit-vector",
               report=flag, demands={"demand_mit_vector": 1})
    yield Case("chip: listed", demands={"chips": [b"x" * 64, MILAN.chip_id]})
    yield Case("chip: not listed", "chip-not-listed",
               demands={"chips": [b"x" * 64, GENOA.chip_id]})
    for sub, field, size in (("host-data", "host_data", 32),
                             ("id-key", "id_key", 48),
                             ("author-key", "author_key", 48)):
        demand = field if field == "host_data" else f"{field}_digest"
        value = bytes(range(1, size + 1))
        yield Case(f"{sub}: as demanded", report={field: value},
                   demands={demand: value})
        yield Case(f"{sub}: another", sub, report={field: value},
                   demands={demand: value[:-1] + b"\0"})
        yield Case(f"{sub}: none", sub, demands={demand: value})


def policies():
    chain = Chain()
    peer = [bytes([10, 0, 0, 1]), 443, bytes(32)]
    pin = (2, [bytes(32)])

    def case(name, sub="", data=None, demands=None, notes=ROOT, shown=None,
             **claims):
        data = policy() if data is None else data
        evidence = Evidence(chain, claim_policy=sha256(data), **claims)
        return Case(f"policy: {name}", sub, evidence=evidence, notes=notes,
                    demands=demands, policy=data if shown is None else shown)

    yield case("development", "profile", claim_profile=2)
    yield case("development, with leave", claim_profile=2,
               notes=ROOT | DEVELOPMENT, demands={"allow_development": True})
    for profile in (0, 3, 1 << 32, (1 << 64) - 1):
        yield case(f"profile {profile}", "profile", claim_profile=profile,
                   demands={"allow_development": True})
    yield case("the app demanded", demands={"app_sha256": sha256(b"app")})
    yield case("another app", "wrong-app", demands={"app_sha256": bytes(32)})
    yield case("exactly this", demands={"policy_sha256": sha256(policy())},
               shown=b"")
    yield case("exactly another", "wrong-policy",
               demands={"policy_sha256": bytes(32)})
    yield case("not shown", "no-policy", shown=b"")
    yield case("another shown", "policy-mismatch", shown=policy(state=2))
    yield case("a byte more shown", "policy-mismatch", shown=policy() + b"\0")
    yield case("any will do", data=b"\xff", notes=ROOT | ANY, shown=b"",
               demands={"any_policy": True})
    for name, data in (("not CBOR", b"\xff"), ("cut off", policy()[:-1]),
                       ("a byte more", policy() + b"\0"),
                       ("another version", b"\xa7\0\2" + policy()[3:])):
        yield case(name, "bad-policy", data=data)
    for name, sub, demand, data in (
            ("egress", "egress", "allow_egress", policy(egress=[peer])),
            ("console", "console", "allow_console", policy(console=True))):
        yield case(name, sub, data=data)
        yield case(f"{name}, with leave", data=data, demands={demand: True})
    yield case("kept state", data=policy(state=2))
    yield case("kept state, fresh demanded", "state", data=policy(state=2),
               demands={"demand_fresh_state": True})
    yield case("fresh state demanded", demands={"demand_fresh_state": True})
    yield case("anyone, names demanded", "clients",
               demands={"demand_named_clients": True})
    yield case("pins, names demanded", data=policy(pin),
               demands={"demand_named_clients": True})
