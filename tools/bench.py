# SPDX-License-Identifier: Apache-2.0
"""`bench`: what the image costs, and, beside a small Linux guest that does the
same job, whether it is where it shall be.

The targets are measured turn about, one boot after the other, so that a noisy
machine hurts all of them alike; figures are medians over the rounds. Compare
instructions, which hardly depend on the machine's other work; times only as
ratios within one run.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

import budget
import linux_peer
import measure
from guest import QEMU, Guest, GuestError
from measure import Effort, Target

ROOT = pathlib.Path(__file__).resolve().parents[1]
BUILD = pathlib.Path(os.environ.get("ANCHORHOLD_BUILD", ROOT / "build"))
OURS, NGINX, MBEDTLS = "anchorhold", "linux-nginx", "linux-mbedtls"

UNITS = {
    "image": "bytes", "firmware": "bytes", "ring0": "lines", "boot": "s", "boot.qemu_peak_rss": "MiB",
    "load.qemu_rss": "MiB", "tls": "conn/s", "http": "req/s",
    "http.bulk": "MB/s", "http.bulk_cpu": "ms/MB",
    "http.keepalive_c1_p50": "ms", "http.keepalive_c1_p99": "ms",
    "tls.handshake_c1_cpu": "ms/conn", "tls.handshake_get_c4_cpu": "ms/conn",
    "http.keepalive_c1_cpu": "ms/req", "http.keepalive_c8_cpu": "ms/req",
    "idle.qemu_cpu": "%", "idle.qemu_rss": "MiB", "insns": "Minsn",
    "insns.idle": "kinsn/s", "insns.handshake_get": "kinsn/conn",
    "insns.keepalive_get": "kinsn/req", "insns.bulk": "kinsn/MB",
    "mem": "bytes", "mem.minimum": "MiB", "mem.firmware_minimum": "MiB",
}

# (figure, peer, relation, factor): ours against factor times the peer's.
BARS = [
    ("boot.entry_to_get", NGINX, "<=", 1 / 5),
    ("insns.boot_entry_to_get", NGINX, "<=", 1 / 12),
    ("http.keepalive_c1", NGINX, ">=", 1.5),
    ("http.keepalive_c8", NGINX, ">=", 1.5),
    ("tls.handshake_c1", MBEDTLS, ">=", 1),
    ("tls.handshake_get_c4", MBEDTLS, ">=", 1),
    ("http.bulk", MBEDTLS, ">=", 1),
    ("idle.qemu_cpu", NGINX, "<=", 1),
    ("idle.qemu_cpu", MBEDTLS, "<=", 1),
    ("insns.idle", NGINX, "<=", 1),
    ("insns.idle", MBEDTLS, "<=", 1),
]


BUDGET = [
    ("image.bytes", budget.IMAGE_BYTES),
    ("firmware.bytes", budget.FIRMWARE_BYTES),
    ("ring0.lines", budget.RING0_LINES),
]


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


def unit(figure):
    return UNITS.get(figure, UNITS.get(figure.split(".")[0], ""))


def our_target():
    path = BUILD / "image" / "anchorhold-bench.efi"
    if not path.exists():
        raise GuestError(f"{path} is missing: run ./anchorhold build")

    def make(**options):
        return Guest(path, **options)
    return Target(OURS, make, path.stat().st_size,
                  {"entry": r"^anchorhold starts", "ready": r"^ready\b"},
                  r"^anchorhold starts")


def peer_target(variant):
    folder = linux_peer.build(variant, BUILD, say)

    def make(**options):
        return linux_peer.LinuxGuest(folder, **options)
    size = sum((folder / name).stat().st_size
               for name in ("vmlinuz", "initrd.img"))
    return Target(f"linux-{variant}", make, size,
                  {"entry": r"EFI stub:", "kernel": r"Linux version",
                   "net": r"^MARK net"}, r"^MARK net")


def sizes():
    """What is measured at a launch besides the image, and what runs in ring
    0."""
    found = {"ring0.lines": sum(budget.ring0_lines(ROOT).values())}
    firmware = BUILD / "firmware" / "anchorhold.fd"
    if firmware.exists():
        found["firmware.bytes"] = firmware.stat().st_size
    return found


def plugin():
    """Our instruction counter, built for the QEMU that is here."""
    text = subprocess.run([QEMU, "--version"], capture_output=True, text=True,
                          check=True).stdout
    major = int(text.split("version ")[1].split(".")[0])
    out = BUILD / "insncount.so"
    subprocess.run(
        ["cc", "-std=gnu2x", "-O2", "-shared", "-fPIC",
         f"-DPLUGIN_API={1 if major < 9 else 2}", "-o", str(out),
         str(ROOT / "tools" / "insncount.c")], check=True)
    return out


def measure_rounds(targets, effort, rounds):
    """All figures of all rounds: {target: {figure: [values]}}."""
    counter = plugin()
    values = {target.name: {} for target in targets}
    for number in range(rounds):
        order = targets if number % 2 == 0 else targets[::-1]
        for target in order:
            say(f"round {number + 1} of {rounds}: {target.name}")
            figures = measure.boot_and_load(target, effort)
            figures |= measure.instructions(target, effort, counter)
            for name, value in figures.items():
                values[target.name].setdefault(name, []).append(value)
    return values


def medians(values):
    return {target: {name: statistics.median(each)
                     for name, each in figures.items()}
            for target, figures in values.items()}


def judge(figures):
    """Each bar with both sides and whether it is passed."""
    ours, verdicts = figures[OURS], []

    def add(figure, is_, relation, bar, against):
        passed = is_ <= bar if relation == "<=" else is_ >= bar
        verdicts.append({"figure": figure, "is": is_, "relation": relation,
                         "bar": bar, "against": against, "passed": passed})

    for figure, peer, relation, factor in BARS:
        if peer in figures:
            add(figure, ours[figure], relation,
                factor * figures[peer][figure], f"{factor:.3g} x {peer}")
    for figure, limit in BUDGET:
        if figure in ours:
            add(figure, ours[figure], "<=", limit, "tools/budget.py")
    if ours.get("mem.firmware_minimum"):
        add("mem.minimum", ours["mem.minimum"], "<=",
            ours["mem.firmware_minimum"], "what OVMF itself boots in")
    return verdicts


def print_table(figures):
    names = list(dict.fromkeys(n for each in figures.values() for n in each))
    targets = list(figures)
    head = "".join(f"{target:>16}" for target in targets)
    ratios = "".join(f"{'/ ' + target:>17}" for target in targets[1:])
    print(f"{'figure':28}{head}  {'unit':10}{ratios}")
    for name in names:
        row = [figures[target].get(name) for target in targets]
        cells = "".join(f"{'-' if value is None else format(value, '.5g'):>16}"
                        for value in row)
        shares = "".join(
            f"{row[0] / value:>16.3f}x" if row[0] is not None and value
            else " " * 17 for value in row[1:])
        print(f"{name:28}{cells}  {unit(name):10}{shares}")


def print_bars(verdicts):
    print()
    for bar in verdicts:
        word = "pass" if bar["passed"] else "SHORT"
        print(f"{word:6}{bar['figure']:28}{bar['is']:>12.5g} "
              f"{bar['relation']} {bar['bar']:<12.5g}({bar['against']})")


def arguments():
    parser = argparse.ArgumentParser(
        prog="./anchorhold bench",
        description="Measures the bench image under QEMU (TCG).")
    parser.add_argument("--json", action="store_true",
                        help="print the figures for machines, nothing else")
    parser.add_argument("--linux", action="store_true",
                        help="beside the Linux peers, with ratios and bars")
    parser.add_argument("--quick", action="store_true",
                        help="one short round, without the least memory")
    parser.add_argument("--rounds", type=int, metavar="N",
                        help="rounds to take medians over (default: 3)")
    return parser.parse_args()


def main():
    chosen = arguments()
    begun = time.monotonic()
    effort = Effort(load_s=2) if chosen.quick else Effort()
    rounds = chosen.rounds or (1 if chosen.quick else 3)
    targets = [our_target()]
    if chosen.linux:
        targets += [peer_target(variant) for variant in linux_peer.VARIANTS]
    figures = medians(measure_rounds(targets, effort, rounds))
    for target in targets:
        figures[target.name] = {"image.bytes": target.image_bytes,
                                **figures[target.name]}
    figures[OURS] |= sizes()
    say("memory of connections")
    figures[OURS] |= measure.connection_memory(targets[0], effort)
    if not chosen.quick:
        say("bisecting the least memory")
        ours = figures[OURS]
        ours["mem.firmware_minimum"] = measure.least_memory(
            targets[0], r"^(anchorhold starts|halt: )", high=64)
        ours["mem.minimum"] = measure.least_memory(targets[0])
    verdicts = judge(figures)
    if chosen.json:
        units = {name: unit(name) for each in figures.values()
                 for name in each}
        print(json.dumps({"figures": figures, "units": units,
                          "bars": verdicts, "rounds": rounds}, indent=1))
    else:
        print_table(figures)
        print_bars(verdicts)
    say(f"took {time.monotonic() - begun:.0f} s")


if __name__ == "__main__":
    try:
        main()
    except (GuestError, linux_peer.PeerError) as error:
        sys.exit(f"bench: {error}")
