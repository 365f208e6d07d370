# SPDX-License-Identifier: Apache-2.0
"""`emu`: any SEV-SNP guest under the emulator, on an unmodified QEMU."""

import argparse
import ctypes
import hashlib
import os
import pathlib
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import uuid

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import psp_input

# emu/layout.h and emu/params.h: change both sides together.
PARAMS = 0x101000000
HASH_TABLE = 0x101001000
PSP_INPUT = 0x101010000
PSP_INPUT_BYTES = 0xf0000
FIRMWARE = 0x102000000
MAGIC = 0x41554D45
VERSION = 1
PARAMS_FORMAT = "<IIQQQIIIIIIQII"
MODELS = {"milan": 0, "genoa": 1, "turin": 2}
TRACES = {"vc": 1, "events": 2, "pages": 4, "stats": 8, "messages": 16}
OPTIONS = {"strict": 1, "hide-x2apic": 2, "hide-cx16": 4, "rdtsc-exits": 8}
DIMM_MIB = 256  # the emulator's own, below the guest's private frames
KNOBS = {
    # name: kind, how many values; emu/knobs.h says what they mean
    "cpuid": (1, 3), "page-state-refuse": (2, 1), "page-state-lie": (3, 1),
    "answer-corrupt": (4, 2), "answer-replay": (5, 0),
    "answer-swallow": (6, 0), "answer-error": (7, 1), "busy": (8, 1),
    "watch-answer": (9, 3), "event-answer": (10, 3), "interrupt": (11, 1),
    "exception": (12, 2), "vc": (13, 1), "remap": (14, 1),
    "no-interrupts": (15, 0), "watch": (16, 3), "dump": (17, 2),
    "throttle": (18, 1),
}
KNOB_BYTES = 1024
KNOB_AT_CUE = 0x80000000
EXIT_STATUS = {3: 0, 5: 1, 7: 3, 9: 4, 11: 5}  # emu/die.h

PR_SET_PDEATHSIG = 1

HASH_TABLE_GUID = "9438d606-4f22-4cc9-b479-a793d411fd21"
COMMAND_LINE_GUID = "97d02dd8-bd20-4c94-aa78-e7714d36ab2a"
INITRD_GUID = "44baf731-3a2f-4bd7-9af1-41e29169781d"
KERNEL_GUID = "4de79437-abd2-427f-b835-d5b172d2045b"


def number(text):
    return int(text, 0)


def psp_field(text):
    try:
        return psp_input.parse(text)
    except ValueError as why:
        raise argparse.ArgumentTypeError(str(why)) from why


def arguments(argv):
    parser = argparse.ArgumentParser(
        prog="./anchorhold emu --", allow_abbrev=False,
        description="Boots a guest under the SEV-SNP emulator. What it "
                    "doesn't know goes to QEMU as it is. Nothing here is "
                    "real: every report says EMULATED by its roots.")
    parser.add_argument("--firmware", required=True, metavar="FILE",
                        help="an OVMF with SNP metadata")
    parser.add_argument("--kernel", metavar="FILE")
    parser.add_argument("--initrd", metavar="FILE")
    parser.add_argument("--append", default="", metavar="LINE")
    parser.add_argument("--cpu-model", choices=MODELS, default="milan")
    parser.add_argument("--memory", type=int, default=512, metavar="MIB")
    parser.add_argument("--smp-measured", type=int, default=1, metavar="N",
                        help="save areas in the launch digest (default: 1); "
                             "one CPU runs")
    parser.add_argument("--features", type=number, default=1, metavar="BITS",
                        help="SEV_FEATURES of the save area (default: 1)")
    parser.add_argument("--vmpl", type=int, default=0, choices=range(4))
    parser.add_argument("--vcpu-signature", type=number, default=0,
                        metavar="EAX", help="default: the CPU model's")
    parser.add_argument("--trace", default="stats,messages",
                        metavar="LIST",
                        help="of " + ", ".join(TRACES) + "; or none, or all")
    parser.add_argument("--option", action="append", default=[],
                        choices=OPTIONS)
    parser.add_argument("--no-hashes", action="store_true",
                        help="no hash table, even with --kernel")
    parser.add_argument("--hash-raw-kernel", action="store_true",
                        help="for a firmware that reads a Linux kernel as it "
                             "is (etc/boot/kernel, from QEMU 10 on)")
    parser.add_argument("--psp", metavar="FILE",
                        default=os.environ.get("ANCHORHOLD_EMU_PSP"),
                        help="the secure processor's input: platform, keys, "
                             "policy, certificate table")
    parser.add_argument("--psp-set", action="append", default=[],
                        metavar="FIELD=VALUE", type=psp_field,
                        help="changes a field of that: "
                             + ", ".join(psp_input.FIELDS))
    parser.add_argument("--certificates", metavar="FILE",
                        help="a certificate table in place of that one's; an "
                             "empty file: the host has none")
    parser.add_argument("--knob", action="append", default=[],
                        metavar="NAME=A,B,C@N",
                        help="an evil host; see emu/README.md")
    parser.add_argument("--rom", metavar="FILE",
                        default=os.environ.get("ANCHORHOLD_EMU_ROM"))
    parser.add_argument("--qemu",
                        default=os.environ.get("ANCHORHOLD_QEMU",
                                               "qemu-system-x86_64"),
                        metavar="COMMAND")
    parser.add_argument("--log", metavar="FILE",
                        help="the emulator's lines (default: standard error)")
    parser.add_argument("--serial", default="stdio", metavar="DEVICE",
                        help="QEMU's chardev for the guest's console")
    chosen, chosen.rest = parser.parse_known_args(argv)
    for option in ("rom", "psp"):
        if getattr(chosen, option) is None:
            parser.error(f"--{option} is needed")
    return chosen


