# SPDX-License-Identifier: Apache-2.0
"""Many clients at once, each with a nonce of its own: the secure processor is
slow, and the host may make it slower, so they share reports."""

import contextlib

import pytest

from attested import Attested
from enclave import (assert_no_iv_is_reused, booted_enclave,
                     verifier as make_verifier)

CLIENTS, PLACES = 500, 256
LIMIT_S = 120
# One is under way when the first clients ask, one takes them that came
# meanwhile; the rest is for a wave that doesn't arrive at once.
REPORTS_A_WAVE = 6


def wave(enclave, verifier, count):
    """Evidence for `count` clients that are all there at once. They come one
    after the other: see crowd.py."""
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(Attested(enclave.address, LIMIT_S))
                   for _ in range(count)]
        for client in clients:
            client.ask()
        return [client.judged(verifier) for client in clients]


def crowd(enclave):
    """All of them, by as many as there are places; returns how many reports
    that took, and prints it."""
    verifier = make_verifier()
    before = enclave.reports()
    judged, left = [], CLIENTS
    while left:
        count = min(left, PLACES)
        judged += wave(enclave, verifier, count)
        left -= count
    took = enclave.reports() - before
    places = {(each.claims.root, each.claims.index) for each in judged}
    print(f"{len(judged)} clients, {took} reports, trees of up to "
          f"{max(each.claims.size for each in judged)} sessions")
    assert len(judged) == len(places) == CLIENTS
    assert len(verifier.reports) <= took
    assert_no_iv_is_reused(enclave.messages())
    return took


@pytest.mark.parametrize("emulator", [
    pytest.param((), id="as fast as it goes"),
    pytest.param(("--knob", "throttle=2000"), id="one report in 2 s")])
def test_500_clients(emulator):
    with booted_enclave(emulator=emulator) as enclave:
        assert crowd(enclave) <= REPORTS_A_WAVE * -(-CLIENTS // PLACES)
        enclave.assert_serves()
