# SPDX-License-Identifier: Apache-2.0
"""Our image on an evil host: each of the emulator's knobs, and what became of
it. At the end the run prints the table (conftest.py).

halted    the guest ended itself, with the reason that stands there
refused   it goes on, but attests nothing any more: the key is wiped
harmless  it serves and attests as ever
stopped   it doesn't go on: a host can always keep the CPU from its guest,
          and a page that isn't what it must be can't be touched
"""

import re
import time
import typing

import pytest

from attested import Attested
from enclave import (assert_no_iv_is_reused, booted_enclave, Enclave,
                     verifier as make_verifier)
from guest import GuestError, HALT_LINE
from web import Closed

HALTED, REFUSED, HARMLESS, STOPPED = "halted", "refused", "harmless", "stopped"
BOOT_S, ASK_S = 30, 8
# abi/halt.h
EXCEPTION, HOST, PAGE_STATE, VC, EVIDENCE = "2", "12", "13", "14", "17"
ANY = r"\w+"


class Evil(typing.NamedTuple):
    """A knob, what it must come to, and the reason code of a halt. In the
    knob, {run} is an exit after the guest began to serve, {answer} the first
    guest message after the boot's, {first} and {pool} are the kernel's first
    and a later page that it shares, {io}, {msr}, {read} and {write} some of
    its calls."""

    knob: str
    outcome: str
    code: str = ANY
    set: str = "4"  # abi/halt.h: ours
    # The emulator says that it acted. Not of throttle and event-answer.
    is_said: bool = True


EVILS = {
    # the secure processor's answers: at boot, the first is a report, the
    # second the root of sealing
    "boot: another sequence number": Evil("answer-corrupt=0x20,1@1", HALTED,
                                          EVIDENCE),
    "boot: another message type": Evil("answer-corrupt=0x34,1@1", HALTED,
                                       EVIDENCE),
    "boot: another text": Evil("answer-corrupt=0x100,1@1", HALTED, EVIDENCE),
    "boot: no answer": Evil("answer-swallow@1", HALTED, EVIDENCE),
    "boot: an error": Evil("answer-error=0x16@1", HALTED, EVIDENCE),
    "boot: it changes as it is read": Evil("watch-answer=0,0x20,1@1", HALTED,
                                           EVIDENCE),
    "boot: the report's answer again": Evil("answer-replay@2", HALTED,
                                            EVIDENCE),
    "boot: another sealing root": Evil("answer-corrupt=0x80,1@2", HALTED,
                                       EVIDENCE),
    "boot: busy five times": Evil("busy=5@1", HARMLESS),
    "another sequence number": Evil("answer-corrupt=0x20,1@{answer}",
                                    REFUSED),
    "another header version": Evil("answer-corrupt=0x31,1@{answer}", REFUSED),
    "another message type": Evil("answer-corrupt=0x34,1@{answer}", REFUSED),
    "another length": Evil("answer-corrupt=0x3a,1@{answer}", REFUSED),
    "another key": Evil("answer-corrupt=0x3c,1@{answer}", REFUSED),
    "another tag": Evil("answer-corrupt=0,1@{answer}", REFUSED),
    "another text": Evil("answer-corrupt=0x100,1@{answer}", REFUSED),
    "it changes as it is read": Evil("watch-answer=0,0x100,1@{answer}",
                                     REFUSED),
    "the answer before": Evil("answer-replay@{answer}", REFUSED),
    "no answer": Evil("answer-swallow@{answer}", REFUSED),
    "an error": Evil("answer-error=0x16@{answer}", REFUSED),
    "an error that nobody knows": Evil("answer-error=0x900000000@{answer}",
                                       REFUSED),
    "two errors at once": Evil("answer-error=0x200000016@{answer}", REFUSED),
    "busy five times": Evil("busy=5@{answer}", HARMLESS),
    "one report in a second": Evil("throttle=1000", HARMLESS,
                                   is_said=False),
    # page state
    "firmware: a page change refused": Evil("page-state-refuse=2@40", HALTED,
                                            "0", "0"),
    "the GHCB page isn't shared": Evil("page-state-refuse=2@{first}", HALTED,
                                       HOST),
    "a buffer isn't shared": Evil("page-state-refuse=2@{pool}", HALTED,
                                  PAGE_STATE),
    "the GHCB page is said to be shared": Evil("page-state-lie=2@{first}",
                                               STOPPED),
    "a buffer is said to be shared": Evil("page-state-lie=2@{pool}", STOPPED),
    "another frame": Evil("remap=0x1e0000@{run}", HALTED, PAGE_STATE),
    # CPU
    "an exception": Evil("exception=13,0@{run}", HALTED, EXCEPTION),
    "an invalid opcode": Evil("exception=6,0@{run}", HALTED, EXCEPTION),
    "a page fault": Evil("exception=14,0@{run}", HALTED, EXCEPTION),
    "a machine check": Evil("exception=18,0@{run}", HALTED, EXCEPTION),
    "#VC of CPUID": Evil("vc=0x72@{run}", HALTED, VC),
    "#VC of RDMSR": Evil("vc=0x7c@{run}", HALTED, VC),
    "#VC of VMMCALL": Evil("vc=0x81@{run}", HALTED, VC),
    "#VC of a nested page fault": Evil("vc=0x400@{run}", HALTED, VC),
    "#VC of a page not validated": Evil("vc=0x404@{run}", HALTED,
                                        f"(?:{VC}|{PAGE_STATE})"),
    "int 0x80": Evil("interrupt=0x80@{run}", HALTED, EXCEPTION),
    "a vector without a gate": Evil("interrupt=0x51@{run}", HALTED,
                                    EXCEPTION),
    # Each exit of the guest is a call of its own, with interrupts masked: one
    # that comes there was injected.
    "the timer's vector, amid a call": Evil("interrupt=0xf0@{run}", HALTED,
                                            EXCEPTION),
    "the spurious vector, amid a call": Evil("interrupt=0xff@{run}", HALTED,
                                             EXCEPTION),
    "no interrupts": Evil("no-interrupts@{run}", STOPPED),
    "the GHCB changes as it is read": Evil("watch=0,0x398,1@{run}", HALTED,
                                           HOST),
    # other answers of the host, to the kernel's own calls
    "I/O: an exception": Evil("event-answer=0x7b,1,0x80000306@{io}", HALTED,
                              HOST, is_said=False),
    "MSR: malformed": Evil("event-answer=0x7c,2,5@{msr}", HALTED, HOST,
                           is_said=False),
    "MMIO: malformed": Evil("event-answer=0x80000001,2,5@{read}", HALTED,
                            HOST, is_said=False),
    "MMIO: an answer that nobody knows": Evil(
        "event-answer=0x80000002,7,0@{write}", HALTED, HOST, is_said=False),
}
KNOB_LINE = re.compile(r"^emu: (?:knob|watch): ", re.MULTILINE)


