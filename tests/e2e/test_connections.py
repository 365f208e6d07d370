# SPDX-License-Identifier: Apache-2.0
"""Many clients at once: all places taken, silent ones, slow ones."""

import contextlib
import socket
import ssl
import threading
import time

import pytest

from crowd import clients, get_from_all, warmed
from web import Closed, Web

PLACES = 256
SERVED = 64


def is_served(guest, timeout):
    try:
        with Web(guest.address, timeout) as web:
            return web.get().status == 200
    except (Closed, OSError):
        return False


def test_all_places_at_once(hello):
    before = warmed(hello, PLACES)
    with clients(hello, PLACES) as all_clients:
        for _ in range(3):
            get_from_all(all_clients)
        assert hello.figures()["sessions"] == PLACES
    hello.settled_like(before)


def test_one_client_too_many(hello):
    """The 257th isn't served, the others are, and a place that is given up
    is taken again. Idle clients are ended soon while they are many, so this
    one is in a hurry."""
    hello.settled()
    with clients(hello, PLACES) as all_clients:
        get_from_all(all_clients)
        assert not is_served(hello, 2)
        get_from_all(all_clients)
        for web in all_clients[:8]:
            web.close()
        assert is_served(hello, 20)
    hello.settled()


def test_silent_clients_are_ended(hello):
    """Connections that never speak give their places up."""
    before = hello.settled()
    with contextlib.ExitStack() as stack:
        for _ in range(PLACES):
            stack.enter_context(socket.create_connection(hello.address))
            time.sleep(0.01)  # see crowd.py: connecting wouldn't wait
        deadline = time.monotonic() + 90
        while not is_served(hello, 5):
            assert time.monotonic() < deadline
        hello.settled_like(before, 60)


def test_half_handshakes_are_ended(hello):
    from wire import Client
    before = hello.settled()
    with contextlib.ExitStack() as stack:
        for _ in range(40):
            client = stack.enter_context(Client(hello.address))
            client.send_hello()
            client.receive_flight()
        assert is_served(hello, 30)
        hello.settled_like(before, 90)


class Served(threading.Thread):
    """A client that asks again and again and notes its slowest answer."""

    def __init__(self, guest, over):
        super().__init__(daemon=True)
        self.web = Web(guest.address, 120)
        self.over = over
        self.count = 0
        self.slowest_s = 0.0
        self.error = None

    def run(self):
        try:
            while not self.over.is_set():
                begun = time.monotonic()
                assert self.web.get().status == 200
                self.slowest_s = max(self.slowest_s,
                                     time.monotonic() - begun)
                self.count += 1
                time.sleep(0.05)
        except (AssertionError, Closed, OSError) as error:
            self.error = error
        finally:
            self.web.close()


def drip(web, seconds, data, pause_s):
    """Sends `data` again and again; whether the server had enough of it."""
    end = time.monotonic() + seconds
    try:
        while time.monotonic() < end:
            web.send(data)
            time.sleep(pause_s)
            web.socket.settimeout(0.001)
            with contextlib.suppress(TimeoutError, ssl.SSLWantReadError):
                if not web.socket.recv(65536):
                    return True
        return False
    except (Closed, OSError):
        return True


@pytest.mark.parametrize("length", [
    pytest.param(60000, id="whole body"),
    pytest.param(10000000, id="streamed body", marks=pytest.mark.slow)])
def test_drip_feeding_upload_beside_served_clients(echo, length):
    before = warmed(echo, SERVED + 1)
    over = threading.Event()
    served = [Served(echo, over) for _ in range(SERVED)]
    with Web(echo.address, 200) as slow:
        slow.send(b"POST / HTTP/1.1\r\nHost: guest\r\nContent-Length: %d\r\n"
                  b"\r\n" % length)
        for thread in served:
            thread.start()
        was_ended = drip(slow, 150, b"x", 0.5)
    time.sleep(2)
    over.set()
    for thread in served:
        thread.join(30)
    assert was_ended, "a byte each half second kept the connection"
    assert [thread.error for thread in served if thread.error] == []
    assert min(thread.count for thread in served) > 5
    slowest_s = max(thread.slowest_s for thread in served)
    print(f"slowest answer {slowest_s:.2f} s")
    assert slowest_s < 10
    echo.settled_like(before)
