# SPDX-License-Identifier: Apache-2.0
"""What the emulator wrote down of the messages to its secure processor."""

import re
import typing

LINE = re.compile(
    r"^emu: message n=(\w+) key=(\w+) sequence=(\w+) type=(\w+) "
    r"digest=(\w+) result=(\w+) told=(\w+)$", re.MULTILINE)
BUSY = 2 << 32
TOO_FEW_PAGES = 1 << 32


class Message(typing.NamedTuple):
    """One message, as the host was handed it."""

    exit_number: int
    key: int       # which VMPCK
    sequence: int  # the number that the IV is made of
    type: int      # of abi/guest_message.h
    digest: int    # of header and ciphertext
    result: int    # the secure processor's; 0: it was answered
    told: int      # SW_EXITINFO2, as the guest was told

    @property
    def was_answered(self):
        return self.result == 0


def messages(log):
    """All that the emulator's lines tell of, in order."""
    return [Message(*(int(word, 16) for word in line))
            for line in LINE.findall(log)]


def ivs_used_twice(sent):
    """(key, number) pairs that came with two texts: each is a broken key."""
    first, broken = {}, []
    for message in sent:
        iv = message.key, message.sequence
        if first.setdefault(iv, message.digest) != message.digest:
            broken.append(iv)
    return broken