@pytest.fixture(scope="module", name="verifier")
def fixture_verifier():
    return make_verifier()


@pytest.fixture(scope="module", name="places")
def fixture_places():
    """Where in a run the knobs act: found in one without any."""
    with booted_enclave(emulator=("--trace", "all")) as guest:
        at_boot = len(guest.messages())
        boot = guest.emulator_text().split("\nemu: message ")[0]
        with Attested(guest.address) as client:
            client.ask()
            assert client.answer()[0] == 200
        exits = guest.messages()[-1].exit_number
        changes = re.findall("^emu: to (private|shared) ",
                             guest.emulator_text(), re.MULTILINE)
    shared = changes.count("shared")
    ours = next(count for count, change in enumerate(reversed(changes))
                if change == "private")
    return {"run": exits + 200, "answer": at_boot + 1,
            "first": shared - ours + 1, "pool": shared - ours // 2,
            **{name: len(re.findall(rf"^emu: event .* code={code} ", boot,
                                    re.MULTILINE)) - 5
               for name, code in (("io", "7b"), ("msr", "7c"),
                                  ("read", "80000001"),
                                  ("write", "80000002"))}}


def attests(guest, verifier):
    """The status of one request for evidence, judged if it is 200."""
    with Attested(guest.address, ASK_S) as client:
        client.ask()
        status, headers, body = client.answer()
        if status == 200:
            verifier.session(body, headers["content-type"], client.leaf,
                             client.nonce, client.exporter())
        return status


def wait_until_it_acts(guest, verifier):
    """Keeps the guest busy until the knob has done its work."""
    deadline = time.monotonic() + ASK_S
    while not KNOB_LINE.search(guest.emulator_text()):
        assert time.monotonic() < deadline, "the knob did nothing"
        attests(guest, verifier)


def outcome(guest, verifier, is_said):
    """(what became of it, in words why)"""
    try:
        guest.wait_serial("^ready$", BOOT_S)
        guest.wait_https(BOOT_S)
        if is_said:
            wait_until_it_acts(guest, verifier)
        statuses = {attests(guest, verifier) for _ in range(3)}
        guest.check_alive()
        if statuses == {200}:
            return HARMLESS, "attests as before"
        assert 200 not in statuses, statuses
        guest.assert_serves()
        return REFUSED, f"status {sorted(statuses)}, the app still serves"
    except (GuestError, Closed, OSError) as error:
        # The connection went with the guest, or the guest says nothing.
        if guest.ended(0 if isinstance(error, TimeoutError) else 3):
            return guest.last_word()
        return STOPPED, f"no answer ({type(error).__name__})"


class Judged(Enclave):
    """An enclave that may end."""

    def ended(self, within_s):
        deadline = time.monotonic() + within_s
        while self.end_line() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        return self.end_line() is not None

    def last_word(self):
        """What became of it, in the words of its end."""
        end = self.end_line()
        found = re.search(r"set=(\w+) code=(\w+)", end)
        if not found:
            return STOPPED, end
        console = HALT_LINE.search(self.serial_text())
        said = f" ({console[0]})" if console else ""
        return HALTED, f"set {found[1]} code {found[2]}{said}"


@pytest.mark.parametrize("name", EVILS)
def test_evil_host(places, verifier, record_property, name):
    evil = EVILS[name]
    knob = evil.knob.format(**places)
    with Judged("hello", emulator=("--knob", knob)) as guest:
        was, why = outcome(guest, verifier, evil.is_said)
        record_property("evil host", f"{name:36} {was:9} {why}")
        acted = KNOB_LINE.search(guest.emulator_text()) is not None
        messages = guest.messages()
    assert acted == evil.is_said
    assert was == evil.outcome, why
    if was == HALTED:
        assert re.match(f"set {evil.set} code {evil.code}\\b", why), why
    assert_no_iv_is_reused(messages)
    if was == REFUSED:
        # The key is wiped: the bad answer's message was the last.
        assert len(messages) == places["answer"], messages
