// SPDX-License-Identifier: Apache-2.0
// Page tables of four or five levels (APM volume 2, 5.3). The same code serves
// the way up, where tables are reached under the firmware's identity mapping,
// and the kernel later, where the direct map shows them. Knows no globals but
// one: the mask that every entry for private memory carries.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "abi/layout.h"
#include "base/err.h"
#include "kernel/mem/page_pool.h"

// A flag of ours, in a bit that the CPU leaves to software: memory that host or
// device reads and writes, so that its entry goes without the private mask.
#define PAGE_SHARED 0x200u

struct page_table {
	struct phys root;
	unsigned int levels; // 4 or 5
	uint64_t window;     // a table at physical p is read at window + p
	enum err (*take)(struct phys *out); // a page for one more table
};

// What an address maps to.
struct page_mapping {
	struct phys at; // of the address itself
	uint64_t flags; // PTE_WRITE, PTE_NX, ... of all levels together
	uint64_t bytes; // of the page: PAGE_SIZE or larger
};

// The bits that mark private memory in an entry: zero on a plain machine, the
// C-bit under SEV-SNP. Set once, before the first table.
void page_table_set_private_mask(uint64_t mask);
// The one place that makes an entry from an address, and the one that takes an
// address out of an entry (or of CR3).
uint64_t page_table_entry(struct phys target, uint64_t flags);
struct phys page_table_target(uint64_t entry);

// Takes an empty root. ERR_NO_MEMORY.
enum err page_table_init(struct page_table *table);
// The value of CR3 that makes this table the CPU's.
uint64_t page_table_cr3(const struct page_table *table);
// The 512 entries of one table.
uint64_t *page_table_entries(const struct page_table *table, struct phys at);

// Maps `pages` pages with `flags`, PTE_PRESENT added; 2 MiB at a time where
// both addresses allow it. Nothing may be mapped there yet. ERR_NO_MEMORY
// leaves a part mapped: boot and stacks end the guest or leave it unused.
enum err page_table_map(const struct page_table *table, uint64_t address,
			struct phys target, uint64_t pages, uint64_t flags);
// Takes mapped pages out, splitting large ones. ERR_NO_MEMORY. The caller
// flushes the TLB.
enum err page_table_unmap(const struct page_table *table, uint64_t address,
			  uint64_t pages);
// ERR_NOT_FOUND where nothing is mapped.
enum err page_table_find(const struct page_table *table, uint64_t address,
			 struct page_mapping *out);
// Whether all entries on the way to `address`, the last included, carry the
// private mask and beside it no bit that is beyond DIRECT_MAP_BYTES: else the
// mask isn't the one that whoever made the table knew. False where nothing is
// mapped.
bool page_table_is_private(const struct page_table *table, uint64_t address);
