# SPDX-License-Identifier: Apache-2.0
"""The firmware's #VC handler (boot/ovmf/patches/0006) against a host that
raises a #VC of its own: believed where the instruction raises just this one
(and then there is no harm in it), and else the end of the guest."""

import os
import shlex
import subprocess

import pytest
from paths import ROOT
from qemu import firmware_pe

ENDED = "emu: end: guest terminated set=1 code=1d"
ENDED_EARLY = "emu: end: guest terminated set=1 code=1"  # by the reset vector
WENT_ON = "emu: end: guest reset the machine by the keyboard controller"

APIC_BASE, MTRR_CAP = 0x1b, 0xfe
SEV_STATUS, GHCB, EFER, PAT, TSC = (0xc0010131, 0xc0010130, 0xc0000080, 0x277,
                                    0x10)
CPUID, RDMSR, WRMSR = "0f a2", "0f 32", "0f 30"
RDTSC_CODE, CPUID_CODE, PORT_CODE, MSR_CODE = "0x6e", "0x72", "0x7b", "0x7c"
DEVICE_CODE = "0x400"

# The exit code, and the instruction that the host tries to pass it off at.
MADE_UP = [
    # Those that edk2 took for the ones with 0F before: XOR, OR, ADD, ...
    (RDTSC_CODE, "31 d0"),
    ("0x6f", "33 d0"),
    ("0x76", "08 d0"),
    ("0x89", "09 d0"),
    ("0x81", "01 d9"),
    ("0x87", "01 f9"),
    ("0x8a", "01 c8"),
    ("0x8b", "01 c9"),
    (MSR_CODE, "32 d0"),
    (MSR_CODE, "30 d0"),
    ("0x27", "21 fa"),
    ("0x37", "23 fa"),
    (CPUID_CODE, "90"),
    (PORT_CODE, "90"),
    # The very instruction, but this firmware has no use for it.
    (RDTSC_CODE, "0f 31"),
    ("0x87", "0f 01 f9"),
    ("0x37", "0f 23 fa"),
    # A prefix that no compiler writes.
    (CPUID_CODE, "48 0f a2"),
    # MOV, but of memory that isn't the APIC, or of none.
    (DEVICE_CODE, "8b 10"),
    (DEVICE_CODE, "8b d0"),
    (DEVICE_CODE, "b6 10"),
    (DEVICE_CODE, "48 c7 c2 00 00 00 00"),
    # No exit code, or one of another kind.
    ("0x404", "90"),
    ("0x41", "90"),
]


@pytest.fixture(scope="session", name="meet")
def firmware_guest(emulate, firmware, tmp_path_factory):
    """meet(instruction, options..., ecx=VALUE) -> Run"""
    def meet(instruction, *options, ecx=0):
        kernel = tmp_path_factory.mktemp("vc") / "kernel.efi"
        kernel.write_bytes(firmware_pe.pe(assembled(instruction, ecx,
                                                    kernel.parent)))
        return emulate("--kernel", kernel, *options, firmware=firmware,
                       limit=60)
    return meet


def assembled(instruction, ecx, folder):
    spelt = ",".join(f"0x{byte}" for byte in instruction.split())
    compiler = shlex.split(os.environ.get("CC", "cc"))
    subprocess.run(
        [*compiler, "-nostdlib", "-static", "-Wl,--build-id=none",
         "-Wl,--oformat=binary", "-Wl,-e,payload_entry", "-Wl,-Ttext=0x1000",
         f"-DINSTRUCTION=.byte {spelt}", f"-DIN_ECX={ecx:#x}",
         str(ROOT / "tests" / "emu" / "firmware_vc.S"),
         "-o", str(folder / "code")], check=True)
    return (folder / "code").read_bytes()


def at_cue(code):
    return "--knob", f"vc={code}@cue1"


@pytest.mark.parametrize("instruction", sorted({CPUID, "31 d0", "8b 10"}))
def test_an_honest_host(meet, instruction):
    assert meet(instruction).last_line == WENT_ON


@pytest.mark.parametrize("code, instruction", MADE_UP)
def test_a_made_up_vc_ends_the_guest(meet, code, instruction):
    run = meet(instruction, *at_cue(code))
    assert "emu: knob: #VC" in run.log
    assert run.last_line == ENDED


@pytest.mark.parametrize("code, instruction, ecx", [
    (CPUID_CODE, CPUID, 0), (PORT_CODE, "e6 80", 0),
    (MSR_CODE, RDMSR, APIC_BASE), (MSR_CODE, RDMSR, MTRR_CAP)])
def test_a_vc_that_fits_is_answered(meet, code, instruction, ecx):
    run = meet(instruction, *at_cue(code), ecx=ecx)
    assert "emu: knob: #VC" in run.log
    assert run.last_line == WENT_ON


@pytest.mark.parametrize("instruction", [RDMSR, WRMSR])
@pytest.mark.parametrize("msr", [SEV_STATUS, GHCB, EFER, PAT, TSC])
def test_an_msr_that_is_not_the_hosts(meet, instruction, msr):
    run = meet(instruction, *at_cue(MSR_CODE), ecx=msr)
    assert "emu: knob: #VC" in run.log
    assert run.last_line == ENDED


# Before there is a kernel: within a call of the firmware's own, wherever.
@pytest.mark.parametrize("code", [RDTSC_CODE, "0x6f", CPUID_CODE, MSR_CODE,
                                  "0x81"])
@pytest.mark.parametrize("number, end", [
    (2, ENDED_EARLY), (40, ENDED), (400, ENDED)])
def test_within_the_firmwares_boot(meet, code, number, end):
    run = meet("90", "--knob", f"vc={code}@{number}")
    assert "emu: knob: #VC" in run.log
    assert run.last_line == end
