# SPDX-License-Identifier: Apache-2.0
"""A guest of the fault image that has said all it will ever say."""

import contextlib
import time

from guest import Guest
from paths import image

BOOT_S = 60
LINE_S = 5


@contextlib.contextmanager
def halted(append, **options):
    """The guest after its `halt:` line has come, whole."""
    with Guest(image("test-fault"), net=False, append=append,
               **options) as guest:
        guest.wait_serial(r"^halt: .*$", BOOT_S)
        deadline = time.monotonic() + LINE_S
        while not guest.serial_text().endswith("\n"):
            assert time.monotonic() < deadline, guest.serial_text()
            time.sleep(0.01)
        yield guest
