// SPDX-License-Identifier: Apache-2.0
#include "kernel/mem/page_pool.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "abi/layout.h"
#include "tests/fake/death.h"
#include "tests/fake/ram.h"

// The pool lives as long as the program, so the tests share one: three regions
// of the fake RAM with holes between them, and two that are of no use.
#define FIRST_PAGES 200u
#define SECOND_START 201u
#define SECOND_PAGES 2u
#define THIRD_START 300u
#define THIRD_PAGES (FAKE_RAM_PAGES - THIRD_START)
#define POOL_PAGES (FIRST_PAGES - 1 + SECOND_PAGES - 1 + THIRD_PAGES - 1)

static struct phys page(uint64_t number)
{
	return (struct phys){ FAKE_RAM_BASE + number * PAGE_SIZE };
}

static int add_regions(void **state)
{
	(void)state;
	fake_ram_reset();
	page_pool_add(page(0), FIRST_PAGES);
	page_pool_add(page(SECOND_START), SECOND_PAGES);
	page_pool_add(page(250), 1);
	page_pool_add(page(THIRD_START), THIRD_PAGES);
	page_pool_add((struct phys){ DIRECT_MAP_BYTES }, 100);
	return 0;
}

static struct phys take(size_t count)
{
	struct phys base;

	assert_int_equal(page_pool_take(count, &base), OK);
	return base;
}

static void adding_touches_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < FAKE_RAM_PAGES; i++)
		for (size_t j = 0; j < PAGE_SIZE; j++)
			if (fake_ram_page(i)[j] != FAKE_RAM_FILL)
				fail_msg("page %zu was written", i);
	assert_true(page_pool_total_pages() == POOL_PAGES);
	assert_true(page_pool_free_pages() == POOL_PAGES);
}

static void takes_lowest_first(void **state)
{
	struct phys a = take(3), b = take(1), c = take(2), d;

	(void)state;
	assert_true(a.value == page(1).value);
	assert_true(b.value == page(4).value);
	assert_true(c.value == page(5).value);
	page_pool_give(a, 3);
	d = take(4); // doesn't fit in the hole of 3
	assert_true(d.value == page(7).value);
	assert_true(take(2).value == page(1).value);
	assert_true(take(1).value == page(3).value);
	page_pool_give(page(1), 10);
	assert_true(page_pool_free_pages() == POOL_PAGES);
}

static void joins_given_and_fresh_pages(void **state)
{
	struct phys a = take(100);

	(void)state;
	page_pool_give((struct phys){ a.value + 40 * PAGE_SIZE }, 60);
	assert_true(take(159).value == page(41).value);
	assert_true(take(1).value == page(SECOND_START + 1).value);
	page_pool_give(page(SECOND_START + 1), 1);
	page_pool_give(a, FIRST_PAGES - 1);
	assert_true(page_pool_free_pages() == POOL_PAGES);
}

static void refuses_what_does_not_fit(void **state)
{
	struct phys base = { 42 };

	(void)state;
	assert_int_equal(page_pool_take(POOL_PAGES, &base), ERR_NO_MEMORY);
	assert_int_equal(page_pool_take(SIZE_MAX, &base), ERR_NO_MEMORY);
	assert_int_equal(page_pool_take(THIRD_PAGES, &base), ERR_NO_MEMORY);
	assert_true(base.value == 42);
	base = take(THIRD_PAGES - 1);
	assert_true(base.value == page(THIRD_START + 1).value);
	page_pool_give(base, THIRD_PAGES - 1);
	assert_true(page_pool_free_pages() == POOL_PAGES);
}

static void catches_wrong_gifts(void **state)
{
	struct phys a = take(70);

	(void)state;
	assert_check_fails(page_pool_give(a, 0));
	assert_check_fails(page_pool_give(a, 71));
	assert_check_fails(page_pool_give((struct phys){ a.value + 8 }, 1));
	assert_check_fails(page_pool_give(page(0), 1));   // the bitmap
	assert_check_fails(page_pool_give(page(200), 1)); // between regions
	assert_check_fails(page_pool_give(page(SECOND_START + 1), 1));
	page_pool_give(a, 70);
	assert_check_fails(page_pool_give(a, 70));
	assert_check_fails(
		page_pool_give((struct phys){ a.value + 69 * PAGE_SIZE }, 1));
	assert_check_fails((void)page_pool_take(0, &a));
}

// Against a model with one byte a page: nothing is handed out twice, nothing
// is refused that fits in one piece, and what is lowest comes first.
#define TURNS 30000
#define HELD 300

static uint8_t model[FAKE_RAM_PAGES]; // 1: in the pool and free

static uint64_t model_find(size_t count)
{
	size_t run = 0;

	for (size_t i = 0; i < FAKE_RAM_PAGES; i++) {
		run = model[i] ? run + 1 : 0;
		if (run == count)
			return i + 1 - count;
	}
	return FAKE_RAM_PAGES;
}

static void follows_the_model(void **state)
{
	struct {
		struct phys base;
		size_t count;
	} held[HELD] = { 0 };

	(void)state;
	srand(1);
	memset(model + 1, 1, FIRST_PAGES - 1);
	memset(model + SECOND_START + 1, 1, SECOND_PAGES - 1);
	memset(model + THIRD_START + 1, 1, THIRD_PAGES - 1);
	for (int turn = 0; turn < TURNS; turn++) {
		size_t i = (size_t)rand() % HELD;
		size_t count = held[i].count;
		if (count) {
			uint64_t at = (held[i].base.value - FAKE_RAM_BASE) /
				      PAGE_SIZE;
			page_pool_give(held[i].base, count);
			memset(model + at, 1, count);
			held[i].count = 0;
			continue;
		}
		count = 1 + (size_t)rand() % (rand() % 8 ? 20 : 400);
		uint64_t at = model_find(count);
		enum err e = page_pool_take(count, &held[i].base);
		if (at == FAKE_RAM_PAGES) {
			assert_int_equal(e, ERR_NO_MEMORY);
			continue;
		}
		assert_int_equal(e, OK);
		assert_true(held[i].base.value == page(at).value);
		memset(model + at, 0, count);
		memset(page_pool_address(held[i].base), (int)i,
		       count * PAGE_SIZE);
		held[i].count = count;
	}
	for (size_t i = 0; i < HELD; i++)
		if (held[i].count)
			page_pool_give(held[i].base, held[i].count);
	assert_true(page_pool_free_pages() == POOL_PAGES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(adding_touches_nothing),
		cmocka_unit_test(takes_lowest_first),
		cmocka_unit_test(joins_given_and_fresh_pages),
		cmocka_unit_test(refuses_what_does_not_fit),
		cmocka_unit_test(catches_wrong_gifts),
		cmocka_unit_test(follows_the_model),
	};

	return cmocka_run_group_tests(tests, add_regions, NULL);
}
