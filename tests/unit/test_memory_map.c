// SPDX-License-Identifier: Apache-2.0
// The firmware's memory map: good ones, and hostile ones.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "abi/efi.h"
#include "abi/layout.h"
#include "base/num.h"
#include "boot/memory_map.h"

#define MAP_LIMIT 300

static struct efi_memory_descriptor map[MAP_LIMIT];
static size_t map_count;
static struct memory_map found;
static const struct boot_region image = { 0x600000, 16 };

static int set_up(void **state)
{
	(void)state;
	map_count = 0;
	memset(&found, 0xaa, sizeof(found));
	return 0;
}

static void add(uint32_t type, uint64_t start, uint64_t pages)
{
	map[map_count++] = (struct efi_memory_descriptor){
		.type = type,
		.physical_start = start,
		.pages = pages,
		.attribute = 0xf,
	};
}

static enum err judge(void)
{
	return memory_map_judge(map, map_count * sizeof(map[0]), sizeof(map[0]),
				image, &found);
}

static void assert_refused(enum err expected)
{
	struct memory_map before = found;

	assert_int_equal(judge(), expected);
	assert_memory_equal(&before, &found, sizeof(found));
}

static void assert_region(size_t i, uint64_t base, uint64_t pages)
{
	assert_true(i < found.ram_count);
	assert_int_equal(found.ram[i].base, base);
	assert_int_equal(found.ram[i].pages, pages);
}

static void test_types(void **state)
{
	(void)state;
	for (uint32_t type = 0; type <= 16; type++)
		add(type, 0x10000000 + type * 0x100000ull, 1);
	assert_int_equal(judge(), OK);
	assert_int_equal(found.ram_count, 5);
	assert_region(0, 0x10100000, 1); // loader code, loader data
	assert_region(2, 0x10300000, 1); // boot services code, data
	assert_region(4, 0x10700000, 1); // conventional
}

static void test_firmware_range(void **state)
{
	(void)state;
	add(EFI_CONVENTIONAL_MEMORY, 0x10000000, 100);
	add(EFI_RESERVED_MEMORY, 0xff000000, 4096);
	add(EFI_CONVENTIONAL_MEMORY, 0xfefff000, 1);
	add(EFI_CONVENTIONAL_MEMORY, 0x100000000, 1);
	assert_int_equal(judge(), OK);
	assert_int_equal(found.ram_count, 3);
	map_count = 1;
	add(EFI_CONVENTIONAL_MEMORY, 0xfefff000, 2);
	assert_refused(ERR_BAD_INPUT);
	map_count = 1;
	add(EFI_BOOT_SERVICES_DATA, 0xfffff000, 1);
	assert_refused(ERR_BAD_INPUT);
}

static void test_unaccepted(void **state)
{
	(void)state;
	add(EFI_CONVENTIONAL_MEMORY, 0x10000000, 100);
	assert_int_equal(judge(), OK);
	assert_int_equal(found.unaccepted_pages, 0);
	add(EFI_UNACCEPTED_MEMORY, 0x20000000, 7);
	add(EFI_UNACCEPTED_MEMORY, 0x30000000, 1000);
	assert_int_equal(judge(), OK);
	assert_int_equal(found.unaccepted_pages, 1007);
	assert_int_equal(found.ram_count, 1);
	assert_region(0, 0x10000000, 100);
}

static void test_types_touch(void **state)
{
	(void)state;
	add(EFI_BOOT_SERVICES_DATA, 0x302000, 1);
	add(EFI_CONVENTIONAL_MEMORY, 0x300000, 2);
	add(EFI_LOADER_DATA, 0x303000, 1);
	add(EFI_RESERVED_MEMORY, 0x304000, 1);
	add(EFI_CONVENTIONAL_MEMORY, 0x305000, 1);
	assert_int_equal(judge(), OK);
	assert_int_equal(found.ram_count, 2);
	assert_region(0, 0x300000, 4);
	assert_region(1, 0x305000, 1);
	assert_int_equal(found.early.base, 0x300000);
	assert_int_equal(found.early.pages, 2);
}

