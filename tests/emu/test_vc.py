# SPDX-License-Identifier: Apache-2.0
"""The kernel's #VC handler in the emulator (tests/qemu/vc_main.c): what it
answers, and what ends the guest with which reason of abi/halt.h."""

import pytest
from paths import image

GENERAL, EXCEPTION, PAGE_STATE, VC = 0x00, 0x02, 0x13, 0x14


@pytest.fixture(scope="session", name="meet")
def vc_image(emulate, firmware):
    """meet(scene, options...) -> Run"""
    def meet(scene, *options):
        return emulate("--kernel", image("test-vc"), "--append",
                       f"vc={scene}", *options, firmware=firmware, limit=60)
    return meet


def assert_ended(run, reason):
    assert run.last_line == \
        f"emu: end: guest terminated set=4 code={reason:x}", run.console


def test_answers_what_the_instruction_explains(meet):
    run = meet("answer")
    assert "\nanswered" in run.console.replace("\r", "")
    assert_ended(run, GENERAL)


@pytest.mark.parametrize("scene, reason, words", [
    ("string", VC, "a #VC that the instruction doesn't explain"),
    ("device", VC, "a #VC that the instruction doesn't explain"),
    ("other-msr", VC, "a #VC at an MSR that isn't the host's"),
    ("unvalidated", PAGE_STATE, "a page that isn't validated"),
])
def test_refuses(meet, scene, reason, words):
    run = meet(scene)
    assert words in run.console
    assert_ended(run, reason)


@pytest.mark.parametrize("code", ["0x72", "0x7b", "0x7c", "0x400", "0x404"])
def test_vc_within_a_call(meet, code):
    run = meet("cue", "--knob", f"vc={code}@cue1")
    assert "halt" not in run.console
    assert_ended(run, VC)


@pytest.mark.parametrize("code", ["0x72", "0x7b", "0x404"])
def test_vc_within_a_vc(meet, code):
    run = meet("cue-bare", "--knob", f"vc={code}@cue1")
    assert "halt" not in run.console
    assert_ended(run, VC)


@pytest.mark.parametrize("exception", ["1", "6", "8,0", "14,2", "18", "28,0"])
def test_injected_exception(meet, exception):
    run = meet("cue", "--knob", f"exception={exception}@cue1")
    assert_ended(run, EXCEPTION)


# 2 is the gate of NMIs, 0xf1 one that is open for a device.
@pytest.mark.parametrize("vector", [0x02, 0x20, 0x80, 0xf1])
def test_injected_interrupt(meet, vector):
    run = meet("cue-gate", "--knob", f"interrupt={vector}@cue1")
    assert "let in" not in run.console
    assert_ended(run, EXCEPTION)


def test_nothing_injected(meet):
    assert_ended(meet("cue"), GENERAL)
    assert_ended(meet("cue-gate"), GENERAL)
