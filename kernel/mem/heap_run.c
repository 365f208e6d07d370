// SPDX-License-Identifier: Apache-2.0
// Runs of pages and how an address leads to its run: a table of three levels
// over the pool's page numbers. Pages of the table and of the records are never
// given back: they are at most 1/25 of the most that the heap ever held.
#include "kernel/mem/heap_run.h"

#include <stdbool.h>
#include <string.h>

#include "abi/layout.h"
#include "base/check.h"
#include "base/num.h"
#include "kernel/mem/page_pool.h"

#define FAN_BITS 9
#define FAN (1u << FAN_BITS)

struct leaf {
	struct heap_run *runs[FAN];
};

struct branch {
	struct leaf *leaves[FAN];
};

_Static_assert(sizeof(struct leaf) == PAGE_SIZE);
_Static_assert(sizeof(struct branch) == PAGE_SIZE);
_Static_assert(DIRECT_MAP_BYTES >> (PAGE_SHIFT + 3 * FAN_BITS) == 1);

static struct branch *root[FAN];
static struct heap_run *unused_records;
static uint64_t held_pages, limit_pages;

void heap_run_init(uint64_t limit_bytes)
{
	limit_pages = limit_bytes / PAGE_SIZE;
}

static void *take_pages(size_t pages)
{
	struct phys base;

	if (held_pages > limit_pages || pages > limit_pages - held_pages)
		return NULL;
	if (page_pool_take(pages, &base) != OK)
		return NULL;
	held_pages += pages;
	return page_pool_address(base);
}

static void give_pages(void *address, size_t pages)
{
	page_pool_give(page_pool_phys(address), pages);
	held_pages -= pages;
}

static void *take_table(void)
{
	void *table = take_pages(1);

	if (table)
		memset(table, 0, PAGE_SIZE);
	return table;
}

static uint64_t page_number(const void *address)
{
	return page_pool_phys(address).value >> PAGE_SHIFT;
}

static struct leaf *leaf_of(uint64_t page)
{
	struct branch *branch = root[page >> 2 * FAN_BITS];

	return branch ? branch->leaves[page >> FAN_BITS & (FAN - 1)] : NULL;
}

static bool make_leaf(uint64_t page)
{
	struct branch **branch = &root[page >> 2 * FAN_BITS];
	struct leaf **leaf;

	if (!*branch)
		*branch = take_table();
	if (!*branch)
		return false;
	leaf = &(*branch)->leaves[page >> FAN_BITS & (FAN - 1)];
	if (!*leaf)
		*leaf = take_table();
	return *leaf;
}

static bool make_leaves(uint64_t first, size_t pages)
{
	uint64_t end = first + pages;

	for (uint64_t at = first; at < end; at = align_down(at, FAN) + FAN)
		if (!make_leaf(at))
			return false;
	return true;
}

static void point_pages(uint64_t first, size_t pages, struct heap_run *run)
{
	for (uint64_t page = first; page < first + pages; page++)
		leaf_of(page)->runs[page & (FAN - 1)] = run;
}

static bool make_records(void)
{
	struct heap_run *records = take_pages(1);

	if (!records)
		return false;
	for (size_t i = 0; i < PAGE_SIZE / sizeof(*records); i++) {
		records[i].next = unused_records;
		unused_records = &records[i];
	}
	return true;
}

struct heap_run *heap_run_take(size_t pages)
{
	struct heap_run *run;
	uint8_t *base;

	if (!unused_records && !make_records())
		return NULL;
	base = take_pages(pages);
	if (!base)
		return NULL;
	if (!make_leaves(page_number(base), pages)) {
		give_pages(base, pages);
		return NULL;
	}
	run = unused_records;
	unused_records = run->next;
	*run = (struct heap_run){ .base = base, .pages = pages };
	point_pages(page_number(base), pages, run);
	return run;
}

void heap_run_give(struct heap_run *run)
{
	point_pages(page_number(run->base), run->pages, NULL);
	give_pages(run->base, run->pages);
	*run = (struct heap_run){ .next = unused_records };
	unused_records = run;
}

struct heap_run *heap_run_of(const void *address)
{
	uint64_t page = page_number(address);
	const struct leaf *leaf = leaf_of(page);

	return leaf ? leaf->runs[page & (FAN - 1)] : NULL;
}

uint64_t heap_run_held_bytes(void)
{
	return held_pages * PAGE_SIZE;
}

uint64_t heap_run_limit_bytes(void)
{
	return limit_pages * PAGE_SIZE;
}
