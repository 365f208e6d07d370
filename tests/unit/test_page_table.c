// SPDX-License-Identifier: Apache-2.0
// Page tables, built in an array and walked as the CPU would.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "abi/x86.h"
#include "base/num.h"
#include "kernel/mem/page_table.h"

#define TABLE_LIMIT 64
#define C_BIT (1ull << 51)
#define DATA (PTE_WRITE | PTE_NX)

static _Alignas(4096) uint8_t tables[TABLE_LIMIT][4096];
static size_t tables_used, tables_limit;
static struct page_table table;

static enum err take(struct phys *out)
{
	if (tables_used == tables_limit)
		return ERR_NO_MEMORY;
	out->value = PAGE_SIZE * (1 + tables_used++);
	return OK;
}

static void begin(unsigned int levels)
{
	memset(tables, 0xee, sizeof(tables));
	tables_used = 0;
	tables_limit = TABLE_LIMIT;
	table = (struct page_table){
		.levels = levels,
		// The first page taken has physical address 0x1000.
		.window = (uint64_t)(uintptr_t)tables - PAGE_SIZE,
		.take = take,
	};
	page_table_set_private_mask(0);
	assert_int_equal(page_table_init(&table), OK);
}

static void map(uint64_t address, uint64_t target, uint64_t pages,
		uint64_t flags)
{
	assert_int_equal(page_table_map(&table, address,
					(struct phys){ target }, pages, flags),
			 OK);
}

static void assert_mapped(uint64_t address, uint64_t target, uint64_t flags,
			  uint64_t bytes)
{
	struct page_mapping m;

	assert_int_equal(page_table_find(&table, address, &m), OK);
	assert_int_equal(m.at.value, target);
	assert_int_equal(m.flags & (PTE_WRITE | PTE_NX | PTE_USER), flags);
	assert_int_equal(m.bytes, bytes);
}

static void assert_unmapped(uint64_t address)
{
	struct page_mapping m;

	assert_int_equal(page_table_find(&table, address, &m), ERR_NOT_FOUND);
}

static void check_small(unsigned int levels)
{
	begin(levels);
	map(KERNEL_BASE + 0x1000, 0x7000, 2, 0);
	map(KERNEL_BASE + 0x3000, 0x9000, 1, DATA);
	assert_unmapped(KERNEL_BASE);
	assert_mapped(KERNEL_BASE + 0x1234, 0x7234, 0, PAGE_SIZE);
	assert_mapped(KERNEL_BASE + 0x2000, 0x8000, 0, PAGE_SIZE);
	assert_mapped(KERNEL_BASE + 0x3fff, 0x9fff, DATA, PAGE_SIZE);
	assert_unmapped(KERNEL_BASE + 0x4000);
	assert_unmapped(0);
	assert_unmapped(DIRECT_MAP_BASE);
	assert_int_equal(tables_used, levels);
}

static void test_small(void **state)
{
	(void)state;
	check_small(4);
	check_small(5);
}

// Unaligned ends in 4 KiB pages, the middle in 2 MiB ones.
static void test_large(void **state)
{
	uint64_t start = LARGE_PAGE_SIZE - PAGE_SIZE;

	(void)state;
	begin(4);
	map(DIRECT_MAP_BASE + start, start, 1 + 1024 + 3, DATA);
	assert_unmapped(DIRECT_MAP_BASE + start - 1);
	assert_mapped(DIRECT_MAP_BASE + start, start, DATA, PAGE_SIZE);
	assert_mapped(DIRECT_MAP_BASE + 0x212345, 0x212345, DATA,
		      LARGE_PAGE_SIZE);
	assert_mapped(DIRECT_MAP_BASE + 0x5fffff, 0x5fffff, DATA,
		      LARGE_PAGE_SIZE);
	assert_mapped(DIRECT_MAP_BASE + 0x602fff, 0x602fff, DATA, PAGE_SIZE);
	assert_unmapped(DIRECT_MAP_BASE + 0x603000);
}

// Different alignment of the two addresses: no large page.
static void test_large_needs_both(void **state)
{
	(void)state;
	begin(4);
	map(DIRECT_MAP_BASE, PAGE_SIZE, 512, DATA);
	assert_mapped(DIRECT_MAP_BASE + 0x1ff000, 0x200000, DATA, PAGE_SIZE);
}

