# SPDX-License-Identifier: Apache-2.0
"""The test PKI and the emulated secure processor against verify_report.py,
and that check itself against evidence that AMD signed."""

import hashlib
import struct
import subprocess
import sys
import uuid

import psp_input
import pytest
import verify_report
from cryptography import x509
from paths import BUILD, ROOT
from verify_report import Refused

TOOL = BUILD / "tests" / "emu" / "anchorhold-test-pki"
MAKER = BUILD / "tests" / "emu" / "psp-report-maker"
REAL = ROOT.parent / "shared" / "data"
PRODUCTS = {"milan": 3, "genoa": 5, "turin": 5}
GUIDS = {
    "63da758d-e664-4564-adc5-f4b93be8accd": "VCEK",
    "a8074bc2-a25a-483e-aae6-39c045a0b8a1": "VLEK",
    "4ab7b379-bbac-4fe4-a02f-05aef327c782": "ASK",
    "c0b406a4-a803-4952-9743-3fb6014cd0ae": "ARK",
}


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, timeout=120,
                          check=False)


def make_pki(folder, *options):
    done = run(TOOL, *options, folder)
    assert done.returncode == 0, done.stderr
    return folder


def get_report(folder, blob, tmp_path, select=0):
    """The report and the certificates that a guest gets, by name."""
    given = tmp_path / "psp.bin"
    given.write_bytes(blob)
    done = run(MAKER, given, tmp_path, str(select))
    assert done.returncode == 0, done.stderr
    table = (tmp_path / "certificates.bin").read_bytes()
    certificates = {}
    for at in range(0, len(table), 24):
        guid, offset, length = struct.unpack_from("<16sII", table, at)
        if not any(guid):
            break
        name = GUIDS[str(uuid.UUID(bytes=guid))]
        certificates[name] = table[offset:offset + length]
    return (tmp_path / "report.bin").read_bytes(), certificates


def chain_of(certificates):
    vek = certificates.get("VCEK") or certificates["VLEK"]
    return vek, certificates["ASK"], certificates["ARK"]


@pytest.mark.parametrize("product", PRODUCTS)
@pytest.mark.parametrize("kind", ["vcek", "vlek"])
def test_a_report_verifies(pkis, product, kind, tmp_path):
    folder = pkis[product]
    blob = (folder / f"psp-{kind}.bin").read_bytes()
    raw, certificates = get_report(folder, blob, tmp_path)
    report = verify_report.verify(raw, *chain_of(certificates),
                                  (folder / "crl.der").read_bytes())
    assert report.version == PRODUCTS[product]
    assert report.signing_key == (kind == "vlek")
    assert report.report_data == b"\x64" * 64
    assert report.reported_tcb == psp_input.get_field(blob, "reported_tcb")
    assert report.chip_id == psp_input.get_field(blob, "chip_id")
    assert certificates["ARK"] == (folder / "ark.der").read_bytes()
    assert set(certificates) == {kind.upper(), "ASK", "ARK"}


@pytest.mark.parametrize("version", [2, 3, 5])
def test_every_version_verifies(pkis, version, tmp_path):
    blob = psp_input.set_fields(
        (pkis["milan"] / "psp-vcek.bin").read_bytes(),
        report_version=version, policy=0xB0000, guest_svn=9,
        host_data=b"h" * 32, family_id=b"f" * 16, image_id=b"i" * 16,
        id_key_digest=b"k" * 48, author_key_digest=b"a" * 48,
        author_key_enabled=1, launch_mit_vector=3, current_mit_vector=7,
        current_tcb=0xFF18000000000005, launch_tcb=0x0000000000000001)
    raw, certificates = get_report(pkis["milan"], blob, tmp_path)
    report = verify_report.verify(raw, *chain_of(certificates))
    assert (report.version, report.policy) == (version, 0xB0000)
    assert (report.guest_svn, report.host_data) == (9, b"h" * 32)
    assert report.family_id + report.image_id == b"f" * 16 + b"i" * 16
    assert report.id_key_digest + report.author_key_digest == \
        b"k" * 48 + b"a" * 48
    assert report.key_info == 1
    assert report.current_tcb == 0xFF18000000000005
    assert report.launch_tcb == 1
    assert report.current_mit_vector == (7 if version == 5 else 0)


