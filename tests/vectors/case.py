# SPDX-License-Identifier: Apache-2.0
"""One vector, and the notes of a verdict."""

from parts import (AT, EXPORTER, MEASUREMENT, NONCE, SPKI, Chain, Evidence,
                   Report, policy)

ROOT, NO_CRL, STALE, PROVISIONAL, AUTHENTIC, ANY, DEVELOPMENT = (
    1 << bit for bit in range(7))


class Case:
    """One vector. Without `report` or `evidence`, a good one is made of the
    chain; keyword arguments replace what a verifier is given."""

    def __init__(self, name, sub="", chain=None, report=None, evidence=None,
                 demands=None, notes=ROOT, **given):
        chain = chain or Chain()
        self.name, self.sub, self.notes = name, sub, notes
        self.is_evidence = evidence is not None
        if report is None and not self.is_evidence:
            report = {}
        if isinstance(report, dict):
            report = Report(**{"product": chain.product,
                               "is_vlek": chain.is_vlek, **report}).bytes
        is_boot = self.is_evidence and isinstance(evidence, Evidence) \
            and 6 not in evidence.claims
        if isinstance(evidence, Evidence):
            evidence = evidence.bytes
        self.given = {
            "report": report or b"", "vek": chain.vek, "ca": chain.ca,
            "root": b"", "crl": chain.crl, "evidence": evidence or b"",
            "spki": SPKI, "nonce": b"" if is_boot else NONCE,
            "exporter": b"" if is_boot else EXPORTER, "policy": policy(),
            **given}
        self.demands = {
            "at": AT, "insecure_root": chain.ark,
            "measurements": [MEASUREMENT],
            f"floor_{chain.product.label.lower()}": chain.product.tcb,
            **(demands or {})}

    def fields(self):
        demands = [part for item in self.demands.items() if item[1] is not None
                   for part in item]
        return [self.name, self.is_evidence, *self.given.values(), demands,
                self.sub, self.notes]
