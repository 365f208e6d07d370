# SPDX-License-Identifier: Apache-2.0
"""The reader of the emulator's record of messages, on which other tests lean."""

from message_record import BUSY, ivs_used_twice, messages

LOG = """emu: launch digest 00
emu: message n=10 key=0 sequence=1 type=5 digest=aa result=200000000 told=200000000
emu: message n=11 key=0 sequence=1 type=5 digest=aa result=0 told=0
emu: message n=12 key=0 sequence=3 type=11 digest=bb result=0 told=16
"""


def test_reads_every_field():
    sent = messages(LOG)
    assert [m.sequence for m in sent] == [1, 1, 3]
    assert [m.was_answered for m in sent] == [False, True, True]
    assert sent[0].told == BUSY
    assert sent[2] == (0x12, 0, 3, 17, 0xbb, 0, 0x16)


def test_the_same_text_may_come_again():
    assert not ivs_used_twice(messages(LOG))


def test_another_text_with_the_same_number_is_found():
    again = LOG.splitlines()[2].replace("digest=aa", "digest=ab")
    assert ivs_used_twice(messages(LOG + again + "\n")) == [(0, 1)]


def test_another_key_has_numbers_of_its_own():
    other = LOG.splitlines()[2].replace("key=0", "key=1").replace("aa", "ab")
    assert not ivs_used_twice(messages(LOG + other + "\n"))