def qemu_version(command):
    text = subprocess.run([*command, "--version"], capture_output=True,
                          text=True, check=True).stdout
    found = re.search(r"version (\d+)\.(\d+)", text)
    if found is None:
        raise SystemExit("emu: can't tell the version of " + command[0])
    version = int(found[1]), int(found[2])
    if version < (7, 2):
        raise SystemExit("emu: needs QEMU 7.2 or newer")
    return version


def hash_entry(guid, sha256):
    return uuid.UUID(guid).bytes_le + struct.pack("<H", 50) + sha256


def is_linux(kernel):
    return kernel[0x202:0x206] == b"HdrS"


def patched_linux(kernel):
    """A Linux kernel as QEMU hands it to a guest that isn't a real SEV one:
    with fields of its header filled in (hw/i386/x86-common.c)."""
    patched = bytearray(kernel)
    patched[0x210] = 0xb0  # the loader is QEMU
    patched[0x211] |= 0x80  # there is a heap
    struct.pack_into("<H", patched, 0x224, 0xfe00)  # where the heap ends
    struct.pack_into("<I", patched, 0x228, 0x20000)  # the command line
    return bytes(patched)


def hashed_kernel(chosen):
    """The kernel's bytes as the firmware will read them."""
    kernel = pathlib.Path(chosen.kernel).read_bytes()
    if chosen.hash_raw_kernel or not is_linux(kernel):
        return kernel
    if chosen.initrd:
        raise SystemExit("emu: QEMU writes the initrd's address into a Linux "
                         "kernel's header, so no hash of that fits: "
                         "--hash-raw-kernel or --no-hashes")
    return patched_linux(kernel)


def hash_table(chosen):
    """The table as QEMU's sev.c makes it; abi/launch.h has the layout."""
    kernel = hashed_kernel(chosen)
    initrd = pathlib.Path(chosen.initrd).read_bytes() if chosen.initrd else b""
    line = chosen.append.encode() + b"\0"
    entries = b"".join(
        hash_entry(guid, hashlib.sha256(data).digest())
        for guid, data in ((COMMAND_LINE_GUID, line), (INITRD_GUID, initrd),
                           (KERNEL_GUID, kernel)))
    table = (uuid.UUID(HASH_TABLE_GUID).bytes_le
             + struct.pack("<H", 18 + len(entries)) + entries)
    return table.ljust(176, b"\0")


def trace_bits(text):
    if text == "none":
        return 0
    if text == "all":
        return sum(TRACES.values())
    return sum(TRACES[name] for name in text.split(","))


def knob(text):
    """NAME[=A,B,C][@N or @cueN] as struct knob of emu/knobs.h."""
    found = re.fullmatch(r"([a-z-]+)(?:=([^@]*))?(?:@(cue)?(\w+))?", text)
    if found is None or found[1] not in KNOBS:
        raise SystemExit(f"emu: no such knob: {text}; there are: "
                         + ", ".join(KNOBS))
    kind, count = KNOBS[found[1]]
    values = [number(word) for word in (found[2] or "").split(",") if word]
    if len(values) > count:
        raise SystemExit(f"emu: {found[1]} takes {count} values")
    values += [0] * (3 - len(values))
    at = number(found[4] or "0") | (KNOB_AT_CUE if found[3] else 0)
    return struct.pack("<IIQQQ", kind, at, *values)


def knobs(texts):
    made = b"".join(knob(text) for text in texts)
    if len(made) > KNOB_BYTES:
        raise SystemExit("emu: too many knobs")
    return made


