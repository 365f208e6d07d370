# SPDX-License-Identifier: Apache-2.0
"""Our firmware under plain QEMU, with the hash table put where a measured
launch puts it: it starts the measured kernel with the measured command line,
and nothing else, whatever the machine holds.

What tricks a firmware is tried on Debian's OVMF too, where that falls for it:
so a test here can't pass because its trick is broken.
"""

import pathlib
import random
import subprocess
import sys

import pytest

import firmware_pe
from firmware_machine import boot
from guest import FIRMWARE as STOCK
from paths import ROOT, image

STARTED = "firmware: starting the measured kernel"
LIMIT_S = 30
APPEND = "one two"
# OVMF looks at fw_cfg's names when it has been told to: these would do
# something in one or the other of its modules.
TELLING_NAMES = (
    "etc/hardware-info", "etc/reserved-memory-end",
    "etc/msr_feature_control", "etc/fdt", "etc/boot/initrd",
    "opt/ovmf/X-PciMmio64Mb", "opt/ovmf/PcdSetNxForStack",
    "opt/org.tianocode/PagingLevel", "opt/org.tianocode/sp800155evt/0",
    "opt/org.tianocore/X-Cpuhp-Bugcheck-Override",
    "opt/org.tianocore/FirmwareSetupSupport",
    "opt/org.tianocore/EnableLegacyLoader", "opt/org.anchorhold/net")


@pytest.fixture(scope="session", name="code")
def payload_code(tmp_path_factory):
    return firmware_pe.payload_code(tmp_path_factory.mktemp("payload"))


@pytest.fixture(scope="session", name="kernel")
def good_kernel(code):
    return firmware_pe.pe(firmware_pe.named(code, "kernel"))


@pytest.fixture(scope="session", name="evil")
def evil_kernel(code):
    return firmware_pe.pe(firmware_pe.named(code, "evil"))


@pytest.fixture(scope="session", name="tricks")
def hostile_things(code, evil, tmp_path_factory):
    """QEMU's options for each thing that a host may add to the machine."""
    folder = tmp_path_factory.mktemp("tricks")
    (folder / "evil.efi").write_bytes(evil)
    loader = folder / "esp" / "EFI" / "BOOT"
    loader.mkdir(parents=True)
    (loader / "BOOTX64.EFI").write_bytes(evil)
    (folder / "evil.rom").write_bytes(firmware_pe.option_rom(firmware_pe.pe(
        firmware_pe.named(code, "evil"), firmware_pe.BOOT_SERVICE_DRIVER)))
    disk = ["-drive", f"if=none,id=esp,format=raw,file=fat:rw:{folder}/esp"]
    ours = f"file={folder}/evil.efi"
    return {
        "shim": ["-fw_cfg", f"name=etc/boot/shim,{ours}"],
        "named kernel": ["-fw_cfg", f"name=etc/boot/kernel,{ours}"],
        "option ROM": ["-device", f"e1000e,romfile={folder}/evil.rom"],
        "virtio disk": disk + ["-device", "virtio-blk-pci,drive=esp,"
                               "bootindex=1"],
        "SATA disk": disk + ["-device", "ide-hd,drive=esp,bootindex=1"],
        "NVMe disk": disk + ["-device", "nvme,drive=esp,serial=1,"
                             "bootindex=1"],
        "USB disk": disk + ["-device", "qemu-xhci", "-device",
                            "usb-storage,drive=esp,bootindex=1"],
        "fw_cfg directory": random_directory(folder),
    }


def random_directory(folder):
    """Options for files of names that mean something, and of none."""
    pick = random.Random(1)
    names = list(TELLING_NAMES) + [
        f"opt/org.example/{pick.getrandbits(64):x}" for _ in range(100)]
    options = ["-global", "fw_cfg_io.x-file-slots=256"]
    for number, name in enumerate(names):
        path = folder / f"item{number}"
        path.write_bytes(pick.randbytes(pick.choice((1, 8, 20, 4096))))
        options += ["-fw_cfg", f"name={name},file={path}"]
    return options


TRICKS = ("shim", "named kernel", "option ROM", "virtio disk", "SATA disk",
          "NVMe disk", "USB disk", "fw_cfg directory")
# Debian 12's OVMF knows no names below etc/boot.
STOCK_FALLS_FOR = ("option ROM", "virtio disk", "SATA disk", "NVMe disk",
                   "USB disk")


def starts(run, append):
    """Whether the kernel ran, alone, and was told just the command line."""
    return (run.payloads == ["kernel"] and run.halts == [] and
            STARTED in run.debug and
            f"payload kernel options=[{append}] tables=[]" in run.serial)


@pytest.mark.parametrize("append", ["", APPEND, "x" * 2000])
def test_the_measured_kernel_starts(firmware, kernel, append):
    table = firmware_pe.hash_table(kernel, append)
    assert starts(boot(firmware, kernel, table, append), append)


def test_our_image_starts(firmware):
    kernel = image("hello").read_bytes()
    run = boot(firmware, kernel, firmware_pe.hash_table(kernel),
               extra=["-device", "virtio-net-pci,netdev=n0,romfile=",
                      "-netdev", "user,id=n0"], until="\nready\n")
    assert "\nready\n" in run.serial and run.halts == []


@pytest.mark.parametrize("length", range(60, 66))
def test_any_length_is_hashed(firmware, kernel, length):
    kernel += b"\0" * length
    table = firmware_pe.hash_table(kernel)
    assert starts(boot(firmware, kernel, table), "")