static void test_unmap_splits(void **state)
{
	(void)state;
	begin(4);
	map(DIRECT_MAP_BASE, 0, 1024, DATA);
	assert_int_equal(page_table_unmap(&table, DIRECT_MAP_BASE + 0x3000, 2),
			 OK);
	assert_mapped(DIRECT_MAP_BASE + 0x2fff, 0x2fff, DATA, PAGE_SIZE);
	assert_unmapped(DIRECT_MAP_BASE + 0x3000);
	assert_unmapped(DIRECT_MAP_BASE + 0x4fff);
	assert_mapped(DIRECT_MAP_BASE + 0x5000, 0x5000, DATA, PAGE_SIZE);
	assert_mapped(DIRECT_MAP_BASE + 0x1ff000, 0x1ff000, DATA, PAGE_SIZE);
	assert_mapped(DIRECT_MAP_BASE + 0x200000, 0x200000, DATA,
		      LARGE_PAGE_SIZE);
	map(DIRECT_MAP_BASE + 0x3000, 0x3000, 1, DATA);
	assert_mapped(DIRECT_MAP_BASE + 0x3000, 0x3000, DATA, PAGE_SIZE);
}

static void test_private_mask(void **state)
{
	struct phys page = { 0x123000 };
	uint64_t entry;

	(void)state;
	begin(4);
	page_table_set_private_mask(C_BIT);
	entry = page_table_entry(page, PTE_PRESENT);
	assert_int_equal(entry, 0x123000 | C_BIT | PTE_PRESENT);
	assert_int_equal(page_table_target(entry).value, page.value);
	entry = page_table_entry(page, PTE_PRESENT | PAGE_SHARED);
	assert_int_equal(entry & C_BIT, 0);
	assert_true(page_table_cr3(&table) & C_BIT);
	map(DIRECT_MAP_BASE, 0, 512, DATA);
	assert_mapped(DIRECT_MAP_BASE + 5, 5, DATA, LARGE_PAGE_SIZE);
	assert_int_equal(page_table_unmap(&table, DIRECT_MAP_BASE, 1), OK);
	assert_mapped(DIRECT_MAP_BASE + 0x1000, 0x1000, DATA, PAGE_SIZE);
}

// A table by whoever knows where the C-bit is, judged by one who was told.
static void test_is_private(void **state)
{
	const uint64_t small = 0x400000, large = 0x40000000;
	uint64_t *root;

	(void)state;
	begin(4);
	page_table_set_private_mask(C_BIT);
	map(small, 0x7000, 1, DATA);
	map(small + PAGE_SIZE, 0x8000, 1, DATA | PAGE_SHARED);
	map(large, 0x200000, LARGE_PAGE_SIZE / PAGE_SIZE, DATA);
	assert_true(page_table_is_private(&table, small));
	assert_true(page_table_is_private(&table, large + PAGE_SIZE));
	assert_false(page_table_is_private(&table, small + PAGE_SIZE));
	assert_false(page_table_is_private(&table, small + 2 * PAGE_SIZE));
	// another bit than the table's, one more, or one less on the way
	page_table_set_private_mask(1ull << 47);
	assert_false(page_table_is_private(&table, small));
	page_table_set_private_mask(0);
	assert_false(page_table_is_private(&table, small));
	page_table_set_private_mask(C_BIT);
	root = page_table_entries(&table, table.root);
	root[0] |= 1ull << 47;
	assert_false(page_table_is_private(&table, small));
	root[0] &= ~(1ull << 47 | C_BIT);
	assert_false(page_table_is_private(&table, small));
}

static void test_no_memory(void **state)
{
	(void)state;
	for (size_t limit = 1; limit < 4; limit++) {
		begin(4);
		tables_limit = limit;
		assert_int_equal(page_table_map(&table, KERNEL_BASE,
						(struct phys){ 0 }, 1, 0),
				 ERR_NO_MEMORY);
		assert_unmapped(KERNEL_BASE);
	}
	tables_used = tables_limit;
	assert_int_equal(page_table_init(&table), ERR_NO_MEMORY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_small),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_large_needs_both),
		cmocka_unit_test(test_unmap_splits),
		cmocka_unit_test(test_private_mask),
		cmocka_unit_test(test_is_private),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
