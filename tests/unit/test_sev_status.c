// SPDX-License-Identifier: Apache-2.0
// SEV_STATUS: each of its 64 bits.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "kernel/snp/sev_status.h"

#define NEEDED 0x7ull
#define ALLOWED 0x20b80ull // 7, 8, 9, 11, 17

static void takes_what_is_known(void **state)
{
	unsigned int bit = 99;

	(void)state;
	assert_int_equal(sev_status_judge(NEEDED, &bit), OK);
	assert_int_equal(sev_status_judge(NEEDED | ALLOWED, &bit), OK);
	assert_int_equal(bit, 99);
}

static void needs_the_first_three(void **state)
{
	(void)state;
	for (unsigned int missing = 0; missing < 3; missing++) {
		unsigned int bit = 99;

		assert_int_equal(
			sev_status_judge(NEEDED & ~(1ull << missing), &bit),
			ERR_UNSUPPORTED);
		assert_int_equal(bit, missing);
	}
}

static void refuses_each_other_bit(void **state)
{
	(void)state;
	for (unsigned int n = 3; n < 64; n++) {
		unsigned int bit = 99;
		uint64_t status = NEEDED | ALLOWED | 1ull << n;

		if (ALLOWED >> n & 1)
			continue;
		assert_int_equal(sev_status_judge(status, &bit),
				 ERR_UNSUPPORTED);
		assert_int_equal(bit, n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_what_is_known),
		cmocka_unit_test(needs_the_first_three),
		cmocka_unit_test(refuses_each_other_bit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