def test_the_digest_is_measured(pkis, tmp_path):
    page = b"measured".ljust(4096, b"\0")
    info = bytes(48) + hashlib.sha384(page).digest() + struct.pack(
        "<HBBIQ", 0x70, 1, 0, 0, 0x1000)
    blob = (pkis["milan"] / "psp-vcek.bin").read_bytes()
    raw, _ = get_report(pkis["milan"], blob, tmp_path)
    assert verify_report.Report(raw).measurement == \
        hashlib.sha384(info).digest()


def test_a_vlek_machine_signs_by_its_vcek_when_asked(pkis, tmp_path):
    folder = pkis["milan"]
    blob = (folder / "psp-vlek.bin").read_bytes()
    raw, _ = get_report(folder, blob, tmp_path, select=1)
    chain = [(folder / f"{name}.der").read_bytes()
             for name in ("vcek", "ask", "ark")]
    assert verify_report.verify(raw, *chain).signing_key == 0


@pytest.fixture(name="good")
def good_fixture(pkis, tmp_path):
    folder = pkis["milan"]
    blob = (folder / "psp-vcek.bin").read_bytes()
    raw, certificates = get_report(folder, blob, tmp_path)
    return raw, *chain_of(certificates)


def test_every_signed_byte_counts(good):
    raw, *chain = good
    for at in range(0x330):
        changed = bytearray(raw)
        changed[at] ^= 1
        with pytest.raises(Refused):
            verify_report.verify(bytes(changed), *chain)


def test_other_certificates_are_refused(good, pkis):
    raw, vcek, ask, ark = good
    other = pkis["genoa"]
    vlek, asvk = ((pkis["milan"] / f"{name}.der").read_bytes()
                  for name in ("vlek", "asvk"))
    for chain in ((vlek, asvk, ark), (vcek, asvk, ark), (vcek, ark, ark),
                  (ask, ark, ark), (vcek, ask, ask),
                  ((other / "vcek.der").read_bytes(), ask, ark)):
        with pytest.raises(Refused):
            verify_report.verify(raw, *chain)


def test_revoked_and_old_chains_are_refused(good, pkis):
    crl = (pkis["milan"] / "crl-ask-revoked.der").read_bytes()
    with pytest.raises(Refused, match="revoked"):
        verify_report.verify(*good, crl)
    late = x509.load_der_x509_certificate(good[1]).not_valid_after.replace(
        year=2200)
    with pytest.raises(Refused, match="not valid now"):
        verify_report.verify(*good, now=late)


@pytest.mark.parametrize("fields, why", [
    ({"reported_tcb": 0xDB18000000000003}, "3.1"),
    ({"reported_tcb": 0x5B18000000000004}, "3.8"),
    ({"chip_id": b"other" * 12 + b"chip"}, "another chip"),
    ({"mask_chip_id": 1}, "another chip"),
    ({"mask_chip_key": 1}, "another kind"),
    ({"product": 1}, "another product"),
])
def test_a_platform_that_lies_is_found(pkis, fields, why, tmp_path):
    blob = (pkis["milan"] / "psp-vcek.bin").read_bytes()
    raw, certificates = get_report(
        pkis["milan"], psp_input.set_fields(blob, **fields), tmp_path)
    with pytest.raises(Refused, match=why):
        verify_report.verify(raw, *chain_of(certificates))


def test_every_name_says_emulated(pkis):
    for folder in pkis.values():
        for name in ("ark", "ask", "asvk", "vcek", "vlek"):
            der = (folder / f"{name}.der").read_bytes()
            certificate = x509.load_der_x509_certificate(der)
            assert verify_report.ark_is_amds(der) is None
            for whose in (certificate.subject, certificate.issuer):
                common = whose.get_attributes_for_oid(
                    x509.NameOID.COMMON_NAME)[0].value
                assert common.startswith("EMULATED-")


def test_the_same_keys_are_the_same_chip(pkis):
    folder = pkis["milan"]
    before = (folder / "psp-vcek.bin").read_bytes()
    ark = verify_report.spki_sha256((folder / "ark.der").read_bytes())
    make_pki(folder, "--tcb", "7f00000000000001")
    after = (folder / "psp-vcek.bin").read_bytes()
    make_pki(folder)  # as the other tests want it
    assert ark == verify_report.spki_sha256((folder / "ark.der").read_bytes())
    for name in ("chip_id", "chip_secret"):
        assert psp_input.get_field(before, name) == \
            psp_input.get_field(after, name)
    assert psp_input.get_field(after, "reported_tcb") == 0x7F00000000000001
    assert psp_input.get_field(before, "vcek") != \
        psp_input.get_field(after, "vcek")


