// SPDX-License-Identifier: Apache-2.0
// Small arithmetic that every room needs.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARRAY_COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define KIB 1024u
#define MIB (1024u * 1024u)
#define GIB (1024ull * 1024ull * 1024ull)

#define NS_PER_SECOND 1000000000ull
#define NS_PER_MS 1000000ull

static inline size_t min_size(size_t a, size_t b)
{
	return a < b ? a : b;
}

static inline uint64_t min_u64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static inline uint64_t max_u64(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

// `align` is a power of two.
static inline uint64_t align_down(uint64_t value, uint64_t align)
{
	return value & ~(align - 1);
}

// `align` is a power of two; the caller knows that value + align - 1 fits.
static inline uint64_t align_up(uint64_t value, uint64_t align)
{
	return align_down(value + align - 1, align);
}

// Whether [offset, offset + bytes) lies in [0, limit).
static inline bool range_fits(uint64_t offset, uint64_t bytes, uint64_t limit)
{
	return offset <= limit && bytes <= limit - offset;
}

// a * b / c without overflow in between; the caller knows the result fits.
static inline uint64_t mul_div(uint64_t a, uint64_t b, uint64_t c)
{
	__extension__ typedef unsigned __int128 u128;
	return (uint64_t)((u128)a * b / c);
}
