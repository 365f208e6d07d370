// SPDX-License-Identifier: Apache-2.0
// Page tables of four or five levels. Trusts its callers, all of them ours:
// mapping over a mapping is a bug.
#include "kernel/mem/page_table.h"

#include <string.h>

#include "abi/x86.h"
#include "base/check.h"
#include "base/num.h"

#define ENTRIES 512u
#define LARGE_LEVEL 2u // entries of this level map 2 MiB
#define LARGE_PAGE_PAGES (LARGE_PAGE_SIZE / PAGE_SIZE)
// Tables allow everything; the last level decides.
#define TABLE_FLAGS (PTE_PRESENT | PTE_WRITE)
#define FLAGS_MASK (PTE_NX | (PAGE_SIZE - 1))

static uint64_t private_mask;

void page_table_set_private_mask(uint64_t mask)
{
	private_mask = mask;
}

uint64_t page_table_entry(struct phys target, uint64_t flags)
{
	return target.value | flags | (flags & PAGE_SHARED ? 0 : private_mask);
}

struct phys page_table_target(uint64_t entry)
{
	return (struct phys){ entry & PTE_ADDRESS_MASK & ~private_mask };
}

uint64_t *page_table_entries(const struct page_table *table, struct phys at)
{
	return (uint64_t *)(uintptr_t)(table->window + at.value);
}

uint64_t page_table_cr3(const struct page_table *table)
{
	return page_table_entry(table->root, 0);
}

static enum err table_new(const struct page_table *table, struct phys *out)
{
	struct phys fresh;

	TRY(table->take(&fresh));
	memset(page_table_entries(table, fresh), 0, PAGE_SIZE);
	*out = fresh;
	return OK;
}

enum err page_table_init(struct page_table *table)
{
	return table_new(table, &table->root);
}

// Bytes that one entry of `level` spans; level 1 is the last.
static uint64_t level_bytes(unsigned int level)
{
	return PAGE_SIZE << (9 * (level - 1));
}

static uint64_t *entry_of(const struct page_table *table, struct phys at,
			  uint64_t address, unsigned int level)
{
	uint64_t index = address / level_bytes(level) % ENTRIES;

	return page_table_entries(table, at) + index;
}

// Replaces a 2 MiB entry by a table of 512 entries that map the same.
static enum err entry_split(const struct page_table *table, uint64_t *entry)
{
	struct phys base = page_table_target(*entry), fresh;
	uint64_t flags = *entry & FLAGS_MASK & ~(uint64_t)PTE_LARGE;
	uint64_t *entries;

	TRY(table_new(table, &fresh));
	entries = page_table_entries(table, fresh);
	for (unsigned int i = 0; i < ENTRIES; i++) {
		entries[i] = page_table_entry(base, flags);
		base.value += PAGE_SIZE;
	}
	*entry = page_table_entry(fresh, TABLE_FLAGS);
	return OK;
}

// Walks down to the entry of `level` for `address`, making tables on the way.
static enum err entry_reach(const struct page_table *table, uint64_t address,
			    unsigned int level, uint64_t **out)
{
	struct phys at = table->root;

	for (unsigned int l = table->levels; l > level; l--) {
		uint64_t *entry = entry_of(table, at, address, l);
		struct phys fresh;

		if (!(*entry & PTE_PRESENT)) {
			TRY(table_new(table, &fresh));
			*entry = page_table_entry(fresh, TABLE_FLAGS);
		} else if (*entry & PTE_LARGE) {
			TRY(entry_split(table, entry));
		}
		at = page_table_target(*entry);
	}
	*out = entry_of(table, at, address, level);
	return OK;
}

static bool large_fits(uint64_t address, struct phys target, uint64_t pages)
{
	return ((address | target.value) & (LARGE_PAGE_SIZE - 1)) == 0 &&
	       pages >= LARGE_PAGE_PAGES;
}

enum err page_table_map(const struct page_table *table, uint64_t address,
			struct phys target, uint64_t pages, uint64_t flags)
{
	CHECK(((address | target.value) & (PAGE_SIZE - 1)) == 0);
	while (pages > 0) {
		bool large = large_fits(address, target, pages);
		uint64_t step = large ? LARGE_PAGE_PAGES : 1;
		uint64_t *entry;

		TRY(entry_reach(table, address, large ? LARGE_LEVEL : 1,
				&entry));
		CHECK(*entry == 0);
		*entry = page_table_entry(
			target, flags | PTE_PRESENT | (large ? PTE_LARGE : 0u));
		address += step * PAGE_SIZE;
		target.value += step * PAGE_SIZE;
		pages -= step;
	}
	return OK;
}

enum err page_table_unmap(const struct page_table *table, uint64_t address,
			  uint64_t pages)
{
	for (uint64_t i = 0; i < pages; i++) {
		uint64_t *entry;

		TRY(entry_reach(table, address + i * PAGE_SIZE, 1, &entry));
		CHECK(*entry & PTE_PRESENT);
		*entry = 0;
	}
	return OK;
}

enum err page_table_find(const struct page_table *table, uint64_t address,
			 struct page_mapping *out)
{
	struct phys at = table->root;
	uint64_t allowed = PTE_WRITE | PTE_USER, forbidden = 0;

	for (unsigned int level = table->levels; level > 0; level--) {
		uint64_t entry = *entry_of(table, at, address, level);

		if (!(entry & PTE_PRESENT))
			return ERR_NOT_FOUND;
		allowed &= entry;
		forbidden |= entry & PTE_NX;
		at = page_table_target(entry);
		if (level > 1 && !(entry & PTE_LARGE))
			continue;
		out->bytes = level_bytes(level);
		out->at.value = at.value + (address & (out->bytes - 1));
		out->flags = allowed | forbidden |
			     (entry & (PTE_PRESENT | PTE_PWT | PTE_PCD));
		return OK;
	}
	return ERR_NOT_FOUND;
}

bool page_table_is_private(const struct page_table *table, uint64_t address)
{
	struct phys at = table->root;

	for (unsigned int level = table->levels; level > 0; level--) {
		uint64_t entry = *entry_of(table, at, address, level);

		if (!(entry & PTE_PRESENT) ||
		    (entry & private_mask) != private_mask)
			return false;
		at = page_table_target(entry);
		if (at.value >= DIRECT_MAP_BYTES)
			return false;
		if (level > 1 && entry & PTE_LARGE)
			break;
	}
	return true;
}
