# SPDX-License-Identifier: Apache-2.0
"""abi/'s offsets and numbers against those of edk2's and Linux's headers.

Two programs print them, since the same names stand in both headers.
tests/unit/test_abi_layouts.c does the same for linux/sev-guest.h.
"""

import os
import pathlib
import shlex
import subprocess

import fetch
import firmware
import pytest
from paths import ROOT

EDK2 = fetch.CACHE / firmware.SOURCE
EDK2_TOP = "edk2-2025.02"
EDK2_FOLDERS = ("MdePkg/Include", "MdePkg/Include/X64", "OvmfPkg/Include")
EDK2_HEADERS = ("Uefi.h", "Register/Amd/Ghcb.h", "Register/Amd/SevSnpMsr.h",
                "Guid/ConfidentialComputingSevSnpBlob.h")
OUR_HEADERS = ("abi/ghcb.h", "abi/snp.h", "abi/svm.h", "abi/vmsa.h")


def offset(struct, field):
    return f"offsetof({struct}, {field})"


GHCB = [(offset("GHCB", theirs), offset("struct ghcb", ours))
        for theirs, ours in (
            ("SaveArea.Cpl", "cpl"), ("SaveArea.Rax", "rax"),
            ("SaveArea.Rcx", "rcx"), ("SaveArea.Rdx", "rdx"),
            ("SaveArea.Rbx", "rbx"), ("SaveArea.SwExitCode", "sw_exit_code"),
            ("SaveArea.SwExitInfo1", "sw_exit_info_1"),
            ("SaveArea.SwExitInfo2", "sw_exit_info_2"),
            ("SaveArea.SwScratch", "sw_scratch"), ("SaveArea.XCr0", "xcr0"),
            ("SaveArea.ValidBitmap", "valid_bitmap"),
            ("SaveArea.X87StateGpa", "x87_state_gpa"),
            ("SharedBuffer", "shared_buffer"),
            ("ProtocolVersion", "protocol_version"),
            ("GhcbUsage", "usage"))] + [("sizeof(GHCB)", "sizeof(struct ghcb)")]
VMSA = [(offset("SEV_ES_SAVE_AREA", theirs), offset("struct vmsa", ours))
        for theirs, ours in (
            ("Cs", "cs"), ("Gdtr", "gdtr"), ("Ldtr", "ldtr"),
            ("Idtr", "idtr"), ("Tr", "tr"), ("Tr.Base", "tr.base"),
            ("Vmpl", "vmpl"), ("Efer", "efer"), ("Cr4", "cr4"),
            ("Cr0", "cr0"), ("Dr7", "dr7"), ("Dr6", "dr6"),
            ("Rflags", "rflags"), ("Rip", "rip"), ("GPat", "g_pat"),
            ("SevFeatures", "sev_features"), ("XCr0", "xcr0"),
            ("Mxcsr", "mxcsr"), ("X87Fcw", "x87_fcw"))]
