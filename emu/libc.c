// SPDX-License-Identifier: Apache-2.0
// The few functions of string.h that compilers call on their own. The string
// instructions are far faster than a loop under a translating QEMU.
#include "emu/libc.h"

#include <stdint.h>

void *memcpy(void *restrict to, const void *restrict from, size_t count)
{
	void *at = to;
	size_t words = count / 8;
	size_t bytes = count % 8;
	__asm__ volatile("rep movsq"
			 : "+D"(at), "+S"(from), "+c"(words)
			 :
			 : "memory");
	__asm__ volatile("rep movsb"
			 : "+D"(at), "+S"(from), "+c"(bytes)
			 :
			 : "memory");
	return to;
}

void *memset(void *to, int value, size_t count)
{
	void *at = to;
	size_t words = count / 8;
	size_t bytes = count % 8;
	uint64_t fill = (uint8_t)value * 0x0101010101010101ull;
	__asm__ volatile("rep stosq"
			 : "+D"(at), "+c"(words)
			 : "a"(fill)
			 : "memory");
	__asm__ volatile("rep stosb"
			 : "+D"(at), "+c"(bytes)
			 : "a"(fill)
			 : "memory");
	return to;
}

void *memmove(void *to, const void *from, size_t count)
{
	uint8_t *d = to;
	const uint8_t *s = from;
	if (d <= s || d >= s + count)
		return memcpy(to, from, count);
	while (count > 0) {
		count--;
		// The compiler must not turn this loop into memmove.
		*(volatile uint8_t *)(d + count) = s[count];
	}
	return to;
}

int memcmp(const void *a, const void *b, size_t count)
{
	const uint8_t *x = a;
	const uint8_t *y = b;
	for (size_t i = 0; i < count; i++) {
		if (x[i] != y[i])
			return x[i] < y[i] ? -1 : 1;
	}
	return 0;
}

size_t strlen(const char *text)
{
	size_t length = 0;
	while (*(const volatile char *)(text + length) != '\0')
		length++;
	return length;
}
