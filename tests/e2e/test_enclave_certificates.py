# SPDX-License-Identifier: Apache-2.0
"""Where the image's certificates come from when the host's answer to a guest
request has none: the fw_cfg item, which is the host's word just the same."""

import pytest

import psp_input
from attested import Attested
from enclave import booted_enclave, verifier as make_verifier
from evidence import Refused
from guest_emulated import make_keys


@pytest.fixture(name="no_table")
def emulator_without_certificates(tmp_path):
    path = tmp_path / "empty"
    path.touch()
    return "--certificates", str(path)


def judged(enclave):
    with Attested(enclave.address) as client:
        client.ask()
        return client.judged(make_verifier())


def test_from_fw_cfg(no_table, tmp_path):
    blob = (make_keys() / "psp-vcek.bin").read_bytes()
    table = tmp_path / "table"
    table.write_bytes(blob[psp_input.CERTIFICATES_OFFSET:])
    item = f"name=opt/org.anchorhold/certs,file={table}"
    with booted_enclave(emulator=no_table, extra=["-fw_cfg", item]) as enclave:
        assert judged(enclave).report.measurement.hex() == \
            enclave.wait_digest()


def test_from_nowhere(no_table):
    """The report is served all the same: a verifier may have them already."""
    with booted_enclave(emulator=no_table) as enclave:
        with pytest.raises(Refused, match="no certificates"):
            judged(enclave)