static void test_image_is_cut_out(void **state)
{
	(void)state;
	add(EFI_CONVENTIONAL_MEMORY, 0x500000, 512);
	assert_int_equal(judge(), OK);
	assert_int_equal(found.ram_count, 2);
	assert_region(0, 0x500000, 256);
	assert_region(1, 0x610000, 240);
}

static void test_image_alone(void **state)
{
	(void)state;
	add(EFI_LOADER_CODE, image.base, image.pages);
	add(EFI_CONVENTIONAL_MEMORY, 0x300000, 1);
	assert_int_equal(judge(), OK);
	assert_int_equal(found.ram_count, 1);
	assert_region(0, 0x300000, 1);
}

static void test_borders(void **state)
{
	(void)state;
	add(EFI_CONVENTIONAL_MEMORY, 0, 0xa0);
	add(EFI_CONVENTIONAL_MEMORY, 0xff000, 2);
	add(EFI_CONVENTIONAL_MEMORY, DIRECT_MAP_BYTES - PAGE_SIZE, 2);
	add(EFI_CONVENTIONAL_MEMORY, DIRECT_MAP_BYTES + GIB, 2);
	assert_int_equal(judge(), OK);
	assert_int_equal(found.ram_count, 2);
	assert_region(0, 0x100000, 1);
	assert_region(1, DIRECT_MAP_BYTES - PAGE_SIZE, 1);
}

static void test_attributes(void **state)
{
	(void)state;
	add(EFI_CONVENTIONAL_MEMORY, 0x300000, 1);
	add(EFI_CONVENTIONAL_MEMORY, 0x400000, 9);
	map[1].attribute = 1; // uncached only
	add(EFI_CONVENTIONAL_MEMORY, 0x500000, 9);
	map[2].attribute |= EFI_MEMORY_RUNTIME;
	add(EFI_CONVENTIONAL_MEMORY, 0x700000, 9);
	map[3].attribute |= EFI_MEMORY_SP;
	assert_int_equal(judge(), OK);
	assert_int_equal(found.ram_count, 1);
}

static void test_overlap(void **state)
{
	(void)state;
	add(EFI_CONVENTIONAL_MEMORY, 0x300000, 4);
	add(EFI_RESERVED_MEMORY, 0x303000, 1);
	assert_refused(ERR_BAD_INPUT);
	map[1].physical_start = 0x304000;
	assert_int_equal(judge(), OK);
	map[1].physical_start = 0x2ff000;
	assert_int_equal(judge(), OK);
	map[1].pages = 2;
	assert_refused(ERR_BAD_INPUT);
	map[1] = map[0]; // the same twice
	assert_refused(ERR_BAD_INPUT);
}

// What others say of memory that isn't ours may be as odd as it likes.
static void test_overlap_of_others(void **state)
{
	(void)state;
	add(EFI_CONVENTIONAL_MEMORY, 0x300000, 4);
	add(EFI_MEMORY_MAPPED_IO, 0xf0000000, 4);
	add(EFI_RESERVED_MEMORY, 0xf0000000, 4);
	assert_int_equal(judge(), OK);
}

