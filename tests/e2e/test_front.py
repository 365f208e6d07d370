# SPDX-License-Identifier: Apache-2.0
"""`./anchorhold` and its `run`: what they print, and what they leave behind."""

import os
import re
import signal
import socket
import subprocess
import sys
import time

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
    (["--emu"], "--emu comes with a later issue"),
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
    (["verify", "x"], "no such verb: verify"),
    (["build", "--nonsense"], "knows --production only"),
    (["demo", "x"], "takes no arguments"),
    ([], "Usage: ./anchorhold VERB"),
])
def test_bad_verbs_are_usage_errors(arguments, says):
    done = front(*arguments)
    assert done.returncode == 2
    assert says in done.stdout + done.stderr


def test_help_has_an_example_for_each_verb():
    done = front("--help")
    assert done.returncode == 0
    for verb in ("setup", "build", "run", "demo", "test", "bench"):
        assert f"            ./anchorhold {verb}\n" in done.stdout