@pytest.mark.parametrize("options", [
    {"memory": "64M"}, {"memory": "128M"}, {"memory": "3G"}, {"memory": "6G"},
    {"extra": ["-smp", "2"]}, {"extra": ["-cpu", "qemu64"]},
    {"extra": ["-cpu", "max"]}, {"machine": "q35,smm=off,vmport=off"},
    {"extra": ["-global", "ICH9-LPC.disable_s3=1"]}])
def test_machines(firmware, kernel, options):
    table = firmware_pe.hash_table(kernel, APPEND)
    assert starts(boot(firmware, kernel, table, APPEND, **options), APPEND)


def test_the_order_of_hashes_is_free(firmware, kernel):
    table = firmware_pe.hash_table(kernel,
                                   order=("kernel", "cmdline", "initrd"))
    assert starts(boot(firmware, kernel, table), "")


def malformed_tables(kernel):
    good = firmware_pe.hash_table(kernel)
    twice = firmware_pe.hash_table(kernel, order=("kernel",) * 3)
    two = firmware_pe.hash_table(kernel, order=("kernel", "cmdline"))
    yield good[:16] + b"\xff\xff" + good[18:]
    yield good[:16] + b"\0\0" + good[18:]
    yield good[:34] + b"\xff\xff" + good[36:]
    yield good[:18] + b"\0" * 16 + good[34:]
    yield twice
    yield two


@pytest.mark.parametrize("number", range(6))
def test_a_malformed_table_starts_nothing(firmware, kernel, number):
    table = list(malformed_tables(kernel))[number]
    run = boot(firmware, kernel, table)
    assert run.payloads == []
    assert run.halts == ["the hash table is malformed"]


def refused(firmware, **options):
    run = boot(firmware, **options)
    assert run.payloads == [] and STARTED not in run.debug
    assert len(run.halts) == 1
    return run.halts[0]


def test_another_kernel(firmware, kernel, evil):
    table = firmware_pe.hash_table(kernel)
    for other in (evil, kernel + b"\0", kernel[:-1]):
        assert refused(firmware, kernel=other, table=table) == \
            "the kernel isn't the measured one"
    assert boot(STOCK, evil, table).payloads == ["evil"]


def test_another_command_line(firmware, kernel):
    table = firmware_pe.hash_table(kernel, APPEND)
    for other in (None, APPEND + " ", "one"):
        assert refused(firmware, kernel=kernel, table=table, append=other) == \
            "the command line isn't the measured one"
    assert boot(STOCK, kernel, table, "one").payloads == ["kernel"]


def test_no_table(firmware, kernel):
    why = "no hash table was measured at launch"
    assert refused(firmware, kernel=kernel) == why
    assert refused(firmware, kernel=kernel, table=b"\0" * 0x400) == why
    assert refused(firmware) == why
    assert boot(STOCK, kernel).payloads == ["kernel"]


def test_no_kernel(firmware, kernel):
    assert refused(firmware, table=firmware_pe.hash_table(kernel)) == \
        "no kernel, or one too big"


def test_a_measured_initrd(firmware, kernel):
    table = firmware_pe.hash_table(kernel, initrd=b"initrd")
    assert refused(firmware, kernel=kernel, table=table) == \
        "an initrd was measured; this firmware takes none"


def test_a_measured_kernel_that_is_no_pe(firmware):
    noise = random.Random(2).randbytes(0x1f1) + b"\0" * 8000
    table = firmware_pe.hash_table(noise)
    assert refused(firmware, kernel=noise, table=table) == \
        "the kernel isn't a PE that can be loaded"


def test_another_machine(firmware, kernel):
    table = firmware_pe.hash_table(kernel)
    assert refused(firmware, kernel=kernel, table=table, machine="pc") == \
        "an assertion failed"


def test_too_little_memory(firmware, kernel):
    table = firmware_pe.hash_table(kernel)
    assert refused(firmware, kernel=kernel, table=table, memory="32M") == \
        "the memory map isn't sane"


@pytest.mark.parametrize("trick", TRICKS)
def test_a_trick_changes_nothing(firmware, kernel, tricks, trick):
    table = firmware_pe.hash_table(kernel, APPEND)
    run = boot(firmware, kernel, table, APPEND, extra=tricks[trick])
    assert starts(run, APPEND)


@pytest.mark.parametrize("trick", TRICKS)
def test_a_trick_starts_nothing(firmware, kernel, tricks, trick):
    assert refused(firmware, extra=tricks[trick]) == \
        "no hash table was measured at launch"
    assert refused(firmware, extra=tricks[trick],
                   table=firmware_pe.hash_table(kernel)) == \
        "no kernel, or one too big"


@pytest.mark.parametrize("trick", STOCK_FALLS_FOR)
def test_stock_firmware_falls_for_it(tricks, trick):
    run = boot(STOCK, extra=tricks[trick], limit_s=LIMIT_S)
    assert run.payloads == ["evil"]


@pytest.mark.slow
def test_every_tree_builds_the_same(firmware, tmp_path):
    """From another, longer path, with a cache of its own."""
    tree = pathlib.Path(tmp_path, "a", "longer", "path", "to", "the", "tree")
    (tree / "boot").mkdir(parents=True)
    (tree / "tools").mkdir()
    (tree / "boot" / "ovmf").symlink_to(ROOT / "boot" / "ovmf")
    for name in ("fetch.py", "firmware.py"):
        (tree / "tools" / name).write_bytes(
            (ROOT / "tools" / name).read_bytes())
    (tree / "subprojects").mkdir()
    (tree / "subprojects" / "packagecache").symlink_to(
        ROOT / "subprojects" / "packagecache")
    out = tmp_path / "again.fd"
    subprocess.run([sys.executable, tree / "tools" / "firmware.py", out],
                   check=True, env={"PATH": "/usr/bin:/bin"})
    assert out.read_bytes() == firmware.read_bytes()
