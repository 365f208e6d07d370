// SPDX-License-Identifier: Apache-2.0
// Whether memory-type range registers leave all of memory write-back.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "abi/x86.h"
#include "base/num.h"
#include "kernel/cpu/mtrr.h"

#define BITS 40
#define ALL_BITS ((1ull << BITS) - 1)
#define ENABLED MTRR_DEF_TYPE_ENABLE
#define PAGES(bytes) ((bytes) / 4096)

static const struct boot_region ram[] = {
	{ 0x100000, PAGES(0x7ff00000ull) },
	{ 0x100000000, PAGES(0x40000000ull) },
};

static struct mtrr_state state_of(uint64_t def_type)
{
	return (struct mtrr_state){ .def_type = def_type };
}

static void range(struct mtrr_state *s, uint64_t base, uint64_t bytes,
		  unsigned int type)
{
	s->variable[s->variable_count].base = base | type;
	s->variable[s->variable_count].mask = (~(bytes - 1) & ALL_BITS) |
					      MTRR_MASK_VALID;
	s->variable_count++;
}

static bool judge(const struct mtrr_state *s)
{
	return mtrr_all_write_back(s, BITS, ram, ARRAY_COUNT(ram));
}

static void test_default(void **state)
{
	struct mtrr_state s = state_of(ENABLED | MEMORY_TYPE_WB);

	(void)state;
	assert_true(judge(&s));
	s = state_of(MEMORY_TYPE_WB);
	assert_false(judge(&s));
	s = state_of(0); // after a reset
	assert_false(judge(&s));
	for (unsigned int type = 0; type < MEMORY_TYPE_WB; type++) {
		s = state_of(ENABLED | type);
		assert_false(judge(&s));
	}
}

// As OVMF leaves them: write-back but for the hole below 4 GiB.
static void test_hole(void **state)
{
	struct mtrr_state s = state_of(ENABLED | MEMORY_TYPE_WB);

	(void)state;
	range(&s, 0x80000000, 0x80000000, MEMORY_TYPE_UC);
	assert_true(judge(&s));
	range(&s, 0x7ffff000, 0x1000, MEMORY_TYPE_UC);
	assert_false(judge(&s));
}

static void test_ranges_cover(void **state)
{
	struct mtrr_state s = state_of(ENABLED | MEMORY_TYPE_UC);

	(void)state;
	range(&s, 0, 0x80000000, MEMORY_TYPE_WB);
	assert_false(judge(&s));
	range(&s, 0x120000000, 0x20000000, MEMORY_TYPE_WB);
	assert_false(judge(&s));
	range(&s, 0x100000000, 0x20000000, MEMORY_TYPE_WB);
	assert_true(judge(&s));
	s.variable[2].mask &= ~(uint64_t)MTRR_MASK_VALID;
	assert_false(judge(&s));
}

static void test_other_type_on_top(void **state)
{
	struct mtrr_state s = state_of(ENABLED | MEMORY_TYPE_UC);

	(void)state;
	range(&s, 0, 1ull << 39, MEMORY_TYPE_WB);
	assert_true(judge(&s));
	range(&s, 0x100000000, 0x1000, MEMORY_TYPE_WT);
	assert_false(judge(&s));
}

static void test_mask_with_gaps(void **state)
{
	struct mtrr_state s = state_of(ENABLED | MEMORY_TYPE_WB);

	(void)state;
	s.variable[0].base = 0x4000000000 | MEMORY_TYPE_UC;
	s.variable[0].mask = 0xf0f0000000 | MTRR_MASK_VALID;
	s.variable_count = 1;
	assert_false(judge(&s));
	s.variable[0].mask &= ~(uint64_t)MTRR_MASK_VALID;
	assert_true(judge(&s));
}

static void test_whole_address_space(void **state)
{
	struct mtrr_state s = state_of(ENABLED | MEMORY_TYPE_UC);

	(void)state;
	s.variable[0].base = MEMORY_TYPE_WB;
	s.variable[0].mask = MTRR_MASK_VALID;
	s.variable_count = 1;
	assert_true(judge(&s));
	assert_true(mtrr_all_write_back(&s, 52, ram, ARRAY_COUNT(ram)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_default),
		cmocka_unit_test(test_hole),
		cmocka_unit_test(test_ranges_cover),
		cmocka_unit_test(test_other_type_on_top),
		cmocka_unit_test(test_mask_with_gaps),
		cmocka_unit_test(test_whole_address_space),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
