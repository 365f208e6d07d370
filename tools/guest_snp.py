# SPDX-License-Identifier: Apache-2.0
"""One guest on a host with SEV-SNP, under KVM. Made by the words of QEMU's
documentation and source; it has not been run, since no such host is at hand.
"""

import os
import pathlib
import re
import struct
import subprocess

from guest import QEMU, Guest, GuestError
from guest_emulated import FIRMWARE

NEEDED_QEMU = (9, 1)
# Debug swap off, one socket or many, SMT allowed; bit 17 must be one (AMD
# 56860, 4.3).
POLICY = 0x30000
# What every processor with SEV-SNP so far says of itself.
USUAL_C_BIT = 51
YES = ("Y", "1")


def host_has_snp(root="/"):
    """Whether this host's kernel offers SEV-SNP."""
    path = pathlib.Path(root, "sys/module/kvm_amd/parameters/sev_snp")
    try:
        on = path.read_text("ascii").strip() in YES
    except OSError:
        return False
    return on and pathlib.Path(root, "dev/sev").exists()


def qemu_version(program=QEMU):
    try:
        said = subprocess.run([program, "--version"], capture_output=True,
                              text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return 0, 0
    found = re.search(r"version (\d+)\.(\d+)", said)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def why_not(version, root="/"):
    """Why a guest can't be started with SEV-SNP here, or None."""
    if not host_has_snp(root):
        return ("this host offers no SEV-SNP (no /dev/sev, or kvm_amd's "
                "sev_snp isn't Y)")
    if version < NEEDED_QEMU:
        return ("this host has SEV-SNP, but QEMU "
                f"{version[0]}.{version[1]} can't use it: 9.1 or newer is "
                "needed")
    for name in ("dev/kvm", "dev/sev"):
        if not os.access(pathlib.Path(root, name), os.R_OK | os.W_OK):
            return f"this host has SEV-SNP, but /{name} may not be opened"
    return None


def c_bit(path="/dev/cpu/0/cpuid"):
    """CPUID Fn8000_001F_EBX[5:0] (APM volume 3, E.4.17)."""
    try:
        with open(path, "rb", buffering=0) as cpuid:
            leaf = os.pread(cpuid.fileno(), 16, 0x8000001F)
    except OSError:
        return USUAL_C_BIT
    return struct.unpack("<4I", leaf)[1] & 0x3F


class SnpGuest(Guest):
    """A confidential guest: the firmware, the image and the command line are
    measured, and the host can't read its memory."""

    firmware = FIRMWARE

    def command(self):
        launch = (f"sev-snp-guest,id=sev0,cbitpos={c_bit()},"
                  f"reduced-phys-bits=1,policy={POLICY:#x},kernel-hashes=on")
        line = [
            self.program, "-accel", "kvm", "-cpu", self.cpu, "-smp", "1",
            "-m", f"{self.memory_mib}M", "-no-reboot", "-nodefaults",
            "-no-user-config", "-display", "none",
            "-machine", "q35,confidential-guest-support=sev0,vmport=off",
            "-object", launch, "-bios", str(self.firmware),
            "-kernel", self.image, "-serial", f"file:{self.log}",
        ]
        if self.net:
            forward = f"hostfwd=tcp:127.0.0.1:{self.port}-:443"
            line += ["-netdev", f"user,id=n0,{forward}", "-device",
                     "virtio-net-pci,netdev=n0,romfile="]
        if self.append:
            line += ["-append", self.append]
        return line + self.extra

    def start(self):
        problem = why_not(qemu_version(self.program))
        if problem:
            raise GuestError(f"{problem}; --plain or --emu runs without it")
        return super().start()
