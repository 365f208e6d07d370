# SPDX-License-Identifier: Apache-2.0
"""Each knob of the evil host against a guest of our own (payload/): caught, or
named here as what no guest can catch. emu/README.md has the same table."""

import importlib.util
import re

import pytest
from paths import ROOT

POWERED_OFF, REFUSED = 0, 3
ARENA = "0x10000000"  # payload/memory.h

# Knob, scenario, the line by which the guest says that it caught it. A
# verdict is one of payload/message.h.
CAUGHT = [
    ("cpuid=1,2,0x1234", "cpuid", "cpuid: leaves=1 lies=1"),
    ("cpuid=0x8000001f,1,0", "cpuid", "cpuid: leaves=1 lies=1"),
    ("answer-corrupt=0x0,1@2", "requests",
     "request: n=2 verdict=4 busy=0 error=0"),
    ("answer-corrupt=0x20,1@2", "requests",
     "request: n=2 verdict=3 busy=0 error=0"),
    ("answer-corrupt=0x34,1@2", "requests",
     "request: n=2 verdict=3 busy=0 error=0"),
    ("answer-corrupt=0x100,1@2", "requests",
     "request: n=2 verdict=4 busy=0 error=0"),
    ("answer-replay@2", "requests", "request: n=2 verdict=3 busy=0 error=0"),
    ("answer-swallow@2", "requests", "request: n=2 verdict=2 busy=0 error=0"),
    ("answer-error=0x16@2", "requests",
     "request: n=2 verdict=1 busy=0 error=16"),
    ("watch-answer=0,0x20,1@2", "requests",
     "request: n=2 verdict=3 busy=0 error=0"),
    # Only a guest that reads a word again meets its second value.
    ("watch-answer=0,0x20,2@2", "requests-twice",
     "request: n=2 verdict=5 busy=0 error=0"),
    ("event-answer=0x6e,1,0x8000030e", "events", "event: no such exception"),
    ("event-answer=0x6e,9,0", "events", "event: no such result"),
    ("event-answer=0x6e,2,6", "events", "event: called malformed"),
    ("event-answer=0x8000fffd,0,0xff@2", "events", "features: agree=0"),
    ("interrupt=0x50@cue1", "cue",
     "after the cue: vector=50 error=0 ist=0 cpl=0"),
    ("exception=13,0@cue1", "cue",
     "after the cue: vector=d error=0 ist=0 cpl=0"),
    ("vc=0x72@cue1", "cue", "after the cue: cpuid=0"),
    ("vc=0x404@cue1", "cue", "after the cue: vector=1d error=404 ist=1 cpl=0"),
    (f"remap={ARENA}@cue1", "cue", "mark: vector=1d error=404 ist=1 cpl=0"),
    # By a counter of the guest's own: the timer stays away for a second.
    ("no-interrupts@cue1", "timer", "timer: trap=0"),
    ("watch=0,0x398,2@cue1", "ghcb-twice",
     f"result: first={'f' * 16} second={'f' * 16}"),
    ("watch=0,0x398,3@cue1", "ghcb-twice",
     f"result: first=0 second={'f' * 16}"),
]

# What a guest notices and must bear: the same request goes out again.
BORNE = [
    ("busy=3@2", "requests", "request: n=2 verdict=0 busy=1 error=0"),
    ("throttle=30", "requests", "request: n=2 verdict=0 busy=1 error=0"),
]

# These have tests of their own below.
PAGE_STATE_REFUSE = "page-state-refuse"
NOT_CATCHABLE = {
    "page-state-lie": "the guest's next touch is the host's fault, not the "
                      "guest's: the guest never runs on",
    "dump": "the host looks at memory by means that only this emulator has",
}

# What an honest host gives.
HONEST = {
    "cpuid": ["cpuid: leaves=1 lies=0"],
    "requests": [f"request: n={n} verdict=0 busy=0 error=0"
                 for n in (1, 2, 3)],
    "requests-twice": [f"request: n={n} verdict=0 busy=0 error=0"
                       for n in (1, 2, 3)],
    "events": ["event: good", "features: agree=1"],
    "cue": ["after the cue: trap=0", "mark: is there=1", "mark: trap=0"],
    "timer": ["timer: vector=40 error=0 ist=0 cpl=0"],
    "ghcb-twice": ["result: first=0 second=0"],
    "page-state": ["to shared: done=1", "to private: done=1",
                   "validate: result=0 carry=0", "touch: trap=0"],
}
PRIVATE, SHARED = 1, 2


