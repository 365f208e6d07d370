// SPDX-License-Identifier: Apache-2.0
#include "client/chain_pem.h"

#include <string.h>

#include <mbedtls/base64.h>

#include "base/text.h"

#define DER_SEQUENCE 0x30u
#define DASHES "-----"

// Moves *whole behind the first `mark`; what stands before it is *before.
static enum err skip_past(struct text *whole, struct text mark,
			  struct text *before)
{
	for (size_t i = 0; i + mark.length <= whole->length; i++) {
		if (memcmp(whole->at + i, mark.at, mark.length) != 0)
			continue;
		*before = (struct text){ whole->at, i };
		whole->at += i + mark.length;
		whole->length -= i + mark.length;
		return OK;
	}
	return ERR_BAD_INPUT;
}

static enum err skip_line(struct text *whole, const char *verb,
			  const char *label, struct text *before)
{
	struct text nothing;

	TRY(skip_past(whole, text_of(verb), before));
	if (!text_starts_with(*whole, text_of(label)))
		return ERR_BAD_INPUT;
	whole->at += strlen(label);
	whole->length -= strlen(label);
	TRY(skip_past(whole, TEXT(DASHES), &nothing));
	return nothing.length ? ERR_BAD_INPUT : OK;
}

static enum err decode(struct pem_room *room, struct text body,
		       struct anchorhold_bytes *out)
{
	uint8_t *at = room->bytes + room->used;
	size_t count;
	int status = mbedtls_base64_decode(
		at, sizeof(room->bytes) - room->used, &count,
		(const unsigned char *)body.at, body.length);

	if (status == MBEDTLS_ERR_BASE64_BUFFER_TOO_SMALL)
		return ERR_TOO_BIG;
	if (status != 0 || count == 0)
		return ERR_BAD_INPUT;
	room->used += count;
	*out = (struct anchorhold_bytes){ at, count };
	return OK;
}

enum err pem_open(struct pem_room *room, struct anchorhold_bytes bytes,
		  const char *label, struct anchorhold_bytes *out)
{
	struct text whole = { (const char *)bytes.at, bytes.count };
	struct text body;

	if (bytes.count == 0)
		return ERR_BAD_INPUT;
	if (bytes.at[0] == DER_SEQUENCE) {
		*out = bytes;
		return OK;
	}
	TRY(skip_line(&whole, DASHES "BEGIN ", label, &body));
	TRY(skip_line(&whole, DASHES "END ", label, &body));
	return decode(room, body, out);
}
