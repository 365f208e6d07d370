// SPDX-License-Identifier: Apache-2.0
// Requests to the secure processor, sealed with VMPCK 0.
#pragma once

#include <stddef.h>
#include <stdint.h>

enum message_verdict {
	MESSAGE_OK = 0,
	MESSAGE_REFUSED = 1,    // the host or the secure processor said so
	MESSAGE_NO_ANSWER = 2,  // called done, and nothing came
	MESSAGE_BAD_HEADER = 3, // number, type, size or algorithm
	MESSAGE_FORGED = 4,     // the tag doesn't fit
	MESSAGE_CHANGES = 5,    // two reads of the answer differed
};

struct message_result {
	enum message_verdict verdict;
	unsigned int busy_count; // as often the host was busy
	uint64_t error;          // SW_EXITINFO2
	size_t bytes;            // of the answer's payload
};

// Takes the key and two shared pages.
void message_init(uint64_t secrets_gpa);
// What a careless guest does, too: reads the answer's number again.
void message_read_twice(void);
// Seals, sends, again as long as the host is busy, opens. After a failure the
// key is used up: nothing more may be sent.
struct message_result message_exchange(uint8_t type, const void *payload,
				       size_t count, uint8_t *out,
				       size_t out_limit);
