// SPDX-License-Identifier: Apache-2.0
// Bounded reading and writing of bytes.
#include "base/bytes.h"

#include <string.h>

enum err read_view(struct reader *r, size_t count, const uint8_t **out)
{
	if (count > r->left)
		return ERR_BAD_INPUT;
	*out = r->at;
	r->at += count;
	r->left -= count;
	return OK;
}

enum err read_skip(struct reader *r, size_t count)
{
	const uint8_t *ignored;
	return read_view(r, count, &ignored);
}

enum err read_u8(struct reader *r, uint8_t *out)
{
	const uint8_t *p;
	TRY(read_view(r, 1, &p));
	*out = *p;
	return OK;
}

enum err read_le16(struct reader *r, uint16_t *out)
{
	const uint8_t *p;
	TRY(read_view(r, 2, &p));
	*out = load_le16(p);
	return OK;
}

enum err read_le32(struct reader *r, uint32_t *out)
{
	const uint8_t *p;
	TRY(read_view(r, 4, &p));
	*out = load_le32(p);
	return OK;
}

enum err read_le64(struct reader *r, uint64_t *out)
{
	const uint8_t *p;
	TRY(read_view(r, 8, &p));
	*out = load_le64(p);
	return OK;
}

enum err write_bytes(struct writer *w, const void *bytes, size_t count)
{
	if (count > w->capacity - w->used)
		return ERR_TOO_BIG;
	if (count)
		memcpy(w->start + w->used, bytes, count);
	w->used += count;
	return OK;
}

enum err write_text(struct writer *w, const char *text)
{
	return write_bytes(w, text, strlen(text));
}

enum err write_decimal(struct writer *w, uint64_t value)
{
	char digits[20];
	size_t first = sizeof(digits);

	do {
		digits[--first] = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	return write_bytes(w, digits + first, sizeof(digits) - first);
}

enum err write_hex(struct writer *w, uint64_t value, unsigned int digits)
{
	char text[16];
	size_t first = sizeof(text);

	do {
		text[--first] = "0123456789abcdef"[value % 16];
		value /= 16;
	} while (first && (value || sizeof(text) - first < digits));
	return write_bytes(w, text + first, sizeof(text) - first);
}

void wipe(void *bytes, size_t count)
{
	memset(bytes, 0, count);
	__asm__ volatile("" : : "r"(bytes) : "memory");
}

bool bytes_equal_ct(const void *a, const void *b, size_t count)
{
	const uint8_t *x = a;
	const uint8_t *y = b;
	uint8_t difference = 0;

	for (size_t i = 0; i < count; i++)
		difference |= x[i] ^ y[i];
	return difference == 0;
}
