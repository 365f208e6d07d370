// SPDX-License-Identifier: Apache-2.0
// The page tables for the way up. Runs at the physical address, under the
// firmware's identity mapping, with tables out of the image's own data.
#include "boot/early_root.h"

#include <string.h>

#include "abi/halt.h"
#include "abi/x86.h"
#include "boot/handover.h"
#include "kernel/cpu/features.h"
#include "kernel/cpu/regs.h"
#include "kernel/mem/image.h"
#include "kernel/mem/page_table.h"
#include "kernel/snp/ghcb_msr.h"
#include "kernel/snp/snp.h"
#include "kernel/snp/snp_start.h"

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

// Nothing can be said yet, but under SEV-SNP by a code.
__attribute__((noreturn)) static void stop(enum halt_reason reason)
{
	if (snp_is_on())
		ghcb_msr_terminate(HALT_REASON_SET, reason);
	cpu_stop();
}

// The CPUID page, which the host filled, says where the C-bit is. But measured
// code made the tables under which this code runs, and that it runs proves them
// right: with a bit that isn't theirs, the host could read what we map.
static void c_bit_judge(const struct page_table *firmware)
{
	uint64_t base = image_address_here();

	if (!snp_is_on())
		return;
	for (uint64_t at = 0; at < image_bytes(); at += PAGE_SIZE) {
		if (!page_table_is_private(firmware, base + at))
			stop(HALT_SECRETS);
	}
}

struct early_root early_root_make(void)
{
	struct page_table table = {
		.levels = read_cr4() & CR4_LA57 ? 5 : 4,
		.window = 0,
		.take = table_take,
	};
	struct page_table firmware = table;

	// From here on a table's entries carry the C-bit, the firmware's too.
	snp_begin(&efi_handover()->snp);
	firmware.root = page_table_target(read_cr3());
	c_bit_judge(&firmware);
	if (!cpu_has(CPU_NX))
		stop(HALT_CPU); // the tables need no-execute
	// The image must fit into EARLY_TABLES.
	if (page_table_init(&table) != OK ||
	    image_map(&table, (struct phys){ image_address_here() }) != OK)
		stop(HALT_NO_MEMORY);
	memcpy(page_table_entries(&table, table.root),
	       page_table_entries(&firmware, firmware.root),
	       LOW_HALF_ENTRIES * sizeof(uint64_t));
	return (struct early_root){
		.cr3 = page_table_cr3(&table),
		.way_up = KERNEL_BASE - image_address_here(),
	};
}