EDK2_NUMBERS = [
    ("GHCB_VERSION_MAX", "GHCB_PROTOCOL_VERSION"),
    ("GHCB_STANDARD_USAGE", "GHCB_USAGE_STANDARD"),
    ("SVM_EXIT_DR7_READ", "SVM_EXIT_READ_DR7"),
    ("SVM_EXIT_DR7_WRITE", "SVM_EXIT_WRITE_DR7"),
    ("SVM_EXIT_IOIO_PROT", "SVM_EXIT_IOIO"),
    ("SVM_EXIT_MMIO_READ", "GHCB_EVENT_MMIO_READ"),
    ("SVM_EXIT_MMIO_WRITE", "GHCB_EVENT_MMIO_WRITE"),
    ("SVM_EXIT_AP_RESET_HOLD", "GHCB_EVENT_AP_RESET_HOLD"),
    ("SVM_EXIT_AP_JUMP_TABLE", "GHCB_EVENT_AP_JUMP_TABLE"),
    ("SVM_EXIT_SNP_PAGE_STATE_CHANGE", "GHCB_EVENT_PAGE_STATE_CHANGE"),
    ("SVM_EXIT_SNP_AP_CREATION", "GHCB_EVENT_AP_CREATION"),
    ("SVM_EXIT_GET_APIC_IDS", "GHCB_EVENT_APIC_ID_LIST"),
    ("SVM_EXIT_HYPERVISOR_FEATURES", "GHCB_EVENT_FEATURES"),
    ("SVM_EXIT_UNSUPPORTED", "GHCB_EVENT_UNSUPPORTED"),
    ("GHCB_HV_FEATURES_SNP", "GHCB_FEATURE_SNP"),
    ("GHCB_HV_FEATURES_APIC_ID_LIST", "GHCB_FEATURE_APIC_ID_LIST"),
    ("SNP_PAGE_STATE_PRIVATE", "PAGE_STATE_PRIVATE"),
    ("SNP_PAGE_STATE_SHARED", "PAGE_STATE_SHARED"),
    ("SNP_PAGE_STATE_PSMASH", "PAGE_STATE_PSMASH"),
    ("SNP_PAGE_STATE_UNSMASH", "PAGE_STATE_UNSMASH"),
    ("SNP_PAGE_STATE_MAX_ENTRY", "PAGE_STATE_ENTRIES_MAX"),
    ("sizeof(SNP_PAGE_STATE_HEADER)", "sizeof(struct page_state_header)"),
    ("MSR_SEV_STATUS", "MSR_SEV_STATUS"),
    ("MSR_SEV_ES_GHCB", "MSR_GHCB"),
    ("GHCB_INFO_SEV_INFO", "GHCB_MSR_SEV_INFO"),
    ("GHCB_INFO_SEV_INFO_GET", "GHCB_MSR_SEV_INFO_REQUEST"),
    ("GHCB_INFO_CPUID_REQUEST", "GHCB_MSR_CPUID_REQUEST"),
    ("GHCB_INFO_CPUID_RESPONSE", "GHCB_MSR_CPUID_RESPONSE"),
    ("GHCB_INFO_GHCB_GPA_REGISTER_REQUEST", "GHCB_MSR_REGISTER_GPA_REQUEST"),
    ("GHCB_INFO_GHCB_GPA_REGISTER_RESPONSE",
     "GHCB_MSR_REGISTER_GPA_RESPONSE"),
    ("GHCB_INFO_SNP_PAGE_STATE_CHANGE_REQUEST", "GHCB_MSR_PAGE_STATE_REQUEST"),
    ("GHCB_INFO_SNP_PAGE_STATE_CHANGE_RESPONSE",
     "GHCB_MSR_PAGE_STATE_RESPONSE"),
    ("GHCB_HYPERVISOR_FEATURES_REQUEST", "GHCB_MSR_FEATURES_REQUEST"),
    ("GHCB_HYPERVISOR_FEATURES_RESPONSE", "GHCB_MSR_FEATURES_RESPONSE"),
    ("GHCB_INFO_TERMINATE_REQUEST", "GHCB_MSR_TERMINATE"),
]
SAME_EXITS = ("RDTSC", "RDPMC", "CPUID", "INVD", "MSR", "VMMCALL", "RDTSCP",
              "WBINVD", "MONITOR", "MWAIT", "NPF")
