# SPDX-License-Identifier: Apache-2.0
"""Launches that a guest of our own (payload/) ran in: the digest, and the
report that the guest fetched."""

import re
import subprocess

import pytest
import verify_report
from paths import BUILD

PAYLOAD = BUILD / "tests" / "emu" / "payload" / "snp-payload.efi"
TYPES = {"milan": "EPYC-Milan", "genoa": "EPYC-Genoa", "turin": "EPYC-Turin"}
# (product, vCPUs): the report's version, where it isn't the product's own.
VERSIONS = {("milan", 1): 2, ("milan", 2): 3, ("milan", 4): 5}
OWN_VERSION = {"genoa": 5, "turin": 5}
FEATURES = {1: 0x1, 2: 0x1, 4: 0x21}
REPORT_DATA = b"\x5a" * 64


def calculated(firmware, line, vcpus, product):
    return subprocess.run(
        [BUILD / "tests" / "emu" / "launch-digest", firmware, PAYLOAD, line,
         str(vcpus), TYPES[product], hex(FEATURES[vcpus])],
        capture_output=True, text=True, check=True, timeout=60).stdout.strip()


def verified(run, folder):
    raw = bytes.fromhex(re.search(r"^REPORT: ([0-9a-f]+)$", run.console,
                                  re.MULTILINE)[1])
    return verify_report.verify(raw, *(
        (folder / name).read_bytes()
        for name in ("vcek.der", "ask.der", "ark.der", "crl.der")))


@pytest.mark.parametrize("vcpus", FEATURES)
@pytest.mark.parametrize("product", TYPES)
def test_digest_and_report(run_payload, pkis, firmware, product, vcpus):
    """The emulator's digest, the calculator's and the signed one are one."""
    version = VERSIONS.get((product, vcpus)) or OWN_VERSION[product]
    line = f"report {product} {vcpus}"
    run = run_payload(
        line, "--cpu-model", product, "--smp-measured", str(vcpus),
        "--features", hex(FEATURES[vcpus]),
        "--psp", pkis[product] / "psp-vcek.bin",
        "--psp-set", f"report_version={version}")
    assert "report: verdict=0 bytes=4c0 status=0" in run.console.splitlines()
    report = verified(run, pkis[product])
    assert (report.version, report.vmpl) == (version, 0)
    assert report.report_data == REPORT_DATA
    launched = re.search(r"^emu: launch digest ([0-9a-f]{96})$", run.log,
                         re.MULTILINE)[1]
    assert launched == calculated(firmware, line, vcpus, product)
    assert report.measurement.hex() == launched


def test_digest_tells_command_lines_apart(firmware):
    assert calculated(firmware, "report", 1, "milan") != \
        calculated(firmware, "report ", 1, "milan")
