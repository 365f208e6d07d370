# SPDX-License-Identifier: Apache-2.0
"""A guest of our own (payload/), started by our own firmware: how strict the
emulator is. Each scenario is one boot; what it says is compared whole."""

import re
import subprocess
import sys
import time

import pytest
from paths import BUILD, ROOT

PAYLOAD = BUILD / "tests" / "emu" / "payload" / "snp-payload.efi"
POWERED_OFF, TERMINATED, REFUSED = 0, 1, 3
HALT = "firmware: halt: "
LIMIT_S = 60

VC = "vector=1d error={} ist=1 cpl={}"
NOT_VALIDATED = VC.format("404", 0)
GP_3 = "vector=d error=0 ist=0 cpl=3"
UD_0, UD_3 = (f"vector=6 error=0 ist=0 cpl={cpl}" for cpl in (0, 3))

# PVALIDATE: 1 wrong input, 6 wrong size; the carry says "was so already".
# RMPADJUST: 2 not permitted.
MEMORY = f"""\
validate a valid page: result=0 carry=1
rescind: result=0 carry=0
rescind twice: result=0 carry=1
read of a rescinded page: {NOT_VALIDATED}
write to a rescinded page: {NOT_VALIDATED}
validate: result=0 carry=0
validate twice: result=0 carry=1
read of a valid page: trap=0
large, of small entries: result=6 carry=0
large, off its boundary: result=1 carry=0
large, valid: result=0 carry=1
large, rescind: result=0 carry=0
read in a rescinded large page: {NOT_VALIDATED}
large, validate: result=0 carry=0
a small page of a large one: result=0 carry=0
read beside it: trap=0
large, no longer: result=6 carry=0
shared after private: kept=0
shared, written: same=1
private before validation: {NOT_VALIDATED}
validate what the host gave: result=0 carry=0
private after shared: old=0 leaked=0
RMPADJUST VMPL 1: result=0
RMPADJUST VMPL 1 to nothing: result=0
VMPL 0 reads on: trap=0
RMPADJUST VMPL 0: result=2
RMPADJUST VMPL 4: result=1
RMPADJUST VMSA: result=0
RMPADJUST large: result=6
RMPADJUST of a rescinded page: {NOT_VALIDATED}
PVALIDATE of no page: vector=e cr2=8000000000
PVALIDATE in ring 3: {GP_3}
RMPADJUST in ring 3: {GP_3}
payload: done
"""

# info1: 2 malformed, and info2 says why; 1 an exception, here #GP.
# given: 1 RAX, 2 RBX, 4 RCX, 8 RDX.
GHCB = """\
usage: info1=2 info2=2 given=0
version: info1=2 info2=2 given=0
no exit code: info1=2 info2=4 given=0
cpuid without rcx: info1=2 info2=4 given=0
cpuid d without xcr0: info1=2 info2=4 given=0
wrmsr without rdx: info1=2 info2=4 given=0
out without rax: info1=2 info2=4 given=0
no scratch: info1=2 info2=4 given=0
scratch before the buffer: info1=2 info2=3 given=0
scratch past the buffer: info1=2 info2=3 given=0
scratch elsewhere: info1=2 info2=3 given=0
msr, neither read nor write: info1=2 info2=5 given=0
out of no size: info1=2 info2=5 given=0
mmio to memory: info1=2 info2=5 given=0
unknown event: info1=2 info2=6 given=0
request off its page: info1=2 info2=5 given=0
request in its answer: info1=2 info2=5 given=0
request in a private page: info1=2 info2=5 given=0
answer to a private page: info1=2 info2=5 given=0
certificates to a private page: info1=2 info2=5 given=0
request of zeros: info1=0 info2=16 given=0
features: info1=0 info2=3 given=0
unknown msr: info1=1 info2=80000b0d given=0
known msr: info1=0 info2=0 given=9
cpuid: info1=0 info2=0 given=f
rdpmc: info1=1 info2=80000b0d given=0
wbinvd: info1=0 info2=0 given=0
write dr7: info1=0 info2=0 given=0
mmio: info1=0 info2=0 given=0
change two pages: info1=0 info2=0 next=2
change too many: info1=0 info2=100000001 next=0
change to no state: info1=0 info2=200000000 next=0
change half a page: info1=0 info2=200000000 next=0
change no memory: info1=0 info2=200000000 next=0
change a large page off its boundary: info1=0 info2=200000000 next=0
msr sev info: answer=2000133000001
msr preferred gpa: answer=fffffffffffff011
msr features: answer=3081
msr change to no state: answer=100000015
msr change no memory: answer=100000015
payload: done
"""

# Instruction: in ring 0, in ring 3. #UD is the probe's own end: nothing else
# happened. What needs ring 0 is #GP (MONITOR, MWAIT: #UD) before the host
# hears of it.
INSTRUCTIONS = {
    "cpuid": ("72", "72"), "rdmsr": ("7c", GP_3), "wrmsr": ("7c", GP_3),
    "in": ("7b", GP_3), "out": ("7b", GP_3), "rdtsc": (UD_0, UD_3),
    "rdtscp": (UD_0, UD_3), "rdpmc": ("6f", GP_3), "wbinvd": ("89", GP_3),
    "invd": ("76", GP_3), "monitor": ("8a", UD_3), "mwait": ("8b", UD_3),
    "read dr7": ("27", GP_3), "write dr7": ("37", GP_3),
    "vmmcall": ("81", "81"), "vmrun": (UD_0, GP_3), "clgi": (UD_0, GP_3),
    "read sev_status": (UD_0, GP_3),
    "write sev_status": ("vector=d error=0 ist=0 cpl=0", GP_3),
    "apic": ("400", "400"),
}
# With rdtsc-exits, and debug swap in the save area's features.
OTHERWISE = {"rdtsc": ("6e", "6e"), "rdtscp": ("6e", "6e"),
             "read dr7": (UD_0, GP_3), "write dr7": (UD_0, GP_3)}

