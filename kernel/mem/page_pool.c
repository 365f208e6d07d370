// SPDX-License-Identifier: Apache-2.0
// The page pool: one bitmap for each region, kept in the region's own first
// pages. Boot must not touch all of RAM, so nothing is written before it is
// needed: pages above a region's `fresh` mark were never taken, and the bitmap
// says nothing of them yet. Runs are taken lowest first, so that small ones fill
// old holes and large ones find room.
#include "kernel/mem/page_pool.h"

#include <stdbool.h>

#include "abi/layout.h"
#include "base/check.h"
#include "base/num.h"
#include "kernel/boot_info.h"

// Boot takes its first pages out of the midst of one region.
#define REGION_LIMIT (BOOT_REGION_LIMIT + 1)
#define WORD_BITS 64u
#define PAGES_PER_BITMAP_PAGE (PAGE_SIZE * 8)

struct region {
	struct phys base; // of page 0, behind the bitmap
	uint64_t pages;
	uint64_t free; // pages
	// Pages [fresh, pages) are free. The bitmap's words that hold a page
	// below `fresh` are valid; their bits from `fresh` on are 0.
	uint64_t fresh;
	uint64_t first_word; // no word below it holds a free page
	uint64_t *bitmap;    // 1: free; NULL until the first page is taken
	struct phys bitmap_base;
};

static struct region regions[REGION_LIMIT];
static size_t region_count;

void page_pool_add(struct phys base, uint64_t pages)
{
	uint64_t bitmap_pages;

	CHECK(base.value % PAGE_SIZE == 0);
	if (base.value >= DIRECT_MAP_BYTES)
		return;
	pages = min_u64(pages, (DIRECT_MAP_BYTES - base.value) / PAGE_SIZE);
	if (pages < 2)
		return;
	CHECK(region_count < REGION_LIMIT);
	bitmap_pages =
		(pages + PAGES_PER_BITMAP_PAGE - 1) / PAGES_PER_BITMAP_PAGE;
	pages -= bitmap_pages;
	regions[region_count++] = (struct region){
		.base = { base.value + bitmap_pages * PAGE_SIZE },
		.pages = pages,
		.free = pages,
		.bitmap_base = base,
	};
}

// Walks from page `at` to the next change of state or the end of its word, and
// says which state it left behind.
static uint64_t walk_word(const struct region *r, uint64_t at, bool *is_free)
{
	uint64_t word = r->bitmap[at / WORD_BITS] >> at % WORD_BITS;
	uint64_t left = WORD_BITS - at % WORD_BITS;

	*is_free = word & 1;
	if (*is_free)
		word = ~word;
	if (word)
		left = min_u64(left, (uint64_t)__builtin_ctzll(word));
	return min_u64(at + left, r->fresh);
}

// The lowest run of `count` free pages.
static bool find_run(struct region *r, uint64_t count, uint64_t *out)
{
	uint64_t at, run = 0;

	while (r->first_word * WORD_BITS < r->fresh &&
	       !r->bitmap[r->first_word])
		r->first_word++;
	at = min_u64(r->first_word * WORD_BITS, r->fresh);
	while (at < r->fresh && run < count) {
		bool is_free;
		uint64_t next = walk_word(r, at, &is_free);
		run = is_free ? run + (next - at) : 0;
		at = next;
	}
	if (run < count && run + (r->pages - r->fresh) < count)
		return false;
	*out = at - run;
	return true;
}

// The part of the word at `first`'s place that [first, end) covers.
static uint64_t word_mask(uint64_t first, uint64_t end)
{
	uint64_t bits = min_u64(end - first, WORD_BITS - first % WORD_BITS);

	return (bits == WORD_BITS ? UINT64_MAX : (1ull << bits) - 1)
	       << first % WORD_BITS;
}

static uint64_t word_end(uint64_t first)
{
	return align_down(first, WORD_BITS) + WORD_BITS;
}

// Moves `fresh` up to `end`: the bitmap then says "taken" of what it passed.
static void use_fresh(struct region *r, uint64_t end)
{
	uint64_t word = (r->fresh + WORD_BITS - 1) / WORD_BITS;

	for (; word * WORD_BITS < end; word++)
		r->bitmap[word] = 0;
	r->fresh = end;
}

static void take_run(struct region *r, uint64_t first, uint64_t count)
{
	uint64_t end = first + count;
	uint64_t known_end = min_u64(end, r->fresh);

	for (uint64_t at = first; at < known_end; at = word_end(at))
		r->bitmap[at / WORD_BITS] &= ~word_mask(at, known_end);
	if (end > r->fresh)
		use_fresh(r, end);
	r->free -= count;
}

enum err page_pool_take(size_t count, struct phys *out)
{
	CHECK(count > 0);
	for (size_t i = 0; i < region_count; i++) {
		struct region *r = &regions[i];
		uint64_t first;

		if (r->free < count)
			continue;
		if (!r->bitmap)
			r->bitmap = page_pool_address(r->bitmap_base);
		if (!find_run(r, count, &first))
			continue;
		take_run(r, first, count);
		*out = (struct phys){ r->base.value + first * PAGE_SIZE };
		return OK;
	}
	return ERR_NO_MEMORY;
}

static struct region *region_of(struct phys base)
{
	for (size_t i = 0; i < region_count; i++) {
		struct region *r = &regions[i];
		if (base.value >= r->base.value &&
		    base.value - r->base.value < r->pages * PAGE_SIZE)
			return r;
	}
	return NULL;
}

void page_pool_give(struct phys base, size_t count)
{
	struct region *r = region_of(base);
	uint64_t first, end;

	CHECK(r && base.value % PAGE_SIZE == 0);
	first = (base.value - r->base.value) / PAGE_SIZE;
	CHECK(count > 0 && first <= r->fresh && count <= r->fresh - first);
	end = first + count;
	for (uint64_t at = first; at < end; at = word_end(at)) {
		uint64_t mask = word_mask(at, end);
		CHECK((r->bitmap[at / WORD_BITS] & mask) == 0);
		r->bitmap[at / WORD_BITS] |= mask;
	}
	r->first_word = min_u64(r->first_word, first / WORD_BITS);
	r->free += count;
}

uint64_t page_pool_free_pages(void)
{
	uint64_t pages = 0;

	for (size_t i = 0; i < region_count; i++)
		pages += regions[i].free;
	return pages;
}

uint64_t page_pool_total_pages(void)
{
	uint64_t pages = 0;

	for (size_t i = 0; i < region_count; i++)
		pages += regions[i].pages;
	return pages;
}
