// SPDX-License-Identifier: Apache-2.0
#include "kernel/mem/heap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "abi/layout.h"
#include "base/num.h"
#include "kernel/mem/page_pool.h"
#include "tests/fake/death.h"
#include "tests/fake/ram.h"

#define LIMIT (FAKE_RAM_PAGES * PAGE_SIZE / 2)

static int start_heap(void **state)
{
	(void)state;
	fake_ram_reset();
	page_pool_add((struct phys){ FAKE_RAM_BASE }, FAKE_RAM_PAGES);
	heap_init(LIMIT);
	return 0;
}

static bool all_bytes_are(const void *bytes, uint8_t value, size_t count)
{
	const uint8_t *p = bytes;

	for (size_t i = 0; i < count; i++)
		if (p[i] != value)
			return false;
	return true;
}

static void blocks_are_apart_and_aligned(void **state)
{
	void *blocks[600];

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(blocks); i++) {
		size_t bytes = i * 37;
		blocks[i] = heap_allocate(bytes);
		assert_non_null(blocks[i]);
		assert_true((uintptr_t)blocks[i] % 16 == 0);
		memset(blocks[i], (int)i, bytes);
	}
	assert_true(heap_figures().blocks == ARRAY_COUNT(blocks));
	for (size_t i = 0; i < ARRAY_COUNT(blocks); i++) {
		assert_true(all_bytes_are(blocks[i], (uint8_t)i, i * 37));
		heap_free(blocks[i]);
	}
	assert_true(heap_figures().blocks == 0);
	assert_true(heap_figures().used_bytes == 0);
}

static void rounding_is_bounded(void **state)
{
	(void)state;
	for (size_t bytes = 1; bytes <= 200000; bytes += 1 + bytes / 50) {
		void *block = heap_allocate(bytes);
		uint64_t used = heap_figures().used_bytes;
		assert_true(used >= bytes);
		if (bytes > 64 && bytes <= 8192)
			assert_true(used <= bytes + bytes / 4 + 1);
		else if (bytes > 8192)
			assert_true(used < bytes + PAGE_SIZE);
		heap_free(block);
	}
}

static void freed_memory_is_wiped(void **state)
{
	const size_t sizes[] = { 1, 100, 5000, 8192, 8193, 70000 };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(sizes); i++) {
		uint8_t *block = heap_allocate(sizes[i]);
		memset(block, 0x77, sizes[i]);
		heap_free(block);
		assert_true(all_bytes_are(block, 0, sizes[i]));
	}
}

static void zeroed_memory_is_zero(void **state)
{
	uint8_t *blocks[200];

	(void)state;
	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < ARRAY_COUNT(blocks); i++) {
			size_t bytes = i * i;
			blocks[i] = heap_allocate_zeroed(i, i);
			assert_non_null(blocks[i]);
			assert_true(all_bytes_are(blocks[i], 0, bytes));
			memset(blocks[i], 0x55, bytes);
		}
		for (size_t i = 0; i < ARRAY_COUNT(blocks); i++)
			heap_free(blocks[i]);
	}
	assert_null(heap_allocate_zeroed(SIZE_MAX / 2, 3));
	assert_null(heap_allocate_zeroed(SIZE_MAX, SIZE_MAX));
}

static void resizing_keeps_the_content(void **state)
{
	const size_t sizes[] = { 10,    16,   17,  200,   5000, 8192, 9000,
				 50000, 9000, 300, 12000, 20,   0,    40 };
	uint8_t *block = heap_resize(NULL, 10);
	size_t kept = 10;

	(void)state;
	memset(block, 0x3c, kept);
	for (size_t i = 0; i < ARRAY_COUNT(sizes); i++) {
		block = heap_resize(block, sizes[i]);
		assert_non_null(block);
		kept = min_size(kept, sizes[i]);
		assert_true(all_bytes_are(block, 0x3c, kept));
		memset(block, 0x3c, sizes[i]);
		kept = sizes[i];
	}
	assert_null(heap_resize(block, LIMIT));
	assert_true(all_bytes_are(block, 0x3c, kept));
	heap_free(block);
	assert_true(heap_figures().blocks == 0);
}

static void limit_holds(void **state)
{
	void *blocks[LIMIT / 8192];
	uint64_t refused = heap_figures().refused;
	size_t count = 0;

	(void)state;
	assert_null(heap_allocate(LIMIT + 1));
	assert_null(heap_allocate(SIZE_MAX));
	while ((blocks[count] = heap_allocate(8000)))
		count++;
	assert_true(heap_figures().held_bytes <= LIMIT);
	assert_true(count > ARRAY_COUNT(blocks) * 9 / 10);
	assert_true(heap_figures().refused == refused + 3);
	assert_true(heap_figures().peak_bytes == count * 8192);
	assert_true(heap_figures().limit_bytes == LIMIT);
	while (count > 0)
		heap_free(blocks[--count]);
}

