// SPDX-License-Identifier: Apache-2.0
// The heap: size classes in four steps for each doubling, each class cut from
// runs of pages of its own; blocks beyond the classes are runs. Taking and
// freeing a small block costs the same few steps whatever was done before. A
// small block is all zeros while it is free: wiped when freed, its run zeroed
// when made, so that calloc needn't.
#include "kernel/mem/heap.h"

#include <stdbool.h>
#include <string.h>

#include "abi/layout.h"
#include "base/bytes.h"
#include "base/check.h"
#include "base/num.h"
#include "kernel/mem/heap_run.h"

struct size_class {
	uint16_t block_bytes;
	uint16_t block_count; // of one run
	uint16_t pages;       // of one run
	uint32_t reciprocal;  // 2^32 / block_bytes, rounded up
};

#define CLASS(bytes, run_pages)                                                \
	{                                                                      \
		.block_bytes = (bytes),                                        \
		.block_count = (uint16_t)((run_pages)*PAGE_SIZE / (bytes)),    \
		.pages = (run_pages),                                          \
		.reciprocal = (uint32_t)(((1ull << 32) + (bytes)-1) / (bytes)) \
	}

// Pages are chosen so that a run wastes at most 1/40 of itself.
static const struct size_class classes[] = {
	CLASS(16, 1),   CLASS(32, 1),   CLASS(48, 1),   CLASS(64, 1),
	CLASS(80, 1),   CLASS(96, 1),   CLASS(112, 1),  CLASS(128, 1),
	CLASS(160, 1),  CLASS(192, 1),  CLASS(224, 1),  CLASS(256, 1),
	CLASS(320, 2),  CLASS(384, 2),  CLASS(448, 2),  CLASS(512, 2),
	CLASS(640, 4),  CLASS(768, 3),  CLASS(896, 2),  CLASS(1024, 2),
	CLASS(1280, 5), CLASS(1536, 3), CLASS(1792, 4), CLASS(2048, 4),
	CLASS(2560, 5), CLASS(3072, 3), CLASS(3584, 7), CLASS(4096, 4),
	CLASS(5120, 5), CLASS(6144, 6), CLASS(7168, 7), CLASS(8192, 8),
};

#define CLASS_COUNT ARRAY_COUNT(classes)
#define SMALL_LIMIT 8192u // bytes: the last class's
#define LARGE CLASS_COUNT // the class of a run that is one block

_Static_assert(PAGE_SIZE / 16 <= HEAP_RUN_WORDS * 64);
_Static_assert(LARGE <= UINT8_MAX);

// Runs of a class with blocks handed out and others free; and at most one run
// that is all free, so that a block that comes and goes costs no pages.
static struct class_runs {
	struct heap_run *partial;
	struct heap_run *empty;
} class_runs[CLASS_COUNT];

static uint64_t used_bytes, peak_bytes, blocks, refused;

void heap_init(uint64_t limit_bytes)
{
	heap_run_init(limit_bytes);
}

static size_t class_of(size_t bytes)
{
	size_t last = bytes ? bytes - 1 : 0;
	unsigned int doubling;

	if (last < 128)
		return last / 16;
	doubling = 63 - (unsigned int)__builtin_clzll(last);
	return 8 + (doubling - 7) * 4 + (last >> (doubling - 2) & 3);
}

static size_t run_block_bytes(const struct heap_run *run)
{
	return run->class_index == LARGE
		       ? run->pages * PAGE_SIZE
		       : classes[run->class_index].block_bytes;
}

static void list_add(struct heap_run **list, struct heap_run *run)
{
	run->previous = NULL;
	run->next = *list;
	if (run->next)
		run->next->previous = run;
	*list = run;
}

static void list_remove(struct heap_run **list, struct heap_run *run)
{
	if (run->previous)
		run->previous->next = run->next;
	else
		*list = run->next;
	if (run->next)
		run->next->previous = run->previous;
}

// Gives the empty runs back. Whether there were any.
static bool give_empty_runs(void)
{
	bool given = false;

	for (size_t i = 0; i < CLASS_COUNT; i++) {
		if (!class_runs[i].empty)
			continue;
		heap_run_give(class_runs[i].empty);
		class_runs[i].empty = NULL;
		given = true;
	}
	return given;
}

static struct heap_run *take_run(size_t pages)
{
	struct heap_run *run = heap_run_take(pages);

	if (!run && give_empty_runs())
		run = heap_run_take(pages);
	return run;
}

static struct heap_run *make_small_run(size_t index)
{
	const struct size_class *c = &classes[index];
	struct heap_run *run = take_run(c->pages);

	if (!run)
		return NULL;
	memset(run->base, 0, c->pages * PAGE_SIZE);
	run->class_index = (uint8_t)index;
	run->free_count = c->block_count;
	for (size_t i = 0; i < c->block_count; i++)
		run->free_blocks[i / 64] |= 1ull << i % 64;
	return run;
}

