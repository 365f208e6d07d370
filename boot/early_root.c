// SPDX-License-Identifier: Apache-2.0
// The page tables for the way up. Runs at the physical address, under the
// firmware's identity mapping, with tables out of the image's own data.
#include "boot/early_root.h"

#include <string.h>

#include "abi/x86.h"
#include "kernel/cpu/features.h"
#include "kernel/cpu/regs.h"
#include "kernel/mem/image.h"
#include "kernel/mem/page_table.h"

// A root, at most three levels below it, and a last table for each 2 MiB of
// the image; the limit of the image's size follows from it.
#define EARLY_TABLES 12
#define LOW_HALF_ENTRIES 256

static _Alignas(PAGE_SIZE) uint8_t tables[EARLY_TABLES][PAGE_SIZE];
static size_t tables_used;

static enum err table_take(struct phys *out)
{
	if (tables_used == EARLY_TABLES)
		return ERR_NO_MEMORY;
	out->value = (uint64_t)(uintptr_t)tables[tables_used++];
	return OK;
}

struct early_root early_root_make(void)
{
	struct page_table table = {
		.levels = read_cr4() & CR4_LA57 ? 5 : 4,
		.window = 0,
		.take = table_take,
	};
	const uint64_t *firmware =
		page_table_entries(&table, page_table_target(read_cr3()));

	// The tables need no-execute, and the image must fit into EARLY_TABLES.
	// Nothing can be said yet if not: the CPU stops.
	if (!cpu_has(CPU_NX) || page_table_init(&table) != OK ||
	    image_map(&table, (struct phys){ image_address_here() }) != OK)
		cpu_stop();
	memcpy(page_table_entries(&table, table.root), firmware,
	       LOW_HALF_ENTRIES * sizeof(*firmware));
	return (struct early_root){
		.cr3 = page_table_cr3(&table),
		.way_up = KERNEL_BASE - image_address_here(),
	};
}
