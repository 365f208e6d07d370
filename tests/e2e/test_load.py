# SPDX-License-Identifier: Apache-2.0
"""Many requests and many handshakes: no error, and no byte leaked."""

import concurrent.futures

from crowd import clients, get_from_all, warmed
from web import get

CLIENTS = 64
ROUNDS = 157  # of one request by each client: 10,048


def test_10000_requests_over_64_connections(hello):
    before = warmed(hello, CLIENTS)
    with clients(hello, CLIENTS) as all_clients:
        for _ in range(ROUNDS):
            get_from_all(all_clients)
    after = hello.settled_like(before)
    assert after["accepted"] - before["accepted"] == CLIENTS
    assert after["requests"] - before["requests"] == CLIENTS * ROUNDS


def test_1000_fresh_handshakes(hello):
    before = warmed(hello, CLIENTS)
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for response in pool.map(lambda _: get(hello.address), range(1000)):
            assert response.status == 200
    after = hello.settled_like(before)
    assert after["handshakes"] - before["handshakes"] == 1000
    assert after["handshakes_failed"] == before["handshakes_failed"]