ENDS = {
    "touch-shared-as-private":
        "refused: implicit conversion of a shared page to private",
    "touch-private-as-shared":
        "refused: implicit conversion of a private page to shared",
    "fetch-shared":
        "refused: implicit conversion of a shared page to private",
    "validate-shared":
        "refused: page instruction: the page isn't assigned",
    "share-validated":
        "refused: a page given to the host while still validated",
    # As in KVM: no answer "malformed, not registered" (1) ever comes.
    "ghcb-unregistered": "refused: a GHCB page that isn't registered",
    "ghcb-private": "refused: a GHCB page that isn't shared memory",
    "msr-unknown": "refused: an unknown request by the GHCB MSR",
    "msr-hold": "refused: AP reset hold on the only CPU",
    "terminate-msr": "guest terminated set=b code=2a",
    "terminate-event": "guest terminated set=b code=2a",
}


def said_of(instructions):
    lines = []
    for cpl, ring in enumerate(("", "ring 3")):
        lines += [ring] if ring else []
        for name, wanted in instructions.items():
            code = wanted[cpl]
            text = code if " " in code else VC.format(code, 3 * cpl)
            lines.append(f"{name}: {text}")
    return lines + ["ring 3 with IOPL 3", "in: " + VC.format("7b", 3),
                    "out: " + VC.format("7b", 3), "payload: done"]


def check(run, expected):
    assert run.console.splitlines() == expected
    assert run.status == POWERED_OFF
    assert run.last_line == "emu: end: guest powered off"


def test_memory(run_payload, qemu):
    run = run_payload("memory", qemu=qemu)
    check(run, MEMORY.splitlines())


def test_ghcb(run_payload, qemu):
    run = run_payload("ghcb", qemu=qemu)
    check(run, GHCB.splitlines())


def test_instructions(run_payload, qemu):
    run = run_payload("vc", qemu=qemu)
    check(run, said_of(INSTRUCTIONS))


def test_instructions_otherwise(run_payload, qemu):
    run = run_payload("vc", "--option", "rdtsc-exits", "--features", "0x21",
                      qemu=qemu)
    check(run, said_of({**INSTRUCTIONS, **OTHERWISE}))


@pytest.mark.parametrize("scenario", ENDS)
def test_the_run_ends(run_payload, scenario):
    """What no host can let pass, and what the guest ends itself."""
    run = run_payload(scenario)
    assert run.last_line == "emu: end: " + ENDS[scenario]
    assert run.status == (REFUSED if "refused" in ENDS[scenario]
                          else TERMINATED)
    assert "done" not in run.console


def test_an_end_has_the_guests_state(run_payload):
    log = run_payload("touch-private-as-shared").log
    assert "emu: recent #VC" in log
    assert "rip=ffffffff8" in log


def halted(path):
    """Why the firmware halted; None before it has said so to the end."""
    if not path.exists():
        return None
    text = path.read_text(encoding="ascii", errors="replace")
    found = re.search(rf"^{HALT}(.*)\n", text, re.MULTILINE)
    return found[1] if found else None


@pytest.mark.parametrize("trick, why", [
    ("kernel", "the kernel isn't the measured one"),
    ("append", "the command line isn't the measured one"),
    ("table", "no hash table was measured at launch"),
])
def test_firmware_starts_the_measured_payload_only(pki, firmware, tmp_path,
                                                   trick, why):
    """The table is the good payload's; QEMU hands over something else. The
    firmware halts for good, so the test ends the run."""
    changed = bytearray(PAYLOAD.read_bytes())
    changed[-1] ^= 1
    evil = tmp_path / "evil.efi"
    evil.write_bytes(changed)
    option = {"kernel": ["-kernel", evil], "append": ["-append", "memory"],
              "table": ["--no-hashes"]}[trick]
    said, console = tmp_path / "firmware", tmp_path / "console"
    emulator = subprocess.Popen(
        [sys.executable, ROOT / "emu" / "launch.py", "--rom",
         BUILD / "emu" / "anchorhold-emu.rom", "--psp", pki / "psp-vcek.bin",
         "--log", tmp_path / "log", "--serial", f"file:{console}",
         "--firmware", firmware, "--kernel", PAYLOAD, "--append", "off",
         "-chardev", f"file,id=fw,path={said}",
         "-device", "isa-debugcon,iobase=0x402,chardev=fw", *option])
    try:
        end = time.monotonic() + LIMIT_S
        while halted(said) is None and time.monotonic() < end:
            assert emulator.poll() is None, (tmp_path / "log").read_text()
            time.sleep(0.05)
        assert halted(said) == why
        assert console.read_bytes() == b""
    finally:
        emulator.terminate()
        emulator.wait()
