# SPDX-License-Identifier: Apache-2.0
"""`./anchorhold` and its `run`: what they print, and what they leave behind."""

import os
import re
import signal
import socket
import subprocess
import sys
import time

import guest_snp
import pytest

from guest import free_port, https_get
from paths import BUILD, ROOT

READY_SECONDS = 120


def front(*arguments):
    return subprocess.run([ROOT / "anchorhold", *arguments],
                          capture_output=True, text=True, check=False,
                          timeout=60)


class Run:
    """tools/run.py as `./anchorhold run` starts it."""

    def __init__(self, *arguments, **environment):
        self.port = free_port()
        self.process = subprocess.Popen(
            [sys.executable, ROOT / "tools" / "run.py", "--port",
             str(self.port), *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "ANCHORHOLD_BUILD": str(BUILD), **environment})

    def end(self, timeout=READY_SECONDS):
        """(exit status, what it said on both streams)."""
        out, err = self.process.communicate(timeout=timeout)
        return self.process.returncode, out + err

    def qemu_pids(self):
        me = self.process.pid
        with open(f"/proc/{me}/task/{me}/children", encoding="ascii") as list_:
            return [int(pid) for pid in list_.read().split()]

    def wait_qemu(self):
        deadline = time.monotonic() + 20
        while not self.qemu_pids():
            assert time.monotonic() < deadline, "QEMU wasn't started"
            time.sleep(0.05)
        return self.qemu_pids()

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()


def is_alive(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def assert_gone(pids):
    deadline = time.monotonic() + 10
    while any(is_alive(pid) for pid in pids):
        assert time.monotonic() < deadline, f"{pids} still run"
        time.sleep(0.05)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_run_serves_and_ends_cleanly(number):
    with Run() as run:
        line = run.process.stdout.readline()
        assert line == f"ready https://127.0.0.1:{run.port}\n"
        assert https_get(run.port).startswith("HTTP/1.1 200 ")
        pids = run.qemu_pids()
        assert len(pids) == 1
        run.process.send_signal(number)
        status, said = run.end(20)
        assert status == 0, said
        assert "Traceback" not in said
        assert_gone(pids)


def test_run_under_the_emulator_says_so():
    with Run("--emu") as run:
        line = run.process.stdout.readline()
        assert line == f"ready https://127.0.0.1:{run.port}\n"
        assert https_get(run.port).startswith("HTTP/1.1 200 ")
        pids = run.qemu_pids()
        run.process.send_signal(signal.SIGTERM)
        status, said = run.end(20)
    assert status == 0, said
    assert re.search("^run: EMULATED: .* NOTHING IS PROTECTED", said, re.M)
    assert re.search("^run: EMULATED launch digest [0-9a-f]{96}$", said, re.M)
    assert_gone(pids)


def test_plain_says_that_nothing_is_protected():
    with Run("--plain", "--append", "no-such-option=1") as run:
        assert "run: PLAIN QEMU, WITHOUT SEV-SNP" in run.end()[1]


@pytest.mark.skipif(guest_snp.host_has_snp(), reason="this host has SEV-SNP")
def test_snp_is_never_silently_something_else():
    with Run("--snp") as run:
        status, said = run.end(20)
    assert status == 1
    assert "this host offers no SEV-SNP" in said
    assert "ready" not in said


def snp_host(root, parameter="Y\n"):
    """What a host with SEV-SNP has, below a folder."""
    for name in ("dev/sev", "dev/kvm",
                 "sys/module/kvm_amd/parameters/sev_snp"):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(parameter, encoding="ascii")
    return root


def test_a_host_with_snp_is_known(tmp_path):
    assert guest_snp.why_not((9, 1), snp_host(tmp_path)) is None


@pytest.mark.parametrize("version, parameter, gone, says", [
    ((9, 0), "Y\n", None, "9.1 or newer is needed"),
    ((7, 2), "Y\n", None, "9.1 or newer is needed"),
    ((10, 0), "N\n", None, "offers no SEV-SNP"),
    ((10, 0), "Y\n", "dev/sev", "offers no SEV-SNP"),
    ((10, 0), "Y\n", "dev/kvm", "/dev/kvm may not be opened")])
def test_why_a_host_is_no_good(tmp_path, version, parameter, gone, says):
    snp_host(tmp_path, parameter)
    if gone:
        (tmp_path / gone).unlink()
    assert says in guest_snp.why_not(version, tmp_path)


def test_nothing_of_a_killed_run_is_left(tmp_path):
    with Run(TMPDIR=str(tmp_path)) as run:
        pids = run.wait_qemu()
        run.process.kill()
        run.end(20)
        assert_gone(pids)
    assert not list(tmp_path.iterdir())


def test_a_signal_before_ready_ends_cleanly_too():
    with Run() as run:
        pids = run.wait_qemu()
        run.process.send_signal(signal.SIGTERM)
        status, said = run.end(20)
        assert status == 0, said
        assert "ready" not in said
        assert_gone(pids)


def test_qemu_dies_with_a_killed_run():
    with Run() as run:
        pids = run.wait_qemu()
        run.process.kill()
        run.end(20)
        assert_gone(pids)


def test_a_halted_guest_is_named():
    with Run("--append", "no-such-option=1") as run:
        status, said = run.end()
        assert status == 1
        assert re.search(r"^run: the guest halted\nhalt: .+$", said,
                         re.MULTILINE), said


def test_a_taken_port_is_named():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with Run("--port", str(port)) as run:
            status, said = run.end(20)
            assert status == 1
            assert f"port {port} on 127.0.0.1 is taken" in said


def test_a_missing_qemu_is_named():
    with Run(PATH="/nonexistent") as run:
        status, said = run.end(20)
        assert status == 1
        assert "qemu-system-x86_64 isn't installed" in said


@pytest.mark.parametrize("arguments, says", [
    (["--emu", "--plain"], "not allowed with argument"),
    (["--app", "nonsense"], "no app named 'nonsense'; there are: "),
    (["--port", "65536"], "a port is 1 to 65535"),
    (["--port", "x"], "invalid int value"),
    (["--nonsense"], "unrecognized arguments"),
])
def test_bad_options_are_usage_errors(arguments, says):
    with Run(*arguments) as run:
        status, said = run.end(20)
        assert status == 2
        assert says in said


@pytest.mark.parametrize("arguments, says", [
    (["emu"], "emu: names no guest"),
    (["build", "--nonsense"], "takes no arguments"),
    (["demo", "x"], "takes no arguments"),
    ([], "Usage: ./anchorhold VERB"),
])
def test_bad_verbs_are_usage_errors(arguments, says):
    done = front(*arguments)
    assert done.returncode == 2
    assert says in done.stdout + done.stderr


def test_other_verbs_are_the_programs():
    """Its exit statuses are its own: 1 is wrong usage."""
    done = front("nonsense", "x")
    assert done.returncode == 1
    assert "no such verb: nonsense" in done.stderr
    assert front("measure", "--help").returncode == 0


def test_help_has_an_example_for_each_verb():
    done = front("--help")
    assert done.returncode == 0
    for verb in ("setup", "build", "run", "demo", "test", "bench"):
        assert f"            ./anchorhold {verb}\n" in done.stdout
