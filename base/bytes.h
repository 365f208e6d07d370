// SPDX-License-Identifier: Apache-2.0
// Bounded reading and writing of bytes, and loads and stores of fixed byte
// order. Pure: no globals, no I/O.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

static inline uint16_t load_le16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t load_le32(const uint8_t *p)
{
	return (uint32_t)load_le16(p) | (uint32_t)load_le16(p + 2) << 16;
}

static inline uint64_t load_le64(const uint8_t *p)
{
	return (uint64_t)load_le32(p) | (uint64_t)load_le32(p + 4) << 32;
}

static inline uint16_t load_be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t load_be32(const uint8_t *p)
{
	return (uint32_t)load_be16(p) << 16 | (uint32_t)load_be16(p + 2);
}

static inline void store_le16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
}

static inline void store_le32(uint8_t *p, uint32_t v)
{
	store_le16(p, (uint16_t)v);
	store_le16(p + 2, (uint16_t)(v >> 16));
}

static inline void store_le64(uint8_t *p, uint64_t v)
{
	store_le32(p, (uint32_t)v);
	store_le32(p + 4, (uint32_t)(v >> 32));
}

// What is left to read. A failed read moves nothing and writes nothing.
struct reader {
	const uint8_t *at;
	size_t left;
};

static inline struct reader reader_of(const void *bytes, size_t count)
{
	return (struct reader){ .at = bytes, .left = count };
}

// Each fails with ERR_BAD_INPUT when too few bytes are left.
enum err read_u8(struct reader *r, uint8_t *out);
enum err read_le16(struct reader *r, uint16_t *out);
enum err read_le32(struct reader *r, uint32_t *out);
enum err read_le64(struct reader *r, uint64_t *out);
// Hands out a view into the reader's own bytes.
enum err read_view(struct reader *r, size_t count, const uint8_t **out);
enum err read_skip(struct reader *r, size_t count);

// What has been written and what fits. A failed write changes nothing.
struct writer {
	uint8_t *start;
	size_t used;
	size_t capacity;
};

static inline struct writer writer_of(void *bytes, size_t capacity)
{
	return (struct writer){ .start = bytes, .capacity = capacity };
}

// Each fails with ERR_TOO_BIG when the bytes don't fit.
enum err write_bytes(struct writer *w, const void *bytes, size_t count);
enum err write_text(struct writer *w, const char *text);
enum err write_decimal(struct writer *w, uint64_t value);
// Lower case, no prefix, at least `digits` digits.
enum err write_hex(struct writer *w, uint64_t value, unsigned int digits);

// Fills with zeros in a way that the compiler keeps.
void wipe(void *bytes, size_t count);
// Whether equal, in time that depends on `count` alone.
bool bytes_equal_ct(const void *a, const void *b, size_t count);
