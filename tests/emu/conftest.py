# SPDX-License-Identifier: Apache-2.0
"""Runs of guests under the emulator, for the tests here."""

import re
import subprocess
import sys
import typing

import debian
import fetch
import linux_guest
import pytest
from paths import BUILD, ROOT

LIMIT_SECONDS = 300
NETWORK = ("-netdev", "user,id=n0", "-device",
           "virtio-net-pci,netdev=n0,romfile=,disable-legacy=on,"
           "iommu_platform=on")
SYSTEM_QEMU = "qemu-system-x86_64"
PRODUCTS = ("milan", "genoa", "turin")


class Run(typing.NamedTuple):
    """One run of a guest, from start to end."""

    status: int   # emu/README.md says what each means
    console: str  # the guest's
    log: str      # the emulator's lines

    @property
    def last_line(self):
        return self.log.splitlines()[-1]


@pytest.fixture(scope="session", name="pkis")
def pki_folders(tmp_path_factory):
    """A folder for each product. The CA keys are one set: they are slow."""
    folders = {}
    for product in PRODUCTS:
        folder = tmp_path_factory.mktemp(product)
        if folders:
            for key in folders["milan"].glob("*.key.pem"):
                (folder / key.name).write_bytes(key.read_bytes())
        folders[product] = folder
        subprocess.run([BUILD / "tests" / "emu" / "anchorhold-test-pki",
                        "--product", product, folder], check=True, timeout=120)
    return folders


@pytest.fixture(scope="session", name="pki")
def pki_folder(pkis):
    return pkis["milan"]


@pytest.fixture(scope="session", name="emulate")
def emulator(pki, tmp_path_factory):
    """emulate(options..., firmware=PATH) -> Run"""
    def emulate(*options, firmware, qemu=SYSTEM_QEMU, limit=LIMIT_SECONDS):
        folder = tmp_path_factory.mktemp("run")
        log, console = folder / "log", folder / "console"
        done = subprocess.run(
            [sys.executable, ROOT / "emu" / "launch.py", "--qemu", qemu,
             "--rom", BUILD / "emu" / "anchorhold-emu.rom",
             "--psp", pki / "psp-vcek.bin", "--log", log,
             "--serial", f"file:{console}", "--firmware", firmware, *options],
            capture_output=True, timeout=limit, check=False)
        return Run(done.returncode,
                   console.read_text(encoding="utf-8", errors="replace"),
                   log.read_text(encoding="ascii"))
    return emulate


def system_version():
    said = subprocess.run([SYSTEM_QEMU, "--version"], capture_output=True,
                          text=True, check=True).stdout
    return int(re.search(r"version (\d+)", said)[1])


def qemu_10():
    """The command that runs it from the build folder."""
    tree = BUILD / "emu" / "qemu-10"
    program = tree / "usr" / "bin" / SYSTEM_QEMU
    if not program.exists():
        try:
            debian.unpack("qemu.source", tree)
        except fetch.FetchError as error:
            pytest.skip(str(error))
    return f"{program} -L {tree / 'usr' / 'share' / 'qemu'}"


@pytest.fixture(scope="session", name="qemu", params=[
    "system", pytest.param("10", marks=pytest.mark.slow)])
def qemu_command(request):
    """Each QEMU that the emulator has to run on, as the launcher takes it."""
    if request.param == "system":
        return SYSTEM_QEMU
    if system_version() >= 10:
        pytest.skip("the system's QEMU is 10 or newer itself")
    return qemu_10()


@pytest.fixture(scope="session", name="ovmf_2025")
def unmodified_ovmf(tmp_path_factory):
    tree = tmp_path_factory.mktemp("ovmf")
    debian.unpack("linux.source", tree, only="ovmf.deb")
    return tree / "usr" / "share" / "ovmf" / "OVMF.fd"


@pytest.fixture(scope="session", name="linux")
def linux_files(tmp_path_factory):
    return linux_guest.make(tmp_path_factory.mktemp("linux"))


@pytest.fixture(scope="session", name="emulate_linux")
def linux_starter(emulate, linux):
    """emulate_linux(options...) -> Run"""
    firmware, kernel, initrd = linux

    def emulate_linux(*options, qemu=SYSTEM_QEMU, hashes=False):
        checked = () if hashes else ("--no-hashes",)
        return emulate(
            "--kernel", kernel, "--initrd", initrd, *checked, "--append",
            "console=ttyS0 panic=-1 loglevel=3", *NETWORK, *options,
            firmware=firmware, qemu=qemu)
    return emulate_linux


@pytest.fixture(scope="session", name="run_payload")
def payload_starter(emulate, firmware):
    """run_payload(scenario, options...) -> Run of the guest in payload/"""
    kernel = BUILD / "tests" / "emu" / "payload" / "snp-payload.efi"

    def run_payload(scenario, *options, **more):
        return emulate("--kernel", kernel, "--append", scenario, *options,
                       firmware=firmware, limit=60, **more)
    return run_payload