// A heap full of small blocks, once freed, has room for one large block: empty
// runs don't stay behind.
static void freed_pages_serve_other_sizes(void **state)
{
	static void *blocks[LIMIT / 64];
	size_t count = 0;
	void *large;

	(void)state;
	while ((blocks[count] = heap_allocate(64)))
		count++;
	assert_null(heap_allocate(LIMIT / 2));
	for (size_t i = 0; i < count; i++)
		heap_free(blocks[i]);
	large = heap_allocate(LIMIT * 9 / 10);
	assert_non_null(large);
	heap_free(large);
	assert_true(heap_figures().held_bytes < LIMIT / 20);
}

static void catches_misuse(void **state)
{
	uint8_t *small = heap_allocate(100), *large = heap_allocate(20000);
	uint8_t *other = heap_allocate(100);
	struct phys page;

	(void)state;
	assert_check_fails(heap_free(small + 16));
	assert_check_fails(heap_free(small + 112 * 30)); // still free
	assert_check_fails(heap_free(large + PAGE_SIZE));
	assert_check_fails(heap_free(large + 16));
	assert_check_fails((void)heap_resize(small + 1, 10));
	assert_check_fails(heap_free(&page));
	assert_int_equal(page_pool_take(1, &page), OK);
	assert_check_fails(heap_free(page_pool_address(page)));
	heap_free(small);
	assert_check_fails(heap_free(small));
	assert_check_fails((void)heap_resize(small, 200));
	heap_free(large);
	assert_check_fails(heap_free(large));
	heap_free(other);
	heap_free(NULL);
	page_pool_give(page, 1);
}

// Random calls against a model that remembers each block's size and content.
#define TURNS 200000
#define HELD 700

struct held {
	uint8_t *at;
	size_t bytes;
	uint8_t fill;
};

static size_t random_size(void)
{
	switch (rand() % 8) {
	case 0:
		return (size_t)rand() % 40000;
	case 1:
		return (size_t)rand() % 9000;
	default:
		return (size_t)rand() % 600;
	}
}

static void change(struct held *h)
{
	size_t bytes = random_size();
	uint8_t *at = heap_resize(h->at, bytes);

	if (!at)
		return;
	assert_true(all_bytes_are(at, h->fill, min_size(bytes, h->bytes)));
	*h = (struct held){ at, bytes, (uint8_t)rand() };
	memset(at, h->fill, bytes);
}

static void make(struct held *h)
{
	size_t bytes = random_size();
	bool zeroed = rand() % 2;
	uint8_t *at = zeroed ? heap_allocate_zeroed(1, bytes)
			     : heap_allocate(bytes);

	if (!at)
		return;
	if (zeroed)
		assert_true(all_bytes_are(at, 0, bytes));
	*h = (struct held){ at, bytes, (uint8_t)rand() };
	memset(at, h->fill, bytes);
}

static void follows_the_model(void **state)
{
	static struct held held[HELD];
	uint64_t count = 0;

	(void)state;
	srand(7);
	for (int turn = 0; turn < TURNS; turn++) {
		struct held *h = &held[rand() % HELD];
		if (!h->at) {
			make(h);
			count += h->at != NULL;
		} else if (rand() % 3 == 0) {
			change(h);
		} else {
			assert_true(all_bytes_are(h->at, h->fill, h->bytes));
			heap_free(h->at);
			h->at = NULL;
			count--;
		}
		assert_true(heap_figures().blocks == count);
	}
	for (size_t i = 0; i < HELD; i++)
		heap_free(held[i].at);
	assert_true(heap_figures().blocks == 0);
	assert_true(heap_figures().used_bytes == 0);
	assert_true(heap_figures().held_bytes < LIMIT / 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks_are_apart_and_aligned),
		cmocka_unit_test(rounding_is_bounded),
		cmocka_unit_test(freed_memory_is_wiped),
		cmocka_unit_test(zeroed_memory_is_zero),
		cmocka_unit_test(resizing_keeps_the_content),
		cmocka_unit_test(limit_holds),
		cmocka_unit_test(freed_pages_serve_other_sizes),
		cmocka_unit_test(catches_misuse),
		cmocka_unit_test(follows_the_model),
	};

	return cmocka_run_group_tests(tests, start_heap, NULL);
}
