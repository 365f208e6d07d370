// SPDX-License-Identifier: Apache-2.0
// Maps the image's parts, each with what it needs and no more.
#include "kernel/mem/image.h"

#include "abi/x86.h"
#include "base/num.h"

static enum err part_map(const struct page_table *table, struct phys base,
			 const char *start, const char *end, uint64_t flags)
{
	uint64_t bytes = (uint64_t)(uintptr_t)end - (uint64_t)(uintptr_t)start;
	uint64_t offset = (uint64_t)(uintptr_t)start - image_address_here();

	return page_table_map(table, KERNEL_BASE + offset,
			      (struct phys){ base.value + offset },
			      bytes / PAGE_SIZE, flags);
}

enum err image_map(const struct page_table *table, struct phys base)
{
	TRY(part_map(table, base, text_start, text_end, 0));
	TRY(part_map(table, base, rodata_start, rodata_end, PTE_NX));
	TRY(part_map(table, base, data_start, data_end, PTE_WRITE | PTE_NX));
	return part_map(table, base, image_shared, image_end,
			PTE_WRITE | PTE_NX | PAGE_SHARED);
}

enum err image_map_rest(const struct page_table *table, struct phys base,
			uint64_t loaded_bytes)
{
	uint64_t kernel = align_up(image_bytes(), PAGE_SIZE);
	uint64_t loaded = align_up(loaded_bytes, PAGE_SIZE);

	TRY(page_table_map(table, KERNEL_BASE, base,
			   IMAGE_HEADERS_BYTES / PAGE_SIZE, PTE_NX));
	return page_table_map(table, KERNEL_BASE + kernel,
			      (struct phys){ base.value + kernel },
			      (loaded - kernel) / PAGE_SIZE, PTE_NX);
}
