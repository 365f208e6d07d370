// SPDX-License-Identifier: Apache-2.0
#include "base/base64url.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			       "abcdefghijklmnopqrstuvwxyz0123456789-_";

// Characters for one to three bytes, and how many.
static size_t encode_group(const uint8_t *bytes, size_t count, char out[4])
{
	uint32_t bits = (uint32_t)bytes[0] << 16;

	if (count > 1)
		bits |= (uint32_t)bytes[1] << 8;
	if (count > 2)
		bits |= bytes[2];
	for (unsigned int i = 0; i < 4; i++)
		out[i] = alphabet[(bits >> (18 - 6 * i)) & 63];
	return count < 3 ? count + 1 : 4;
}

enum err base64url_write(struct writer *w, const uint8_t *bytes, size_t count)
{
	char group[4];

	for (size_t i = 0; i < count; i += 3)
		TRY(write_bytes(w, group,
				encode_group(bytes + i, count - i, group)));
	return OK;
}

static int value_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '-')
		return 62;
	return c == '_' ? 63 : -1;
}

static enum err check(struct text encoded, size_t count)
{
	unsigned int spare = (unsigned int)(count % 3);
	int last = 0;

	if (encoded.length != (count * 4 + 2) / 3)
		return ERR_BAD_INPUT;
	for (size_t i = 0; i < encoded.length; i++) {
		last = value_of(encoded.at[i]);
		if (last < 0)
			return ERR_BAD_INPUT;
	}
	// One byte in two characters leaves 4 bits, two in three leave 2.
	if ((spare == 1 && (last & 15)) || (spare == 2 && (last & 3)))
		return ERR_BAD_INPUT;
	return OK;
}

enum err base64url_read(struct text encoded, uint8_t *out, size_t count)
{
	uint32_t bits = 0;
	unsigned int held = 0;
	size_t done = 0;

	TRY(check(encoded, count));
	for (size_t i = 0; i < encoded.length; i++) {
		bits = bits << 6 | (uint32_t)value_of(encoded.at[i]);
		held += 6;
		if (held < 8)
			continue;
		held -= 8;
		out[done++] = (uint8_t)(bits >> held);
	}
	return OK;
}
