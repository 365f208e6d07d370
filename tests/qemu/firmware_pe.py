# SPDX-License-Identifier: Apache-2.0
"""Makes what the firmware's tests boot: small PE images, an option ROM, the
hash table that a measured launch would put into memory."""

import hashlib
import os
import pathlib
import shlex
import struct
import subprocess
import uuid

from paths import ROOT

HERE = pathlib.Path(__file__).resolve().parent
PAGE = 4096
FILE_ALIGN = 512
APPLICATION = 10
BOOT_SERVICE_DRIVER = 11
NAME_FIELD = b"NAME____________"
LINKER_SCRIPT = """
ENTRY(payload_entry)
SECTIONS {
	. = 0x1000;
	.all : { *(.text.payload_entry) *(.text*) *(.rodata*) *(.data*) }
	.bss : { *(.bss*) }
	ASSERT(SIZEOF(.bss) == 0, "no zeroed data")
	/DISCARD/ : { *(*) }
}
"""
TABLE = "9438d606-4f22-4cc9-b479-a793d411fd21"
HASHES = {
    "cmdline": "97d02dd8-bd20-4c94-aa78-e7714d36ab2a",
    "initrd": "44baf731-3a2f-4bd7-9af1-41e29169781d",
    "kernel": "4de79437-abd2-427f-b835-d5b172d2045b",
}


def payload_code(folder):
    """The payload as flat bytes that run at any address."""
    script = folder / "payload.ld"
    script.write_text(LINKER_SCRIPT, encoding="ascii")
    output = folder / "payload.bin"
    compiler = shlex.split(os.environ.get("CC", "cc"))
    subprocess.run(
        [*compiler, "-std=c2x", "-Wall", "-Wextra", "-Werror", "-O2",
         "-ffreestanding", "-fPIC", "-mno-red-zone", "-fcf-protection=none",
         "-fno-stack-protector", "-fno-asynchronous-unwind-tables",
         "-ffunction-sections", "-mgeneral-regs-only", "-nostdlib", "-static",
         f"-I{ROOT}", "-Wl,--build-id=none", "-Wl,--oformat=binary",
         f"-Wl,-T,{script}", str(HERE / "firmware_payload.c"),
         "-o", str(output)], check=True)
    return output.read_bytes()


def pad(data, size, fill=b"\0"):
    return data + fill * (-len(data) % size)


def pe(code, subsystem=APPLICATION):
    """A PE32+ with one section, at 0x1000, entered at its first byte."""
    image_bytes = PAGE + len(pad(code, PAGE))
    raw = pad(code, FILE_ALIGN)
    directories = b"\0" * (16 * 8)
    optional = struct.pack(
        "<HBBIIIIIQIIHHHHHHIIIIHHQQQQII", 0x20b, 0, 0, len(raw), 0, 0, PAGE,
        PAGE, 0x400000, PAGE, FILE_ALIGN, 0, 0, 0, 0, 0, 0, 0, image_bytes,
        FILE_ALIGN, 0, subsystem, 0, 0, 0, 0, 0, 0, 16) + directories
    # No relocations stripped (0x22: executable, large addresses).
    coff = struct.pack("<HHIIIHH", 0x8664, 1, 0, 0, 0, len(optional), 0x22)
    section = struct.pack("<8sIIIIIIHHI", b".all", len(code), PAGE, len(raw),
                          FILE_ALIGN, 0, 0, 0, 0, 0xe0000020)
    dos = b"MZ" + b"\0" * 58 + struct.pack("<I", 64)
    head = dos + b"PE\0\0" + coff + optional + section
    # QEMU takes a byte that isn't 0 at 0x1f1 for Linux' setup sectors, and
    # five sectors it must have in any case.
    assert len(head) <= 0x1f1
    return pad(pad(head, FILE_ALIGN) + raw, PAGE)


def named(code, name):
    """The payload's code with its name written in."""
    field = name.encode("ascii").ljust(len(NAME_FIELD), b"\0")
    assert code.count(NAME_FIELD) == 1 and len(field) == len(NAME_FIELD)
    return code.replace(NAME_FIELD, field)


def option_rom(image, vendor=0x8086, device=0x10d3):
    """A PCI ROM with one EFI image (PCI firmware 3.0, 5.1; UEFI 14.4.2.1)."""
    header_bytes = 0x38
    blocks = len(pad(b"\0" * header_bytes + image, 512)) // 512
    header = struct.pack("<HHIHHH8xHH", 0xaa55, blocks, 0x0ef1,
                         BOOT_SERVICE_DRIVER, 0x8664, 0, header_bytes, 0x1c)
    pcir = struct.pack("<4sHHHHB3sHHBBH", b"PCIR", vendor, device, 0, 0x18, 0,
                       b"\0\0\2", blocks, 0, 3, 0x80, 0)
    rom = header.ljust(0x1c, b"\0") + pcir
    return pad(rom.ljust(header_bytes, b"\0") + image, 512, b"\xff")


def entry(guid, data):
    return uuid.UUID(guid).bytes_le + struct.pack("<H", 18 + len(data)) + data


def hash_table(kernel, append="", initrd=b"",
               order=("cmdline", "initrd", "kernel")):
    """What QEMU's sev_add_kernel_loader_hashes() puts into memory."""
    blobs = {"cmdline": append.encode("ascii") + b"\0", "initrd": initrd,
             "kernel": kernel}
    entries = [entry(HASHES[name], hashlib.sha256(blobs[name]).digest())
               for name in order]
    return entry(TABLE, b"".join(entries)).ljust(0x400, b"\0")
