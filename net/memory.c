// SPDX-License-Identifier: Apache-2.0
#include "net/memory.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/num.h"
#include "net/limits.h"

// In front of every block; keeps lwIP's alignment of 8.
struct header {
	uint32_t bytes; // of the block behind it
	uint32_t class;
};
static_assert(sizeof(struct header) == 8, "alignment of blocks");

#define CLASS_COUNT 3
#define CLASS_NONE CLASS_COUNT // straight from the heap

// Headers of segments and frames without data; control blocks; whole frames.
// With its header in front each fills a block of the heap (kernel/mem/heap.c),
// which would round it up.
static const struct {
	uint32_t bytes;
	uint32_t kept_limit;
} classes[CLASS_COUNT] = { { 216, 256 }, { 312, 64 }, { 1784, 128 } };

struct kept_block {
	struct kept_block *next;
};

static struct {
	struct kept_block *first;
	uint32_t count;
} kept[CLASS_COUNT];

static struct memory_figures figures;

static uint32_t class_of(size_t bytes)
{
	for (uint32_t class = 0; class < CLASS_COUNT; class ++)
		if (bytes <= classes[class].bytes)
			return class;
	return CLASS_NONE;
}

static struct header *take_kept(uint32_t class)
{
	struct kept_block *block = kept[class].first;

	kept[class].first = block->next;
	kept[class].count--;
	figures.kept_bytes -= sizeof(struct header) + classes[class].bytes;
	return (struct header *)(void *)block - 1;
}

static struct header *take_new(uint32_t class, size_t bytes)
{
	struct header *h = malloc(sizeof(*h) + bytes);

	if (h != NULL)
		*h = (struct header){ .bytes = (uint32_t)bytes,
				      .class = class };
	return h;
}

static struct header *take_block(uint32_t class, size_t bytes)
{
	if (class != CLASS_NONE && kept[class].first != NULL)
		return take_kept(class);
	return take_new(class, bytes);
}

void *memory_take(size_t bytes)
{
	uint32_t class = class_of(bytes);
	size_t size = class == CLASS_NONE ? bytes : classes[class].bytes;
	struct header *h = NULL;

	if (size <= NET_MEMORY_LIMIT - figures.used_bytes)
		h = take_block(class, size);
	if (h == NULL) {
		figures.refused++;
		return NULL;
	}
	figures.used_bytes += size;
	figures.peak_bytes = max_u64(figures.peak_bytes, figures.used_bytes);
	return h + 1;
}

void *memory_take_zeroed(size_t count, size_t bytes)
{
	void *block;

	if (bytes != 0 && count > NET_MEMORY_LIMIT / bytes)
		return NULL;
	block = memory_take(count * bytes);
	if (block != NULL)
		memset(block, 0, count * bytes);
	return block;
}

void memory_give(void *block)
{
	struct header *h = (struct header *)block - 1;
	struct kept_block *b = block;
	uint32_t class = h->class;

	CHECK(h->bytes <= figures.used_bytes && class <= CLASS_NONE);
	figures.used_bytes -= h->bytes;
	if (class == CLASS_NONE ||
	    kept[class].count >= classes[class].kept_limit) {
		free(h);
		return;
	}
	b->next = kept[class].first;
	kept[class].first = b;
	kept[class].count++;
	figures.kept_bytes += sizeof(*h) + h->bytes;
}

// Keeping out-of-order data is a courtesy to the sender, who would send it
// again.
uint16_t memory_reorder_limit(void)
{
	if (figures.used_bytes > NET_REORDER_CEILING)
		return 0;
	return NET_REORDER_PIECES;
}

struct memory_figures memory_figures(void)
{
	return figures;
}
