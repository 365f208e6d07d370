// SPDX-License-Identifier: Apache-2.0
// memcpy, memmove and memset, which everything else is built upon. picolibc's
// x86-64 versions copy up to 15 bytes by `rep movsb` and from 256 bytes on by
// non-temporal stores, which throw the copy out of the cache just before it is
// used: wrong for packets and records. These use general registers, because
// QEMU's TCG is slower with vectors.
#include <stdint.h>
#include <string.h>

typedef uint32_t any32 __attribute__((aligned(1), may_alias));
typedef uint64_t any64 __attribute__((aligned(1), may_alias));

// Keeps the compiler from seeing memcpy() in the loop and calling itself.
#define KEEP_LOOP() __asm__ volatile("")

static inline uint64_t load64(const uint8_t *from)
{
	return *(const any64 *)from;
}

static inline void store64(uint8_t *to, uint64_t value)
{
	*(any64 *)to = value;
}

static inline uint32_t load32(const uint8_t *from)
{
	return *(const any32 *)from;
}

static inline void store32(uint8_t *to, uint32_t value)
{
	*(any32 *)to = value;
}

// Up to 16 bytes: everything is loaded before anything is stored, so the two
// may overlap.
static inline void move_short(uint8_t *to, const uint8_t *from, size_t count)
{
	if (count >= 8) {
		uint64_t first = load64(from), last = load64(from + count - 8);
		store64(to, first);
		store64(to + count - 8, last);
	} else if (count >= 4) {
		uint32_t first = load32(from), last = load32(from + count - 4);
		store32(to, first);
		store32(to + count - 4, last);
	} else if (count > 0) {
		uint8_t first = from[0], middle = from[count / 2];
		uint8_t last = from[count - 1];
		to[0] = first;
		to[count / 2] = middle;
		to[count - 1] = last;
	}
}

static inline void move_32(uint8_t *to, const uint8_t *from)
{
	uint64_t a = load64(from), b = load64(from + 8);
	uint64_t c = load64(from + 16), d = load64(from + 24);

	// Keeps the compiler from making vectors of them.
	__asm__("" : "+r"(a), "+r"(b), "+r"(c), "+r"(d));
	store64(to, a);
	store64(to + 8, b);
	store64(to + 16, c);
	store64(to + 24, d);
}

// From low to high: right when `to` lies below `from` or apart from it.
static inline void *move_up(void *target, const void *source, size_t count)
{
	const uint8_t *from = source;
	uint8_t *to = target;

	for (; count >= 32; count -= 32, to += 32, from += 32) {
		move_32(to, from);
		KEEP_LOOP();
	}
	for (; count > 16; count -= 8, to += 8, from += 8) {
		store64(to, load64(from));
		KEEP_LOOP();
	}
	move_short(to, from, count);
	return target;
}

// From high to low: right when `to` lies above `from`.
static inline void *move_down(void *target, const void *source, size_t count)
{
	const uint8_t *from = source;
	uint8_t *to = target;

	for (; count >= 32; count -= 32) {
		move_32(to + count - 32, from + count - 32);
		KEEP_LOOP();
	}
	for (; count > 16; count -= 8) {
		store64(to + count - 8, load64(from + count - 8));
		KEEP_LOOP();
	}
	move_short(to, from, count);
	return target;
}

void *memcpy(void *restrict target, const void *restrict source, size_t count)
{
	return move_up(target, source, count);
}

void *memmove(void *target, const void *source, size_t count)
{
	if ((uintptr_t)target - (uintptr_t)source >= count)
		return move_up(target, source, count);
	return move_down(target, source, count);
}

void *memset(void *target, int value, size_t count)
{
	uint64_t word = (uint8_t)value * 0x0101010101010101u;
	uint8_t *to = target;

	for (; count >= 64; count -= 64, to += 64) {
		for (int i = 0; i < 64; i += 8)
			store64(to + i, word);
		KEEP_LOOP();
	}
	for (; count >= 8; count -= 8, to += 8) {
		store64(to, word);
		KEEP_LOOP();
	}
	for (; count > 0; count--) {
		*to++ = (uint8_t)value;
		KEEP_LOOP();
	}
	return target;
}
