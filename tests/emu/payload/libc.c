// SPDX-License-Identifier: Apache-2.0
#include "tests/emu/payload/libc.h"

#include <stdint.h>

#include "emu/crypto_heap.h"

// The library is given memory once for each message and never gives it back.
#define HEAP_BYTES 0x10000

static _Alignas(16) uint8_t heap[HEAP_BYTES];
static size_t heap_used;

void *memcpy(void *restrict to, const void *restrict from, size_t count)
{
	for (size_t i = 0; i < count; i++)
		((uint8_t *)to)[i] = ((const uint8_t *)from)[i];
	return to;
}

void *memmove(void *to, const void *from, size_t count)
{
	if ((uintptr_t)to <= (uintptr_t)from) {
		for (size_t i = 0; i < count; i++)
			((uint8_t *)to)[i] = ((const uint8_t *)from)[i];
		return to;
	}
	for (size_t i = count; i > 0; i--)
		((uint8_t *)to)[i - 1] = ((const uint8_t *)from)[i - 1];
	return to;
}

void *memset(void *to, int value, size_t count)
{
	for (size_t i = 0; i < count; i++)
		((uint8_t *)to)[i] = (uint8_t)value;
	return to;
}

int memcmp(const void *a, const void *b, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int d = ((const uint8_t *)a)[i] - ((const uint8_t *)b)[i];
		if (d != 0)
			return d;
	}
	return 0;
}

size_t strlen(const char *text)
{
	size_t count = 0;
	while (text[count] != '\0')
		count++;
	return count;
}

void *crypto_heap_calloc(size_t count, size_t bytes)
{
	size_t wanted = (count * bytes + 15) & ~(size_t)15;
	if (wanted > HEAP_BYTES - heap_used)
		return NULL;
	void *at = heap + heap_used;
	heap_used += wanted;
	return at;
}

void crypto_heap_free(void *block)
{
	(void)block;
}
