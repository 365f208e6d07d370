# SPDX-License-Identifier: Apache-2.0
"""`anchorhold verify report`: files in, an exit status out."""

import subprocess
import sys

import pytest

from paths import BUILD, ROOT

sys.path.insert(0, str(ROOT / "tests" / "vectors"))
from parts import AT, Chain, Report

PROGRAM = BUILD / "client" / "anchorhold"
DATA = ROOT.parent / "shared" / "data"
USAGE, IO, NOT_AN_ENCLAVE, NOT_ISOLATED = 1, 2, 10, 12
REAL = {"Milan": "milan-v2-virtee-sev-120d77",
        "Genoa": "genoa-v5-oak-oc-6d1cef"}
THEN = "2025-11-01T00:00:00Z"


def run(report, *arguments):
    return subprocess.run([PROGRAM, "verify", "report", report, *arguments],
                          capture_output=True, text=True, timeout=60,
                          check=False)


def real(product):
    report = DATA / "reports" / f"{REAL[product]}.bin"
    if not report.exists():
        pytest.skip(f"{report} isn't there")
    return report, ("--vek", report.with_suffix(".vcek.der"),
                    "--ca", DATA / "certs" / f"ASK-{product}.der",
                    "--root", DATA / "certs" / f"ARK-{product}.der")


@pytest.mark.parametrize("product", REAL)
def test_amds_own(product, tmp_path):
    report, chain = real(product)
    done = run(report, *chain, "--at", THEN, "--authentic-only")
    assert done.returncode == 0, done.stderr
    assert f"enclave:   passed, AMD SEV-SNP, {product}" in done.stderr
    assert "weren't judged" in done.stderr
    # Revocation is part of the whole.
    done = run(report, *chain, "--at", THEN)
    assert done.returncode == NOT_AN_ENCLAVE and "no-crl" in done.stderr
    changed = bytearray(report.read_bytes())
    changed[0x50] ^= 1
    (tmp_path / "changed").write_bytes(changed)
    done = run(tmp_path / "changed", *chain, "--at", THEN, "--authentic-only")
    assert done.returncode == NOT_AN_ENCLAVE
    assert "bad-signature" in done.stderr


def test_real_reports_are_under_todays_floors():
    report, chain = real("Milan")
    done = run(report, *chain, "--at", THEN, "--no-crl")
    assert done.returncode == NOT_ISOLATED, done.stderr


def write(folder, **parts):
    for name, data in parts.items():
        (folder / name).write_bytes(data)
    return [part for name in parts if name != "report"
            for part in ("--" + name.replace("_", "-"), folder / name)]


def test_a_root_of_ones_own(tmp_path):
    chain = Chain()
    files = write(tmp_path, report=Report().bytes, vek=chain.vek, ca=chain.ca,
                  crl=chain.crl, insecure_root=chain.ark)
    done = run(tmp_path / "report", *files, "--at", str(AT),
               "--authentic-only")
    assert done.returncode == 0, done.stderr
    assert "EMULATED" in done.stderr
    # As --root it is refused: only AMD's are taken there.
    files = write(tmp_path, report=Report().bytes, vek=chain.vek, ca=chain.ca,
                  crl=chain.crl, root=chain.ark)
    done = run(tmp_path / "report", *files, "--at", str(AT),
               "--authentic-only")
    assert done.returncode == NOT_AN_ENCLAVE
    assert "root-not-amd" in done.stderr


def test_no_report(tmp_path):
    chain = Chain()
    files = write(tmp_path, vek=chain.vek, ca=chain.ca,
                  insecure_root=chain.ark)
    (tmp_path / "short").write_bytes(bytes(1183))
    assert run(tmp_path / "short", *files).returncode == NOT_AN_ENCLAVE
    assert run(tmp_path / "missing", *files).returncode == IO
    assert run(tmp_path / "short").returncode == USAGE
    (tmp_path / "vek").write_bytes(b"")
    assert run(tmp_path / "short", *files).returncode == USAGE
