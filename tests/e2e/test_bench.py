# SPDX-License-Identifier: Apache-2.0
"""`./anchorhold bench`: figures for machines, and honest verdicts."""

import json
import subprocess
import sys

import pytest

import bench
from paths import ROOT

NAMES = {
    "boot.entry", "boot.first_get", "boot.entry_to_get", "boot.qemu_peak_rss",
    "tls.handshake_c1", "tls.handshake_get_c4", "http.keepalive_c1",
    "http.keepalive_c1_p50", "http.keepalive_c1_p99", "http.keepalive_c8",
    "http.bulk", "idle.qemu_cpu", "insns.boot_entry_to_get", "insns.idle",
    "insns.handshake_get", "insns.keepalive_get", "insns.bulk", "image.bytes",
    "mem.idle_connection", "mem.active_connection"}


def figures(value):
    one = dict.fromkeys(NAMES, value)
    return {bench.OURS: {**one, "ring0.lines": value,
                         "firmware.bytes": value, "mem.minimum": 70,
                         "mem.firmware_minimum": 70},
            bench.NGINX: one, bench.MBEDTLS: one}


def test_verdicts_at_the_bars():
    verdicts = {(v["figure"], v["against"].split()[-1]): v["passed"]
                for v in bench.judge(figures(100.0))}
    assert len(verdicts) == len(bench.BARS) + len(bench.BUDGET) + 1
    assert verdicts["tls.handshake_c1", bench.MBEDTLS]
    assert verdicts["idle.qemu_cpu", bench.NGINX]
    assert not verdicts["boot.entry_to_get", bench.NGINX]
    assert not verdicts["http.keepalive_c1", bench.NGINX]


def test_no_peer_no_verdict():
    alone = {bench.OURS: figures(1.0)[bench.OURS]}
    assert [v["figure"] for v in bench.judge(alone)] == [
        *(figure for figure, _ in bench.BUDGET), "mem.minimum"]


def test_a_passed_budget_is_said():
    over = {bench.OURS: figures(1e9)[bench.OURS]}
    assert [v["figure"] for v in bench.judge(over) if not v["passed"]] == [
        figure for figure, _ in bench.BUDGET]


@pytest.mark.slow
def test_quick_bench_for_machines():
    out = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "bench.py"), "--json",
         "--quick"], capture_output=True, text=True, timeout=300)
    assert out.returncode == 0, out.stderr
    said = json.loads(out.stdout)
    assert NAMES <= set(said["figures"][bench.OURS])
    assert all(said["figures"][bench.OURS][name] >= 0 for name in NAMES)
