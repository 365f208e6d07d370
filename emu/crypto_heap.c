// SPDX-License-Identifier: Apache-2.0
// Size classes over a bump pointer. A freed block serves its order again and
// is never joined with others: the sizes that mbedTLS asks for repeat.
#include "emu/crypto_heap.h"

#include <stdint.h>
#include <string.h>

#include "base/bytes.h"
#include "base/check.h"

#define HEAP_BYTES 0x40000u
#define ORDER_MIN_SHIFT 5u // 32 bytes, half of them the header
#define ORDER_COUNT 12u    // to 64 KiB

struct block {
	struct block *next; // while free
	size_t order;
};

_Static_assert(sizeof(struct block) == 16);

static _Alignas(16) uint8_t heap[HEAP_BYTES];
static size_t heap_cut;  // bytes of the array that are in blocks
static size_t heap_used; // of those, bytes in use
static struct block *heap_free[ORDER_COUNT];

static size_t order_bytes(size_t order)
{
	return (size_t)1 << (ORDER_MIN_SHIFT + order);
}

static struct block *block_take(size_t order)
{
	struct block *b = heap_free[order];
	size_t bytes = order_bytes(order);

	if (b) {
		heap_free[order] = b->next;
		return b;
	}
	if (bytes > HEAP_BYTES - heap_cut)
		return NULL;
	b = (struct block *)(void *)(heap + heap_cut);
	heap_cut += bytes;
	b->order = order;
	return b;
}

void *crypto_heap_calloc(size_t count, size_t bytes)
{
	size_t order = 0;

	if (bytes && count > HEAP_BYTES / bytes)
		return NULL;
	while (order < ORDER_COUNT &&
	       order_bytes(order) - sizeof(struct block) < count * bytes)
		order++;
	if (order == ORDER_COUNT)
		return NULL;
	struct block *b = block_take(order);
	if (!b)
		return NULL;
	heap_used += order_bytes(order);
	memset(b + 1, 0, order_bytes(order) - sizeof(*b));
	return b + 1;
}

void crypto_heap_free(void *block)
{
	if (!block)
		return;
	struct block *b = (struct block *)block - 1;
	size_t bytes = order_bytes(b->order);

	CHECK(b->order < ORDER_COUNT && bytes <= heap_used);
	wipe(block, bytes - sizeof(*b));
	heap_used -= bytes;
	b->next = heap_free[b->order];
	heap_free[b->order] = b;
}

size_t crypto_heap_used(void)
{
	return heap_used;
}
