// SPDX-License-Identifier: Apache-2.0
// Deterministic CBOR: heads first, then what each kind adds (RFC 8949, 3).
#include "base/cbor.h"

// Major types, 3.1.
enum major {
	MAJOR_UINT = 0,
	MAJOR_BYTES = 2,
	MAJOR_TEXT = 3,
	MAJOR_ARRAY = 4,
	MAJOR_MAP = 5,
	MAJOR_SIMPLE = 7,
};

// Simple values, 3.3.
#define SIMPLE_FALSE 20u
#define SIMPLE_TRUE 21u
#define SIMPLE_NULL 22u

// The low five bits: below this the argument itself, from here on how many
// bytes of it follow (1, 2, 4, 8).
#define ARGUMENT_FOLLOWS 24u
#define HEAD_LIMIT 9u

// Fills `head`, returns its length.
static size_t head_make(uint8_t head[HEAD_LIMIT], enum major major,
			uint64_t argument)
{
	unsigned int code = 0, bytes = 1;

	if (argument < ARGUMENT_FOLLOWS) {
		head[0] = (uint8_t)((unsigned int)major << 5 | argument);
		return 1;
	}
	while (bytes < 8 && argument >> (8 * bytes) != 0) {
		bytes *= 2;
		code++;
	}
	head[0] =
		(uint8_t)((unsigned int)major << 5 | (ARGUMENT_FOLLOWS + code));
	for (unsigned int i = 0; i < bytes; i++)
		head[1 + i] = (uint8_t)(argument >> (8 * (bytes - 1 - i)));
	return 1 + bytes;
}

static enum err put_head(struct writer *w, enum major major, uint64_t argument)
{
	uint8_t head[HEAD_LIMIT];

	return write_bytes(w, head, head_make(head, major, argument));
}

static enum err put_string(struct writer *w, enum major major,
			   const void *bytes, size_t count)
{
	struct writer tried = *w;

	TRY(put_head(&tried, major, count));
	TRY(write_bytes(&tried, bytes, count));
	*w = tried;
	return OK;
}

enum err cbor_put_uint(struct writer *w, uint64_t value)
{
	return put_head(w, MAJOR_UINT, value);
}

enum err cbor_put_bytes(struct writer *w, const void *bytes, size_t count)
{
	return put_string(w, MAJOR_BYTES, bytes, count);
}

enum err cbor_put_text(struct writer *w, struct text text)
{
	return put_string(w, MAJOR_TEXT, text.at, text.length);
}

enum err cbor_put_array(struct writer *w, uint64_t count)
{
	return put_head(w, MAJOR_ARRAY, count);
}

enum err cbor_put_map(struct writer *w, uint64_t count)
{
	return put_head(w, MAJOR_MAP, count);
}

enum err cbor_put_bool(struct writer *w, bool value)
{
	return put_head(w, MAJOR_SIMPLE, value ? SIMPLE_TRUE : SIMPLE_FALSE);
}

enum err cbor_put_null(struct writer *w)
{
	return put_head(w, MAJOR_SIMPLE, SIMPLE_NULL);
}

static enum cbor_kind simple_kind(uint8_t first)
{
	switch (first & 0x1f) {
	case SIMPLE_FALSE:
	case SIMPLE_TRUE:
		return CBOR_BOOL;
	case SIMPLE_NULL:
		return CBOR_NULL;
	default:
		return CBOR_OTHER;
	}
}

enum cbor_kind cbor_peek(const struct reader *r)
{
	if (r->left == 0)
		return CBOR_OTHER;
	switch (*r->at >> 5) {
	case MAJOR_UINT:
		return CBOR_UINT;
	case MAJOR_BYTES:
		return CBOR_BYTES;
	case MAJOR_TEXT:
		return CBOR_TEXT;
	case MAJOR_ARRAY:
		return CBOR_ARRAY;
	case MAJOR_MAP:
		return CBOR_MAP;
	case MAJOR_SIMPLE:
		return simple_kind(*r->at);
	default:
		return CBOR_OTHER;
	}
}

// Reads the big-endian argument behind a head's first byte.
static enum err get_argument(struct reader *r, unsigned int code, uint64_t *out)
{
	size_t count;
	const uint8_t *bytes;
	uint64_t value = 0;

