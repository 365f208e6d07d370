// SPDX-License-Identifier: Apache-2.0
// Adds eight bytes at a time and feeds each carry into the next sum: ones'
// complement sums don't care in which width they are taken (RFC 1071 2).
#include "net/checksum.h"

#include <stddef.h>
#include <string.h>

typedef unsigned long long word;

static inline word load_word(const uint8_t *at)
{
	word value;

	memcpy(&value, at, sizeof(value));
	return value;
}

// C has no name for the carry flag; gcc and clang have the same builtin, which
// makes one instruction of each line. The last carry fits in: a sum that
// carried is below its greatest value.
static inline word add_block(word sum, const uint8_t *at)
{
	uint8_t carry = 0;
	word next;

	carry = __builtin_ia32_addcarryx_u64(carry, sum, load_word(at), &next);
	carry = __builtin_ia32_addcarryx_u64(carry, next, load_word(at + 8),
					     &next);
	carry = __builtin_ia32_addcarryx_u64(carry, next, load_word(at + 16),
					     &next);
	carry = __builtin_ia32_addcarryx_u64(carry, next, load_word(at + 24),
					     &next);
	carry = __builtin_ia32_addcarryx_u64(carry, next, load_word(at + 32),
					     &next);
	carry = __builtin_ia32_addcarryx_u64(carry, next, load_word(at + 40),
					     &next);
	carry = __builtin_ia32_addcarryx_u64(carry, next, load_word(at + 48),
					     &next);
	carry = __builtin_ia32_addcarryx_u64(carry, next, load_word(at + 56),
					     &next);
	return next + carry;
}

static inline word add_word(word sum, word value)
{
	word next = sum + value;

	return next + (next < sum);
}

// The last 0 to 7 bytes, padded with zeros.
static inline word load_tail(const uint8_t *at, size_t count)
{
	word value = 0;

	for (size_t i = count; i > 0; i--)
		value = value << 8 | at[i - 1];
	return value;
}

static uint16_t fold(word sum)
{
	sum = (sum & 0xffffffff) + (sum >> 32);
	while (sum >> 16 != 0)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

uint16_t checksum_of(const void *bytes, int count)
{
	const uint8_t *at = bytes;
	size_t left = count > 0 ? (size_t)count : 0;
	word sum = 0;

	for (; left >= 64; at += 64, left -= 64)
		sum = add_block(sum, at);
	for (; left >= 8; at += 8, left -= 8)
		sum = add_word(sum, load_word(at));
	return fold(add_word(sum, load_tail(at, left)));
}