// A run of the class with a free block, on the list of partial ones.
static struct heap_run *open_run(size_t index)
{
	struct class_runs *runs = &class_runs[index];
	struct heap_run *run = runs->partial;

	if (run)
		return run;
	run = runs->empty;
	runs->empty = NULL;
	if (!run)
		run = make_small_run(index);
	if (run)
		list_add(&runs->partial, run);
	return run;
}

static void *take_small(size_t index)
{
	struct heap_run *run = open_run(index);
	size_t word = 0, block;

	if (!run)
		return NULL;
	while (!run->free_blocks[word])
		word++;
	block = word * 64 + (size_t)__builtin_ctzll(run->free_blocks[word]);
	run->free_blocks[word] &= run->free_blocks[word] - 1;
	if (--run->free_count == 0)
		list_remove(&class_runs[index].partial, run);
	used_bytes += classes[index].block_bytes;
	return run->base + block * classes[index].block_bytes;
}

static void *take_large(size_t bytes)
{
	struct heap_run *run;

	if (bytes > heap_run_limit_bytes())
		return NULL;
	run = take_run(align_up(bytes, PAGE_SIZE) / PAGE_SIZE);
	if (!run)
		return NULL;
	run->class_index = LARGE;
	used_bytes += run->pages * PAGE_SIZE;
	return run->base;
}

void *heap_allocate(size_t bytes)
{
	void *block = bytes <= SMALL_LIMIT ? take_small(class_of(bytes))
					   : take_large(bytes);

	if (!block) {
		refused++;
		return NULL;
	}
	blocks++;
	peak_bytes = max_u64(peak_bytes, used_bytes);
	return block;
}

void *heap_allocate_zeroed(size_t count, size_t bytes)
{
	size_t total;
	void *block;

	if (__builtin_mul_overflow(count, bytes, &total)) {
		refused++;
		return NULL;
	}
	block = heap_allocate(total);
	if (block && total > SMALL_LIMIT)
		memset(block, 0, total);
	return block;
}

static void free_small(struct heap_run *run, size_t block)
{
	struct class_runs *runs = &class_runs[run->class_index];

	run->free_blocks[block / 64] |= 1ull << block % 64;
	if (run->free_count++ == 0)
		list_add(&runs->partial, run);
	if (run->free_count < classes[run->class_index].block_count)
		return;
	list_remove(&runs->partial, run);
	if (runs->empty)
		heap_run_give(run);
	else
		runs->empty = run;
}

// The run of a block that is handed out, and the block's number in it. Anything
// else is a mistake of our own.
static struct heap_run *run_of_block(const void *address, size_t *block)
{
	struct heap_run *run = heap_run_of(address);
	const struct size_class *c;
	size_t offset;

	CHECK(run);
	offset = (size_t)((const uint8_t *)address - run->base);
	if (run->class_index == LARGE) {
		CHECK(offset == 0);
		*block = 0;
		return run;
	}
	c = &classes[run->class_index];
	*block = (size_t)((uint64_t)offset * c->reciprocal >> 32);
	CHECK(*block * c->block_bytes == offset && *block < c->block_count);
	CHECK(!(run->free_blocks[*block / 64] >> *block % 64 & 1));
	return run;
}

void heap_free(void *address)
{
	struct heap_run *run;
	size_t block, bytes;

	if (!address)
		return;
	run = run_of_block(address, &block);
	bytes = run_block_bytes(run);
	wipe(address, bytes);
	used_bytes -= bytes;
	blocks--;
	if (run->class_index == LARGE)
		heap_run_give(run);
	else
		free_small(run, block);
}

// Whether a block of `bytes` would be rounded to `block_bytes`.
static bool same_size(size_t bytes, size_t block_bytes)
{
	if (bytes > block_bytes)
		return false;
	if (bytes <= SMALL_LIMIT)
		return classes[class_of(bytes)].block_bytes == block_bytes;
	return align_up(bytes, PAGE_SIZE) == block_bytes;
}

void *heap_resize(void *address, size_t bytes)
{
	size_t block, old_bytes;
	void *moved;

	if (!address)
		return heap_allocate(bytes);
	old_bytes = run_block_bytes(run_of_block(address, &block));
	if (same_size(bytes, old_bytes))
		return address;
	moved = heap_allocate(bytes);
	if (!moved)
		return NULL;
	memcpy(moved, address, min_size(bytes, old_bytes));
	heap_free(address);
	return moved;
}

struct heap_figures heap_figures(void)
{
	return (struct heap_figures){
		.used_bytes = used_bytes,
		.held_bytes = heap_run_held_bytes(),
		.peak_bytes = peak_bytes,
		.limit_bytes = heap_run_limit_bytes(),
		.blocks = blocks,
		.refused = refused,
	};
}
