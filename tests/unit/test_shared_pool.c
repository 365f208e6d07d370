// SPDX-License-Identifier: Apache-2.0
#include "kernel/mem/shared_pool.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "abi/layout.h"
#include "abi/snp.h"
#include "base/bytes.h"
#include "kernel/mem/address_space.h"
#include "kernel/snp/page_state.h"
#include "tests/fake/death.h"
#include "tests/fake/ram.h"
#include "tests/fake/snp.h"

#define POOL_PAGES 5

static enum err map_answer;
static struct phys mapped;

enum err address_space_map_shared(struct phys base, size_t pages,
				  volatile void **out)
{
	if (map_answer != OK)
		return map_answer;
	assert_int_equal(pages, POOL_PAGES);
	mapped = base;
	*out = page_pool_address(base);
	return OK;
}

static struct phys shared_base;
static size_t shared_pages;

void page_state_make_shared(struct phys base, size_t pages)
{
	shared_base = base;
	shared_pages = pages;
}

static int start(void **state)
{
	(void)state;
	fake_ram_reset();
	page_pool_add((struct phys){ FAKE_RAM_BASE }, 3 * POOL_PAGES);
	return 0;
}

static void starts_once(void **state)
{
	struct shared s;

	(void)state;
	assert_int_equal(shared_pool_take(1, 1, &s), ERR_NO_MEMORY);
	assert_int_equal(shared_pool_init(4 * POOL_PAGES * PAGE_SIZE),
			 ERR_NO_MEMORY);
	map_answer = ERR_NO_MEMORY;
	assert_int_equal(shared_pool_init(POOL_PAGES * PAGE_SIZE),
			 ERR_NO_MEMORY);
	map_answer = OK;
	assert_int_equal(shared_pages, 0); // a plain machine
	fake_snp_set_status(SEV_STATUS_SNP);
	assert_int_equal(shared_pool_init(POOL_PAGES * PAGE_SIZE - 5), OK);
	assert_int_equal(shared_pages, POOL_PAGES);
	assert_true(shared_base.value == mapped.value);
	assert_check_fails((void)shared_pool_init(PAGE_SIZE));
}

static void hands_out_aligned_zeros(void **state)
{
	struct shared a, b, c = { 0 };

	(void)state;
	assert_int_equal(shared_pool_take(10, 1, &a), OK);
	assert_int_equal(shared_pool_take(300, 64, &b), OK);
	assert_int_equal(b.bytes, 300);
	assert_true(shared_phys(a, 0).value == mapped.value);
	assert_true(shared_phys(b, 7).value == mapped.value + 64 + 7);
	for (size_t i = 0; i < 300; i++)
		assert_int_equal(shared_load8(b, i), 0);
	assert_int_equal(shared_pool_take(4 * PAGE_SIZE, PAGE_SIZE, &c), OK);
	assert_true(shared_phys(c, 0).value == mapped.value + PAGE_SIZE);
	assert_int_equal(shared_pool_take(1, 1, &a), ERR_NO_MEMORY);
	assert_int_equal(shared_pool_take(SIZE_MAX, 1, &a), ERR_NO_MEMORY);
	assert_int_equal(a.bytes, 10);
	assert_check_fails((void)shared_pool_take(1, 3, &a));
	assert_check_fails((void)shared_pool_take(1, 2 * PAGE_SIZE, &a));
	assert_check_fails((void)shared_pool_take(0, 1, &a));
}

static struct shared piece_of(uint8_t *bytes, size_t count)
{
	return (struct shared){ bytes, count };
}

static void loads_and_stores(void **state)
{
	uint8_t bytes[32] = { 0 };
	struct shared s = piece_of(bytes, sizeof(bytes));

	(void)state;
	shared_store8(s, 0, 0xab);
	shared_store16(s, 1, 0x1234);
	shared_store32(s, 3, 0xdeadbeef);
	shared_store64(s, 24, 0x0123456789abcdef);
	assert_int_equal(bytes[0], 0xab);
	assert_int_equal(load_le16(bytes + 1), 0x1234);
	assert_true(load_le32(bytes + 3) == 0xdeadbeef);
	assert_true(load_le64(bytes + 24) == 0x0123456789abcdef);
	assert_int_equal(shared_load8(s, 0), 0xab);
	assert_int_equal(shared_load16(s, 1), 0x1234);
	assert_true(shared_load32(s, 3) == 0xdeadbeef);
	assert_true(shared_load64(s, 24) == 0x0123456789abcdef);
}

static void copies_every_length(void **state)
{
	uint8_t bytes[512], pattern[512], out[512];
	struct shared s = piece_of(bytes, sizeof(bytes));

	(void)state;
	for (size_t i = 0; i < sizeof(pattern); i++)
		pattern[i] = (uint8_t)(i * 31 + 7);
	for (size_t count = 0; count <= 300; count++) {
		size_t at = count % 19;
		memset(bytes, 0, sizeof(bytes));
		memset(out, 0, sizeof(out));
		shared_write(s, at, pattern + 3, count);
		assert_memory_equal(bytes + at, pattern + 3, count);
		assert_int_equal(bytes[at + count], 0);
		shared_read(s, at, out + 5, count);
		assert_memory_equal(out + 5, pattern + 3, count);
		assert_int_equal(out[5 + count], 0);
	}
}

static void catches_wrong_offsets(void **state)
{
	uint8_t bytes[16] = { 0 }, out[32];
	struct shared s = piece_of(bytes, sizeof(bytes));

	(void)state;
	assert_check_fails((void)shared_load8(s, 16));
	assert_check_fails((void)shared_load16(s, 15));
	assert_check_fails((void)shared_load32(s, SIZE_MAX));
	assert_check_fails((void)shared_load64(s, 9));
	assert_check_fails(shared_store8(s, 16, 1));
	assert_check_fails(shared_store16(s, 15, 1));
	assert_check_fails(shared_store32(s, 13, 1));
	assert_check_fails(shared_store64(s, SIZE_MAX - 3, 1));
	assert_check_fails(shared_read(s, 0, out, 17));
	assert_check_fails(shared_read(s, 17, out, 0));
	assert_check_fails(shared_write(s, 1, out, 16));
	assert_check_fails((void)shared_phys(s, 17));
	shared_read(s, 16, out, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(starts_once),
		cmocka_unit_test(hands_out_aligned_zeros),
		cmocka_unit_test(loads_and_stores),
		cmocka_unit_test(copies_every_length),
		cmocka_unit_test(catches_wrong_offsets),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