	if (code < ARGUMENT_FOLLOWS) {
		*out = code;
		return OK;
	}
	// 28 to 30 are reserved, 31 is the indefinite length.
	if (code > ARGUMENT_FOLLOWS + 3)
		return ERR_BAD_INPUT;
	count = (size_t)1 << (code - ARGUMENT_FOLLOWS);
	TRY(read_view(r, count, &bytes));
	for (size_t i = 0; i < count; i++)
		value = value << 8 | bytes[i];
	*out = value;
	return OK;
}

// Moves on only if the head is of this kind and is the shortest one.
static enum err get_head(struct reader *r, enum major major, uint64_t *out)
{
	struct reader rest = *r;
	uint8_t first, shortest[HEAD_LIMIT];
	uint64_t argument;

	TRY(read_u8(&rest, &first));
	if (first >> 5 != (int)major)
		return ERR_BAD_INPUT;
	TRY(get_argument(&rest, first & 0x1f, &argument));
	if (head_make(shortest, major, argument) != r->left - rest.left)
		return ERR_BAD_INPUT;
	*r = rest;
	*out = argument;
	return OK;
}

static enum err get_string(struct reader *r, enum major major,
			   const uint8_t **out, size_t *count)
{
	struct reader rest = *r;
	uint64_t length;

	TRY(get_head(&rest, major, &length));
	if (length > rest.left)
		return ERR_BAD_INPUT;
	TRY(read_view(&rest, (size_t)length, out));
	*count = (size_t)length;
	*r = rest;
	return OK;
}

// The second byte's range depends on the first (RFC 3629, 4): no overlong
// form, no surrogate, nothing above U+10FFFF.
static bool second_fits(uint8_t first, uint8_t second)
{
	uint8_t low = 0x80, high = 0xbf;

	if (first == 0xe0)
		low = 0xa0;
	else if (first == 0xed)
		high = 0x9f;
	else if (first == 0xf0)
		low = 0x90;
	else if (first == 0xf4)
		high = 0x8f;
	return second >= low && second <= high;
}

// How many bytes a character takes that starts so; 0: none does.
static size_t character_bytes(uint8_t first)
{
	if (first < 0x80)
		return 1;
	if (first >= 0xc2 && first <= 0xdf)
		return 2;
	if (first >= 0xe0 && first <= 0xef)
		return 3;
	if (first >= 0xf0 && first <= 0xf4)
		return 4;
	return 0;
}

static bool is_utf8(const uint8_t *bytes, size_t count)
{
	while (count > 0) {
		size_t length = character_bytes(bytes[0]);

		if (length == 0 || length > count)
			return false;
		if (length > 1 && !second_fits(bytes[0], bytes[1]))
			return false;
		for (size_t i = 2; i < length; i++)
			if (bytes[i] >> 6 != 2)
				return false;
		bytes += length;
		count -= length;
	}
	return true;
}

enum err cbor_get_uint(struct reader *r, uint64_t *out)
{
	return get_head(r, MAJOR_UINT, out);
}

enum err cbor_get_bytes(struct reader *r, const uint8_t **out, size_t *count)
{
	return get_string(r, MAJOR_BYTES, out, count);
}

enum err cbor_get_text(struct reader *r, struct text *out)
{
	struct reader rest = *r;
	const uint8_t *bytes;
	size_t count;

	TRY(get_string(&rest, MAJOR_TEXT, &bytes, &count));
	if (!is_utf8(bytes, count))
		return ERR_BAD_INPUT;
	*out = (struct text){ (const char *)bytes, count };
	*r = rest;
	return OK;
}

enum err cbor_get_array(struct reader *r, uint64_t *count)
{
	return get_head(r, MAJOR_ARRAY, count);
}

enum err cbor_get_map(struct reader *r, uint64_t *count)
{
	return get_head(r, MAJOR_MAP, count);
}

// Moves on only if the simple value is one of the two.
static enum err get_simple(struct reader *r, unsigned int low,
			   unsigned int high, uint64_t *out)
{
	struct reader rest = *r;
	uint64_t value;

	TRY(get_head(&rest, MAJOR_SIMPLE, &value));
	if (value < low || value > high)
		return ERR_BAD_INPUT;
	*out = value;
	*r = rest;
	return OK;
}

enum err cbor_get_bool(struct reader *r, bool *out)
{
	uint64_t value;

	TRY(get_simple(r, SIMPLE_FALSE, SIMPLE_TRUE, &value));
	*out = value == SIMPLE_TRUE;
	return OK;
}

enum err cbor_get_null(struct reader *r)
{
	uint64_t ignored;

	return get_simple(r, SIMPLE_NULL, SIMPLE_NULL, &ignored);
}
