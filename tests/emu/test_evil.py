# SPDX-License-Identifier: Apache-2.0
"""Linux on an evil host: what it catches, it catches under the emulator too,
and the knobs do what they say."""

import re

import pytest

pytestmark = pytest.mark.slow

POWERED_OFF, TERMINATED = 0, 1
# An exit long after Linux has started, long before it is done.
LATER = "@130000"
KEY_IS_DROPPED = "Disabling VMPCK0 communication key to prevent IV reuse"


def has_report(run):
    return re.search(r"^REPORT: [0-9a-f]{2368}\s*$", run.console, re.MULTILINE)


@pytest.mark.parametrize("knob", [
    "answer-corrupt=0x20,1@1",  # the sequence number
    "answer-corrupt=0x34,1@1",  # the message's type
    "answer-corrupt=0x100,1@1",  # the text
    "answer-swallow@1",
    "watch-answer=0,0x20,1@1",  # as it is read
    "answer-error=0x16@1",
])
def test_bad_answer_of_the_secure_processor(emulate_linux, knob):
    run = emulate_linux("--knob", knob)
    assert run.status == POWERED_OFF
    assert "emu: knob:" in run.log
    assert KEY_IS_DROPPED in run.console
    assert not has_report(run)


def test_busy_secure_processor(emulate_linux):
    run = emulate_linux("--knob", "busy=1@1")
    assert run.status == POWERED_OFF
    assert "emu: knob: busy" in run.log
    assert KEY_IS_DROPPED not in run.console
    assert has_report(run)


@pytest.mark.parametrize("knob", [
    "page-state-refuse=2@40",
    "vc=0x72" + LATER,      # at an instruction that isn't CPUID
    "vc=0x404" + LATER,     # a page that was touched unvalidated
    "watch=0,0x398,1" + LATER,  # SW_EXITINFO1 changes under the guest
])
def test_guest_terminates(emulate_linux, knob):
    run = emulate_linux("--knob", knob)
    assert run.status == TERMINATED, run.log[-2000:]
    assert "emu: knob:" in run.log


def test_injected_exception(emulate_linux):
    run = emulate_linux("--knob", "exception=13,0" + LATER)
    assert run.status == POWERED_OFF
    assert run.log.splitlines()[-1].startswith("emu: end: guest reset")
    assert not has_report(run)


def test_linux_reads_each_answer_once(emulate_linux):
    run = emulate_linux("--knob", "watch-answer=0,0,0@1")
    assert run.status == POWERED_OFF
    assert has_report(run)
    counts = {int(offset, 16): int(count, 16) for offset, count in re.findall(
        r"^emu: watch: reads in all offset=(\w+) count=(\w+)$", run.log,
        re.MULTILINE)}
    # Past the message, memcpy() reads the page's last word twice.
    message = range(0, 0x60 + 0x20 + 0x4a0, 8)
    assert {counts[offset] for offset in message} == {1}
