// SPDX-License-Identifier: Apache-2.0
// The kernel's own mappings. Windows are those of abi/layout.h; nothing is
// writable and executable, and the low half stays empty.
#include "kernel/mem/address_space.h"

#include "abi/layout.h"
#include "abi/x86.h"
#include "base/check.h"
#include "base/num.h"
#include "kernel/cpu/regs.h"
#include "kernel/cpu/switch.h"
#include "kernel/mem/device_window.h"
#include "kernel/mem/early_pages.h"
#include "kernel/mem/image.h"
#include "kernel/mem/page_table.h"
#include "kernel/mem/stack_window.h"

#define DATA_FLAGS (PTE_WRITE | PTE_NX)

static struct page_table table;
static uint64_t device_cursor = DEVICE_BASE;
static uint64_t shared_cursor = SHARED_BASE;
static uint64_t firmware_cursor = FIRMWARE_BASE;

static enum err pool_page_take(struct phys *out)
{
	return page_pool_take(1, out);
}

static enum err direct_map_build(const struct boot_info *info)
{
	for (size_t i = 0; i < info->ram_count; i++) {
		struct boot_region r = info->ram[i];

		TRY(page_table_map(&table, DIRECT_MAP_BASE + r.base,
				   (struct phys){ r.base }, r.pages,
				   DATA_FLAGS));
	}
	return OK;
}

enum err address_space_build(const struct boot_info *info,
			     struct boot_region early)
{
	early_pages_init(early);
	table = (struct page_table){
		.levels = read_cr4() & CR4_LA57 ? 5 : 4,
		.window = 0,
		.take = early_pages_take,
	};
	TRY(page_table_init(&table));
	TRY(image_map(&table, (struct phys){ info->image_base }));
	TRY(image_map_rest(&table, (struct phys){ info->image_base },
			   info->loaded_bytes));
	return direct_map_build(info);
}

void address_space_enter(uintptr_t stack_top, void (*next)(void))
{
	switch_address_space(page_table_cr3(&table), stack_top, next);
}

static void pool_add(uint64_t start, uint64_t end)
{
	if (start < end)
		page_pool_add((struct phys){ start },
			      (end - start) / PAGE_SIZE);
}

void address_space_settle(const struct boot_info *info)
{
	struct boot_region taken = early_pages_taken();
	uint64_t taken_end = taken.base + taken.pages * PAGE_SIZE;

	table.window = DIRECT_MAP_BASE;
	table.take = pool_page_take;
	for (size_t i = 0; i < info->ram_count; i++) {
		uint64_t start = info->ram[i].base;
		uint64_t end = start + info->ram[i].pages * PAGE_SIZE;

		if (start <= taken.base && taken.base < end) {
			pool_add(start, taken.base);
			pool_add(taken_end, end);
		} else {
			pool_add(start, end);
		}
	}
}

enum err address_space_map_device(struct phys base, size_t bytes,
				  volatile void **out)
{
	uint64_t offset = base.value % PAGE_SIZE;
	uint64_t pages = align_up(offset + bytes, PAGE_SIZE) / PAGE_SIZE;
	uint64_t at = device_cursor;

	TRY(page_table_map(&table, at, (struct phys){ base.value - offset },
			   pages,
			   DATA_FLAGS | PTE_PCD | PTE_PWT | PAGE_SHARED));
	TRY(device_window_add(at, (struct phys){ base.value - offset }, pages));
	// An unmapped page between devices, so that a run-over faults.
	device_cursor = at + (pages + 1) * PAGE_SIZE;
	*out = (volatile void *)(uintptr_t)(at + offset);
	return OK;
}

enum err address_space_map_shared(struct phys base, size_t pages,
				  volatile void **out)
{
	uint64_t at = shared_cursor;

	TRY(page_table_unmap(&table, DIRECT_MAP_BASE + base.value, pages));
	write_cr3(page_table_cr3(&table)); // flushes the TLB
	TRY(page_table_map(&table, at, base, pages, DATA_FLAGS | PAGE_SHARED));
	shared_cursor = at + pages * PAGE_SIZE;
	*out = (volatile void *)(uintptr_t)at;
	return OK;
}

enum err address_space_map_private(struct phys base, size_t pages,
				   bool is_writable, void **out)
{
	uint64_t at = firmware_cursor;

	TRY(page_table_map(&table, at, base, pages,
			   PTE_NX | (is_writable ? PTE_WRITE : 0u)));
	firmware_cursor = at + pages * PAGE_SIZE;
	*out = (void *)(uintptr_t)at;
	return OK;
}

enum err address_space_unmap_private(const void *at, size_t pages)
{
	TRY(page_table_unmap(&table, (uintptr_t)at, pages));
	write_cr3(page_table_cr3(&table)); // flushes the TLB
	return OK;
}

enum err address_space_map_app(uint64_t address, struct phys base, size_t pages,
			       bool is_writable, bool is_executable)
{
	uint64_t flags = (is_writable ? PTE_WRITE : 0u) |
			 (is_executable ? 0u : PTE_NX);

	CHECK(!(is_writable && is_executable));
	CHECK(address < USER_END);
	TRY(page_table_unmap(&table, DIRECT_MAP_BASE + base.value, pages));
	write_cr3(page_table_cr3(&table)); // flushes the TLB
	return page_table_map(&table, address, base, pages, flags);
}

enum err address_space_map_stack(const char *name, size_t bytes, uintptr_t *top)
{
	uint64_t pages = bytes / PAGE_SIZE, bottom;

	CHECK(bytes > 0 && bytes % PAGE_SIZE == 0);
	TRY(stack_window_reserve(name, pages, &bottom));
	for (uint64_t i = 0; i < pages; i++) {
		struct phys page;

		TRY(table.take(&page));
		TRY(page_table_map(&table, bottom + i * PAGE_SIZE, page, 1,
				   DATA_FLAGS));
	}
	*top = bottom + bytes;
	return OK;
}

const char *address_space_guarded_stack(uintptr_t address)
{
	bool is_guard = false;
	const char *name = stack_window_find(address, &is_guard);

	return is_guard ? name : NULL;
}

bool address_space_is_mapped(uintptr_t address)
{
	struct page_mapping ignored;

	// Before the build, the image is all that is known.
	if (table.root.value == 0)
		return address >= (uintptr_t)text_start &&
		       address < (uintptr_t)image_end;
	return page_table_find(&table, address, &ignored) == OK;
}
