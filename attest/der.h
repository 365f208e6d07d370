// SPDX-License-Identifier: Apache-2.0
// Writes DER (X.690) from its end to its beginning, so that every length is
// known when it is written. The first failure sticks: what doesn't fit is told
// once, at the end. Pure.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DER_BOOLEAN 0x01
#define DER_INTEGER 0x02
#define DER_BIT_STRING 0x03
#define DER_OCTET_STRING 0x04
#define DER_OID 0x06
#define DER_UTF8_STRING 0x0c
#define DER_UTC_TIME 0x17
#define DER_GENERALIZED_TIME 0x18
#define DER_SEQUENCE 0x30
#define DER_SET 0x31
#define DER_CONTEXT(n) (uint8_t)(0x80 | (n)) // primitive
#define DER_CONTEXT_CONSTRUCTED(n) (uint8_t)(0xa0 | (n))

struct der {
	uint8_t *bytes;
	size_t capacity;
	size_t used; // at the end of `bytes`
	bool failed; // something didn't fit
};

static inline struct der der_of(void *bytes, size_t capacity)
{
	return (struct der){ .bytes = bytes, .capacity = capacity };
}

// What is written so far: its first byte.
const uint8_t *der_first(const struct der *d);
// Puts bytes before what is written.
void der_put(struct der *d, const void *bytes, size_t count);
// Puts tag and length before what was written since `d->used` was `mark`.
void der_wrap(struct der *d, uint8_t tag, size_t mark);
// Puts a whole element.
void der_element(struct der *d, uint8_t tag, const void *bytes, size_t count);
// An INTEGER from an unsigned big-endian number.
void der_unsigned(struct der *d, const uint8_t *bytes, size_t count);