def test_keys_are_the_owners_alone(pkis):
    for path in pkis["milan"].iterdir():
        assert path.stat().st_mode & 0o077 == 0, path


def test_the_command_sets_fields_and_a_seed(pkis, tmp_path):
    given = pkis["milan"] / "psp-vcek.bin"
    made = [tmp_path / "one", tmp_path / "two"]
    script = ROOT / "tools" / "psp_input.py"
    for path in made:
        done = run(sys.executable, script, given, path, "policy=0xb0000",
                   "host_data=" + "ab" * 32)
        assert done.returncode == 0, done.stderr
        assert path.stat().st_mode & 0o077 == 0
    blobs = [path.read_bytes() for path in made]
    seeds = [psp_input.get_field(blob, "seed") for blob in blobs]
    assert seeds[0] != seeds[1] and any(seeds[0])
    assert psp_input.get_field(blobs[0], "policy") == 0xB0000
    assert psp_input.get_field(blobs[0], "host_data") == b"\xab" * 32
    assert blobs[0] == psp_input.set_fields(
        given.read_bytes(), policy=0xB0000, host_data=b"\xab" * 32,
        seed=seeds[0])
    for wrong in ("colour=1", "host_data=abab", "policy=x",
                  "product=0x100000000"):
        assert run(sys.executable, script, given, made[0],
                   wrong).returncode == 1


@pytest.mark.parametrize("options", [
    (), ("--product", "rome", "x"), ("--tcb", "zz", "x"), ("a", "b"),
    ("--tcb", "1" * 17, "x"), ("--nonsense", "x")])
def test_wrong_options_are_refused(options):
    assert run(TOOL, *options).returncode == 1


def test_a_missing_folder_is_an_error(tmp_path):
    assert run(TOOL, tmp_path / "none").returncode == 2


# Evidence that AMD's own chips signed, which the project doesn't carry.
REAL_REPORTS = {
    # report: (product, version, SHA-256 of report and VCEK)
    "milan-v2-virtee-sev-120d77": (
        "Milan", 2,
        "120d77b213c8868dd42f160ccb0114f05336ec715f6d51070f534b33c7e03f3b",
        "3bbfb6ee259f75a95d13168cfdf2e034181bb93c7c016825731cbe8ea16c95e1"),
    "genoa-v5-oak-oc-6d1cef": (
        "Genoa", 5,
        "6d1ceffae6ad5caeadbc27655b2dfabf38fe3a0033e2e3b4a8a5958f893c67a3",
        "b6563a6c7767990bbb9e84368cf66822e3a883c16fb24b2b94fba46dac3bd809"),
}


@pytest.mark.parametrize("name", REAL_REPORTS)
def test_real_reports_verify(name):
    if not REAL.is_dir():
        pytest.skip("../shared/data, which holds reports of real chips, "
                    "isn't there")
    product, version, *pins = REAL_REPORTS[name]
    files = [(REAL / "reports" / f"{name}{end}").read_bytes()
             for end in (".bin", ".vcek.der")]
    assert [hashlib.sha256(data).hexdigest() for data in files] == pins
    ask, ark = ((REAL / "certs" / f"{which}-{product}.der").read_bytes()
                for which in ("ASK", "ARK"))
    assert verify_report.ark_is_amds(ark) == product
    report = verify_report.verify(*files, ask, ark)
    assert report.version == version
    changed = bytearray(files[0])
    changed[0x50] ^= 1
    with pytest.raises(Refused, match="wrong signature"):
        verify_report.verify(bytes(changed), files[1], ask, ark)


@pytest.mark.parametrize("product", ["Milan", "Genoa", "Turin"])
def test_real_authorities_verify(product):
    if not REAL.is_dir():
        pytest.skip("../shared/data, which holds AMD's certificates, "
                    "isn't there")
    ark, ask, asvk = (x509.load_der_x509_certificate(
        (REAL / "certs" / f"{which}-{product}.der").read_bytes())
        for which in ("ARK", "ASK", "ASVK"))
    now = max(ark.not_valid_before, ask.not_valid_before,
              asvk.not_valid_before)
    for authority in (ark, ask, asvk):
        verify_report.check_authority(authority, product)
        verify_report.check_issued(authority, ark, product, now)
