// SPDX-License-Identifier: Apache-2.0
#include "kernel/snp/message_form.h"

#include <string.h>

#include "base/bytes.h"
#include "base/check.h"

bool message_sequence_is_left(uint64_t last)
{
	return last < UINT32_MAX - 2;
}

struct guest_message_header message_request(uint64_t sequence, uint8_t type,
					    size_t count)
{
	CHECK(count <= GUEST_MESSAGE_PAYLOAD_LIMIT);
	return (struct guest_message_header){
		.sequence = sequence,
		.algo = GUEST_MESSAGE_ALGO_AES_256_GCM,
		.header_version = GUEST_MESSAGE_HEADER_VERSION,
		.header_size = sizeof(struct guest_message_header),
		.type = type,
		.version = GUEST_MESSAGE_VERSION,
		.payload_size = (uint16_t)count,
		.vmpck = 0,
	};
}

enum err message_answer_judge(const struct guest_message_header *request,
			      const struct guest_message_header *answer,
			      size_t limit)
{
	if (answer->sequence != request->sequence + 1 ||
	    answer->algo != request->algo ||
	    answer->header_version != request->header_version ||
	    answer->header_size != request->header_size ||
	    answer->type != request->type + 1 ||
	    answer->version != request->version ||
	    answer->vmpck != request->vmpck || answer->payload_size > limit)
		return ERR_BAD_INPUT;
	return OK;
}

void message_iv(uint64_t sequence, uint8_t iv[GUEST_MESSAGE_IV_BYTES])
{
	memset(iv, 0, GUEST_MESSAGE_IV_BYTES);
	store_le64(iv, sequence);
}