def known_knobs():
    spec = importlib.util.spec_from_file_location(
        "emu_launch", ROOT / "emu" / "launch.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return set(module.KNOBS)


def name_of(knob):
    return re.match(r"[a-z-]+", knob)[0]


def test_every_knob_is_judged():
    judged = {name_of(knob) for knob, *_ in CAUGHT + BORNE}
    assert judged | {PAGE_STATE_REFUSE, *NOT_CATCHABLE} == known_knobs()


def test_the_table_for_people_names_each_knob():
    text = (ROOT / "emu" / "README.md").read_text(encoding="utf-8")
    table = text.partition("| knob | the test guest |")[2].partition("\n\n")[0]
    rows = [row.split("|")[1] for row in table.splitlines() if "|" in row]
    assert set(re.findall(r"`([a-z-]+)`", "".join(rows))) == known_knobs()
    for name in NOT_CATCHABLE:
        row = re.search(rf"^\| `{name}` \| (.*)\|$", table, re.MULTILINE)[1]
        assert row.startswith("not catchable")


@pytest.mark.parametrize("scenario", HONEST)
def test_honest_host(run_payload, scenario):
    run = run_payload(scenario)
    assert run.console.splitlines() == HONEST[scenario] + ["payload: done"]
    assert run.status == POWERED_OFF
    assert "emu: knob:" not in run.log


@pytest.mark.parametrize("knob, scenario, line", CAUGHT + BORNE)
def test_knob(run_payload, knob, scenario, line):
    assert line not in HONEST[scenario]
    run = run_payload(scenario, "--knob", knob)
    assert line in run.console.splitlines()
    assert run.status == POWERED_OFF
    if not knob.startswith(("event-answer", "throttle")):
        assert "emu: knob:" in run.log


@pytest.mark.parametrize("offset", [0x10, 0xfff])
def test_bytes_that_mean_nothing(run_payload, offset):
    """Past the tag, and past the message."""
    run = run_payload("requests", "--knob", f"answer-corrupt={offset},1")
    assert run.console.splitlines() == HONEST["requests"] + ["payload: done"]
    assert "emu: knob: answer corrupt" in run.log


def test_a_guest_that_reads_once_has_no_second_value(run_payload):
    run = run_payload("requests", "--knob", "watch-answer=0,0x20,0@3")
    assert run.console.splitlines() == HONEST["requests"] + ["payload: done"]
    counts = re.findall(r"^emu: watch: reads in all offset=\w+ count=(\w+)$",
                        run.log, re.MULTILINE)
    assert len(counts) == 512 and set(counts) == {"1"}


@pytest.fixture(scope="module", name="changes")
def change_counts(run_payload):
    """How many page state changes there are up to the guest's own last."""
    log = run_payload("page-state", "--trace", "pages").log
    return {PRIVATE: log.count("emu: to private "),
            SHARED: log.count("emu: to shared ")}


@pytest.mark.parametrize("op, line", [
    (SHARED, "to shared: done=0"), (PRIVATE, "to private: done=0")])
def test_refused_page_state(run_payload, changes, op, line):
    run = run_payload("page-state", "--knob",
                      f"{PAGE_STATE_REFUSE}={op}@{changes[op]}")
    assert line in run.console.splitlines()
    assert run.status == POWERED_OFF


@pytest.mark.parametrize("op, said, end", [
    (SHARED, "to shared: done=1",
     "implicit conversion of a private page to shared"),
    (PRIVATE, "to private: done=1",
     "page instruction: the page isn't assigned"),
])
def test_page_state_lie_ends_the_run(run_payload, changes, op, said, end):
    run = run_payload("page-state", "--knob",
                      f"page-state-lie={op}@{changes[op]}")
    assert run.console.splitlines()[-1] == said
    assert run.status == REFUSED
    assert run.last_line == "emu: end: refused: " + end


def test_dump(run_payload):
    run = run_payload("cue", "--knob", f"dump={ARENA},8@cue1")
    assert run.console.splitlines() == HONEST["cue"] + ["payload: done"]
    assert f"emu: {ARENA[2:]}: {b'fnd me!!'.hex(' ')}" in run.log
