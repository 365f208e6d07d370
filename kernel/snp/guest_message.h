// SPDX-License-Identifier: Apache-2.0
// Sealed messages to the secure processor (AMD 56860, chapter 7 and 8.26). One
// key, one message under way, sequence numbers that are never used twice: after
// anything but a success, "busy" or "certificate buffer too small", the key is
// wiped and every later message refused. In those two cases the same ciphertext
// goes out again.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/guest_message.h"
#include "base/err.h"

// Takes VMPCK0: `key` is copied into the crypto library's keeping, and the
// caller wipes its own. Call once, after heap and entropy, before anybody else
// has used the key: numbers start at 1. ERR_UNSUPPORTED without AES
// instructions; ERR_NO_MEMORY, ERR_CRYPTO.
enum err guest_message_take_key(const uint8_t key[VMPCK_BYTES]);
// Takes request, response and certificate pages from the shared pool: messages
// can be sent. Call once, after the key is there. ERR_NO_MEMORY, and the key is
// wiped.
enum err guest_message_init(void);
// How much of the shared pool that takes.
size_t guest_message_shared_bytes(void);

// Encrypts a message and makes it the one under way. With `wants_certificates`
// the host's certificate table is asked for too. ERR_CLOSED once the key is
// gone, or now that numbers have run out or the crypto library failed. CHECKs
// that none is under way.
enum err guest_message_begin(enum guest_message_type type, const void *payload,
			     size_t count, bool wants_certificates);
// Hands the message under way to the host and takes the answer: its payload
// goes to `payload`, and the message is done. A payload shorter than `count` is
// followed by zeros (an answer may be a status alone); a longer one is a
// failure. ERR_AGAIN: the host is busy; call again after a while. ERR_CLOSED:
// anything else failed; the key is wiped, the message gone, `payload` untouched.
enum err guest_message_poll(void *payload, size_t count);
// The certificate table that came with the last answer, copied once into
// private memory; *count is 0 when the host gave none, or more than there is
// room for (the message then went out again without asking for it). Unjudged
// bytes, valid until the next begin.
const uint8_t *guest_message_certificates(size_t *count);
// Whether the key is still there.
bool guest_message_is_open(void);
