# SPDX-License-Identifier: Apache-2.0
"""A guest as the end-to-end tests use it: with the figures that a development
image prints of itself, so that a test can see what a client has cost."""

import contextlib
import re
import time

from guest import Guest
from paths import image
from web import get

FIGURES_LINE = re.compile(r"^figures ((?:\w+=\d+ ?)+)$", re.M)
FIGURES_EVERY = 1  # seconds


class Service(Guest):
    """A guest of a development image that prints its figures."""

    def __init__(self, app, append="", **options):
        words = f"figures={FIGURES_EVERY} {append}".strip()
        super().__init__(image(app), append=words, **options)

    @property
    def address(self):
        return "127.0.0.1", self.port

    def _figures_lines(self):
        return FIGURES_LINE.findall(self.serial_text())

    def figures(self):
        """The next figures that the guest prints, as a dictionary."""
        seen = len(self._figures_lines())
        deadline = time.monotonic() + 10 * FIGURES_EVERY
        # The first line that comes may have been begun before this call.
        while len(self._figures_lines()) < seen + 2:
            self.check_alive()
            assert time.monotonic() < deadline, "no figures on the console"
            time.sleep(0.05)
        pairs = self._figures_lines()[-1].split()
        said = {name: int(value)
                for name, value in (pair.split("=") for pair in pairs)}
        # Freed buffers that net/ and tls/ keep for the next taker are nobody's.
        live = said["heap_used"] - said["net_kept"] - said["tls_kept"]
        return {"live": live, **said}

    def settled(self, limit_s=60.0, **bounds):
        """Waits until no client is left (lwIP remembers one that the guest
        closed first for 30 s) and each figure named in `bounds` is
        at most its bound; returns the figures. Fails with them if that
        doesn't come within the limit."""
        deadline = time.monotonic() + limit_s
        bounds = {"conns": 0, "closing": 0, "sessions": 0, **bounds}
        while True:
            now = self.figures()
            over = {name: (now[name], bound) for name, bound in bounds.items()
                    if now[name] > bound}
            if not over:
                return now
            assert time.monotonic() < deadline, f"(is, bound): {over}"

    def settled_like(self, before, limit_s=60.0):
        """Waits until no client is left and the heap holds, to the byte, what
        it held before. Of PSA's table of keys, which doubles when it is full
        and never shrinks, `before` must have seen as many clients at once."""
        after = self.settled(limit_s, live=before["live"])
        print(f"heap before {before['live']}, after {after['live']}")
        assert after["live"] == before["live"]
        return after

    def assert_serves(self):
        self.check_alive()
        assert get(self.address).status == 200


@contextlib.contextmanager
def booted(app, **options):
    with Service(app, **options) as service:
        service.wait_serial("^ready$", 90)
        service.wait_https(30)
        yield service
