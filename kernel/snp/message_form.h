// SPDX-License-Identifier: Apache-2.0
// The form of guest messages (AMD 56860, 8.26, SNP_GUEST_REQUEST): the header
// of a request, what an answer's header must say, and which sequence numbers
// may still be used. Pure.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/guest_message.h"
#include "base/err.h"

// Whether a request and its answer may still take the two numbers after `last`.
// Each is an IV, and never comes twice. The end is Linux's, far before it
// matters: secure processors count in 64 bits, guests before us in 32.
bool message_sequence_is_left(uint64_t last);

// The header of a request with `count` bytes of payload, by VMPCK0.
struct guest_message_header message_request(uint64_t sequence, uint8_t type,
					    size_t count);

// Judges the answer's header against the request's: ERR_BAD_INPUT unless it is
// the next number, the next type, of the same algorithm, versions and key, and
// of at most `limit` bytes of payload. What is reserved isn't looked at: it is
// the secure processor's, and the authentic part of it is in the tag.
enum err message_answer_judge(const struct guest_message_header *request,
			      const struct guest_message_header *answer,
			      size_t limit);

// The IV of a message: its number, then zeros.
void message_iv(uint64_t sequence, uint8_t iv[GUEST_MESSAGE_IV_BYTES]);