static void test_malformed(void **state)
{
	static const struct {
		uint64_t start, pages;
	} bad[] = {
		{ 0x300001, 1 },
		{ 0x300800, 1 },
		{ 0x300000, 0 },
		{ 0x300000, UINT64_MAX },
		{ 0x300000, 1ull << 52 },
		{ 0xfffffffffffff000, 1 },
		{ 0xfffffffffffff000, 2 },
		{ 1ull << 52, 1 },
		{ (1ull << 52) - PAGE_SIZE, 2 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
		map_count = 0;
		add(EFI_CONVENTIONAL_MEMORY, 0x200000, 1);
		add(i % 2 ? EFI_RESERVED_MEMORY : EFI_CONVENTIONAL_MEMORY,
		    bad[i].start, bad[i].pages);
		assert_refused(ERR_BAD_INPUT);
	}
}

static void test_strides(void **state)
{
	uint8_t wide[3 * 48] = { 0 };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		add(EFI_CONVENTIONAL_MEMORY, 0x300000 + 2 * i * PAGE_SIZE, 1);
		memcpy(wide + i * 48, &map[i], sizeof(map[i]));
	}
	assert_int_equal(
		memory_map_judge(wide, sizeof(wide), 48, image, &found), OK);
	assert_int_equal(found.ram_count, 3);
	assert_int_equal(
		memory_map_judge(wide, sizeof(wide), 39, image, &found),
		ERR_BAD_INPUT);
	assert_int_equal(memory_map_judge(wide, sizeof(wide), 0, image, &found),
			 ERR_BAD_INPUT);
	assert_int_equal(
		memory_map_judge(wide, sizeof(wide), 8192, image, &found),
		ERR_BAD_INPUT);
	assert_int_equal(
		memory_map_judge(wide, sizeof(wide) - 1, 48, image, &found),
		ERR_BAD_INPUT);
}

static void test_nothing_free(void **state)
{
	(void)state;
	assert_refused(ERR_NO_MEMORY);
	add(EFI_BOOT_SERVICES_DATA, 0x300000, 4);
	assert_refused(ERR_NO_MEMORY);
	add(EFI_CONVENTIONAL_MEMORY, image.base, image.pages);
	assert_refused(ERR_NO_MEMORY);
}

static void test_too_many(void **state)
{
	(void)state;
	for (uint64_t i = 0; i < BOOT_REGION_LIMIT; i++)
		add(EFI_CONVENTIONAL_MEMORY, 0x10000000 + i * 2 * PAGE_SIZE, 1);
	assert_int_equal(judge(), OK);
	assert_int_equal(found.ram_count, BOOT_REGION_LIMIT);
	add(EFI_CONVENTIONAL_MEMORY, 0x20000000, 1);
	assert_refused(ERR_TOO_BIG);
}

// Whatever the bytes say: no crash, and an answer that keeps the promise.
static void test_noise(void **state)
{
	uint64_t random = 88172645463325252ull;

	(void)state;
	for (int round = 0; round < 2000; round++) {
		uint8_t bytes[8 * sizeof(map[0])];
		for (size_t i = 0; i < sizeof(bytes); i++) {
			random ^= random << 13;
			random ^= random >> 7;
			random ^= random << 17;
			bytes[i] = (uint8_t)(random % 5 ? 0 : random >> 32);
		}
		if (memory_map_judge(bytes, sizeof(bytes), sizeof(map[0]),
				     image, &found) != OK)
			continue;
		for (size_t i = 0; i < found.ram_count; i++) {
			assert_true(found.ram[i].base >= 0x100000);
			assert_true(found.ram[i].base % PAGE_SIZE == 0);
			assert_true(found.ram[i].base +
					    found.ram[i].pages * PAGE_SIZE <=
				    DIRECT_MAP_BYTES);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_types, set_up),
		cmocka_unit_test_setup(test_unaccepted, set_up),
		cmocka_unit_test_setup(test_firmware_range, set_up),
		cmocka_unit_test_setup(test_types_touch, set_up),
		cmocka_unit_test_setup(test_image_is_cut_out, set_up),
		cmocka_unit_test_setup(test_image_alone, set_up),
		cmocka_unit_test_setup(test_borders, set_up),
		cmocka_unit_test_setup(test_attributes, set_up),
		cmocka_unit_test_setup(test_overlap, set_up),
		cmocka_unit_test_setup(test_overlap_of_others, set_up),
		cmocka_unit_test_setup(test_malformed, set_up),
		cmocka_unit_test_setup(test_strides, set_up),
		cmocka_unit_test_setup(test_nothing_free, set_up),
		cmocka_unit_test_setup(test_too_many, set_up),
		cmocka_unit_test_setup(test_noise, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