def tsc_khz():
    """TCG's TSC is the host's."""
    found = re.search(r"^cpu MHz\s*:\s*([0-9.]+)",
                      pathlib.Path("/proc/cpuinfo").read_text("ascii"),
                      re.MULTILINE)
    return int(float(found[1]) * 1000) if found else 0


def params(chosen, version, has_table):
    options = sum(OPTIONS[name] for name in set(chosen.option))
    if version < (8, 0):
        options |= OPTIONS["hide-cx16"]
    size = pathlib.Path(chosen.firmware).stat().st_size
    return struct.pack(
        PARAMS_FORMAT, MAGIC, VERSION, chosen.memory << 20, size,
        chosen.features, MODELS[chosen.cpu_model], chosen.smp_measured,
        trace_bits(chosen.trace), options, has_table, chosen.vmpl, tsc_khz(),
        chosen.vcpu_signature, 0) + knobs(chosen.knob)


def psp(chosen):
    """The secure processor's input, with keys of this run's own."""
    blob = pathlib.Path(chosen.psp).read_bytes()
    try:
        if chosen.certificates is not None:
            table = pathlib.Path(chosen.certificates).read_bytes()
            blob = psp_input.with_certificates(blob, table)
        blob = psp_input.for_run(blob, **dict(chosen.psp_set))
    except (ValueError, struct.error) as why:
        raise SystemExit(f"emu: {why}") from why
    if len(blob) > PSP_INPUT_BYTES:
        raise SystemExit("emu: too many certificates")
    return blob


def loader(path, address):
    return ["-device", f"loader,file={path},addr={address:#x},force-raw=on"]


def inputs(chosen, version, folder):
    """Files for the emulator, and the arguments that load them."""
    has_table = chosen.kernel is not None and not chosen.no_hashes
    given = [(PARAMS, params(chosen, version, has_table)),
             (PSP_INPUT, psp(chosen))]
    if has_table:
        given.append((HASH_TABLE, hash_table(chosen)))
    made = loader(chosen.firmware, FIRMWARE)
    for index, (address, data) in enumerate(given):
        path = folder / str(index)
        path.write_bytes(data)
        made += loader(path, address)
    return made


def command_line(chosen, qemu, version, folder):
    size = DIMM_MIB + chosen.memory
    line = [
        *qemu, "-accel", "tcg", "-cpu", "max,phys-bits=52",
        "-machine", "q35,smm=off,vmport=off", "-smp", "1",
        "-m", f"{chosen.memory}M,slots=1,maxmem=8G",
        "-object", f"memory-backend-ram,id=l1,size={size}M",
        "-device", "pc-dimm,memdev=l1",
        "-bios", chosen.rom, "-nodefaults", "-display", "none",
        "-no-reboot", "-serial", chosen.serial,
        "-chardev", f"file,id=l1,path={folder / 'log'}",
        "-device", "isa-debugcon,iobase=0xe9,chardev=l1",
        "-device", "isa-debug-exit,iobase=0xf4,iosize=4",
        *inputs(chosen, version, folder),
    ]
    for option in ("kernel", "initrd"):
        if getattr(chosen, option):
            line += ["-" + option, getattr(chosen, option)]
    if chosen.append:
        line += ["-append", chosen.append]
    return line + [word for word in chosen.rest if word != "--"]


def follow(path, out, done):
    """Copies the emulator's lines as they come; keeps the last."""
    last = rest = ""
    with open(path, encoding="ascii", errors="replace") as log:
        ended = False
        while not ended:
            ended = done.wait(0.05)
            text = log.read()
            out.write(text)
            out.flush()
            # The last line may be half written yet.
            *whole, rest = (rest + text).split("\n")
            last = next(filter(None, reversed(whole)), last)
    return rest or last


def die_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def run(chosen):
    qemu = chosen.qemu.split()
    version = qemu_version(qemu)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="anchorhold-emu-"))
    log = folder / "log"
    log.touch()
    out = open(chosen.log, "w", encoding="ascii") if chosen.log else sys.stderr
    done = threading.Event()
    last = []
    follower = threading.Thread(
        target=lambda: last.append(follow(log, out, done)))
    try:
        follower.start()
        status = subprocess.call(
            command_line(chosen, qemu, version, folder),
            preexec_fn=die_with_parent)
    except KeyboardInterrupt:
        status = 130
    finally:
        done.set()
        follower.join()
        shutil.rmtree(folder)
    if not last[0].startswith("emu: end"):
        last[0] = f"emu: end: QEMU ended with status {status}"
        print(last[0], file=out)
    if out is not sys.stderr:
        print(last[0], file=sys.stderr)
    return EXIT_STATUS.get(status, 2)


def main():
    try:
        return run(arguments(sys.argv[1:]))
    except OSError as why:
        raise SystemExit(f"emu: {why}") from why


if __name__ == "__main__":
    sys.exit(main())
