// SPDX-License-Identifier: Apache-2.0
// The CPUID page: what makes one, and what is found in it.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "kernel/snp/cpuid_page.h"
#include "tests/fake/death.h"

static struct snp_cpuid_page page;

static void add(uint32_t leaf, uint32_t subleaf, uint64_t xcr0, uint64_t xss,
		uint32_t ebx)
{
	page.entries[page.count++] = (struct cpuid_function){
		.eax_in = leaf,
		.ecx_in = subleaf,
		.xcr0_in = xcr0,
		.xss_in = xss,
		.eax = leaf,
		.ebx = ebx,
		.ecx = subleaf,
		.edx = ~leaf,
	};
}

static int set_up(void **state)
{
	(void)state;
	memset(&page, 0, sizeof(page));
	return 0;
}

// Runs first: there is no way back from a page that was taken.
static void refuses_bad_pages(void **state)
{
	(void)state;
	assert_int_equal(cpuid_page_take(&page), ERR_BAD_INPUT);
	add(1, 0, 0, 0, 0);
	assert_int_equal(cpuid_page_take(&page), ERR_BAD_INPUT); // no C-bit
	add(0x8000001f, 0, 0, 0, 31);
	assert_int_equal(cpuid_page_take(&page), ERR_BAD_INPUT);
	page.entries[1].ebx = 52;
	assert_int_equal(cpuid_page_take(&page), ERR_BAD_INPUT);
	page.entries[1].ebx = 51;
	page.count = SNP_CPUID_ENTRIES_MAX + 1;
	assert_int_equal(cpuid_page_take(&page), ERR_BAD_INPUT);
	page.count = UINT32_MAX;
	assert_int_equal(cpuid_page_take(&page), ERR_BAD_INPUT);
	page.count = 1; // the C-bit's entry lies behind the end
	assert_int_equal(cpuid_page_take(&page), ERR_BAD_INPUT);
	assert_false(cpuid_page_is_there());
	assert_check_fails((void)cpuid_page_c_bit());
}

static void take(void)
{
	add(0x8000001f, 0, 0, 0, 1u << 6 | 51);
	assert_int_equal(cpuid_page_take(&page), OK);
	assert_true(cpuid_page_is_there());
}

static void reads_leaves(void **state)
{
	struct cpuid r;

	(void)state;
	add(1, 7, 0, 0, 0x11);
	add(7, 1, 0, 0, 0x71);
	add(7, 0, 0, 0, 0x70);
	take();
	assert_int_equal(cpuid_page_c_bit(), 51);
	r = cpuid_page_read(1, 0);
	assert_int_equal(r.eax, 1);
	assert_int_equal(r.ebx, 0x11); // ECX doesn't count
	assert_int_equal(r.ecx, 7);
	assert_true(r.edx == ~1u);
	assert_int_equal(cpuid_page_read(7, 0).ebx, 0x70);
	assert_int_equal(cpuid_page_read(7, 1).ebx, 0x71);
}

static void what_is_not_there_is_zero(void **state)
{
	const struct cpuid zero = { 0 };
	struct cpuid r;

	(void)state;
	add(7, 0, 0, 0, 0x70);
	take();
	r = cpuid_page_read(7, 2);
	assert_memory_equal(&r, &zero, sizeof(zero));
	r = cpuid_page_read(2, 0);
	assert_memory_equal(&r, &zero, sizeof(zero));
}

static void keeps_a_copy(void **state)
{
	(void)state;
	add(1, 0, 0, 0, 0x11);
	take();
	memset(&page, 0xff, sizeof(page));
	assert_int_equal(cpuid_page_read(1, 0).ebx, 0x11);
	assert_int_equal(cpuid_page_read(2, 0).ebx, 0);
}

static void leaf_d_is_that_of_our_state(void **state)
{
	(void)state;
	add(0xd, 0, 0xe7, 0, 1);
	add(0xd, 0, 1, 0x100, 2);
	add(0xd, 0, 7, 0, 3);
	add(0xd, 0, 3, 0, 4);
	add(0xd, 1, 0, 0, 5);
	add(0xd, 1, 1, 0, 6);
	add(0xd, 2, 7, 0x100, 7);
	take();
	assert_int_equal(cpuid_page_read(0xd, 0).ebx, 4);
	assert_int_equal(cpuid_page_read(0xd, 1).ebx, 6);
	assert_int_equal(cpuid_page_read(0xd, 2).ebx, 7);
}

static void a_full_page(void **state)
{
	(void)state;
	while (page.count < SNP_CPUID_ENTRIES_MAX - 1)
		add(0x40000000 + page.count, 0, 0, 0, page.count);
	take();
	assert_int_equal(cpuid_page_read(0x4000003e, 0).ebx, 0x3e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(refuses_bad_pages, set_up),
		cmocka_unit_test_setup(reads_leaves, set_up),
		cmocka_unit_test_setup(what_is_not_there_is_zero, set_up),
		cmocka_unit_test_setup(keeps_a_copy, set_up),
		cmocka_unit_test_setup(leaf_d_is_that_of_our_state, set_up),
		cmocka_unit_test_setup(a_full_page, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