LINUX = [
    ("SVM_VMGEXIT_MMIO_READ", "GHCB_EVENT_MMIO_READ"),
    ("SVM_VMGEXIT_MMIO_WRITE", "GHCB_EVENT_MMIO_WRITE"),
    ("SVM_VMGEXIT_NMI_COMPLETE", "GHCB_EVENT_NMI_COMPLETE"),
    ("SVM_VMGEXIT_AP_HLT_LOOP", "GHCB_EVENT_AP_RESET_HOLD"),
    ("SVM_VMGEXIT_AP_JUMP_TABLE", "GHCB_EVENT_AP_JUMP_TABLE"),
    ("SVM_VMGEXIT_PSC", "GHCB_EVENT_PAGE_STATE_CHANGE"),
    ("SVM_VMGEXIT_GUEST_REQUEST", "GHCB_EVENT_GUEST_REQUEST"),
    ("SVM_VMGEXIT_EXT_GUEST_REQUEST", "GHCB_EVENT_EXTENDED_GUEST_REQUEST"),
    ("SVM_VMGEXIT_AP_CREATION", "GHCB_EVENT_AP_CREATION"),
    ("SVM_VMGEXIT_HV_FEATURES", "GHCB_EVENT_FEATURES"),
    ("SVM_VMGEXIT_TERM_REQUEST", "GHCB_EVENT_TERMINATE"),
    ("SVM_VMGEXIT_UNSUPPORTED_EVENT", "GHCB_EVENT_UNSUPPORTED"),
    ("SVM_EXIT_READ_DR7", "SVM_EXIT_READ_DR7"),
    ("SVM_EXIT_WRITE_DR7", "SVM_EXIT_WRITE_DR7"),
    ("SVM_EXIT_IOIO", "SVM_EXIT_IOIO"),
    ("SVM_EXIT_SHUTDOWN", "SVM_EXIT_SHUTDOWN"),
] + [(f"SVM_EXIT_{name}", f"SVM_EXIT_{name}") for name in SAME_EXITS]


def numbers(headers, folders, expressions, folder):
    """What each expression comes to with these headers."""
    source = folder / "probe.c"
    program = folder / "probe"
    lines = [f"#include <{header}>" for header in headers]
    lines += ["#include <stddef.h>", "int printf(const char *, ...);",
              "int main(void) {"]
    lines += [f'printf("%llu\\n", (unsigned long long)({expression}));'
              for expression in expressions]
    source.write_text("\n".join(lines + ["return 0; }"]), encoding="utf-8")
    done = subprocess.run(
        [*shlex.split(os.environ.get("CC", "cc")), "-std=gnu2x", "-w",
         "-fshort-wchar", *[f"-I{path}" for path in folders], source, "-o",
         program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    said = subprocess.run([program], capture_output=True, text=True,
                          check=True).stdout
    return [int(line) for line in said.split()]


def assert_same(headers, folders, pairs, folder):
    theirs = numbers(headers, folders, [pair[0] for pair in pairs], folder)
    ours = numbers(OUR_HEADERS, [ROOT], [pair[1] for pair in pairs], folder)
    assert len(ours) == len(theirs) == len(pairs)
    wrong = [f"{pair[0]} = {a:#x}, but {pair[1]} = {b:#x}"
             for pair, a, b in zip(pairs, theirs, ours) if a != b]
    assert not wrong, "\n".join(wrong)


@pytest.fixture(scope="session", name="edk2")
def edk2_fixture(tmp_path_factory):
    """The folders of edk2's headers, from the archive that is built from."""
    if not EDK2.exists():
        pytest.skip("edk2's source isn't in subprojects/packagecache: the "
                    "firmware was never built here")
    place = tmp_path_factory.mktemp("edk2") / "source"
    firmware.unpack(EDK2, EDK2_TOP, place, ("MdePkg", "OvmfPkg"))
    return [place / name for name in EDK2_FOLDERS]


@pytest.mark.parametrize("pairs", [
    GHCB, VMSA,
    EDK2_NUMBERS + [(f"SVM_EXIT_{name}", f"SVM_EXIT_{name}")
                    for name in SAME_EXITS]], ids=["ghcb", "vmsa", "numbers"])
def test_edk2_agrees(pairs, edk2, tmp_path):
    assert_same(EDK2_HEADERS, edk2, pairs, tmp_path)


def test_linux_agrees(tmp_path):
    found = [path for path in (
        pathlib.Path("/usr/include/x86_64-linux-gnu/asm/svm.h"),
        pathlib.Path("/usr/include/asm/svm.h")) if path.exists()]
    if not found:
        pytest.skip("asm/svm.h isn't installed (linux-libc-dev)")
    assert_same(["asm/svm.h"], [], LINUX, tmp_path)
