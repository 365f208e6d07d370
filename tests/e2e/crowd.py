# SPDX-License-Identifier: Apache-2.0
"""Many connections of one test at once. They are opened one after the other:
QEMU's user-mode network listens with a backlog of one, and the host drops what
comes beyond it, to be tried again after seconds."""

import contextlib

from web import Web


@contextlib.contextmanager
def clients(guest, count, timeout=120):
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(Web(guest.address, timeout))
               for _ in range(count)]


def get_from_all(all_clients):
    """One request from each, all of them under way at once."""
    for web in all_clients:
        web.send(b"GET / HTTP/1.1\r\nHost: guest\r\n\r\n")
    for web in all_clients:
        assert web.response().status == 200


def warmed(guest, count):
    """The figures once `count` clients have been there and gone: whatever is
    made at first use has been made."""
    with clients(guest, count) as all_clients:
        get_from_all(all_clients)
    return guest.settled()
