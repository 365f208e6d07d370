// SPDX-License-Identifier: Apache-2.0
// The GHCB's MSR protocol against a host that answers what it likes.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "abi/ghcb.h"
#include "kernel/snp/ghcb_msr.h"

#define PAGE 0x7e123000ull

static uint64_t asked, answer;
static bool is_the_end;
static jmp_buf the_end;

uint64_t ghcb_msr_call(uint64_t request)
{
	asked = request;
	if (is_the_end)
		longjmp(the_end, 1);
	return answer;
}

static void reads_versions(void **state)
{
	unsigned int min = 0, max = 0;

	(void)state;
	answer = 0x0003000133000001;
	assert_int_equal(ghcb_msr_versions(&min, &max), OK);
	assert_int_equal(asked, 0x002);
	assert_int_equal(min, 1);
	assert_int_equal(max, 3);
}

static void refuses_bad_versions(void **state)
{
	static const uint64_t bad[] = {
		0,
		UINT64_MAX,
		0x0003000133000002, // the request, sent back
		0x0003000133000081, // another answer
		0x0001000233000001, // at least 2, at most 1
	};
	unsigned int min = 7, max = 7;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		answer = bad[i];
		assert_int_equal(ghcb_msr_versions(&min, &max), ERR_DEVICE);
	}
	assert_int_equal(min, 7);
	assert_int_equal(max, 7);
}

static void reads_features(void **state)
{
	uint64_t features = 7;

	(void)state;
	answer = 0x080;
	assert_int_equal(ghcb_msr_features(&features), ERR_DEVICE);
	answer = 0x1081 ^ 0x100;
	assert_int_equal(ghcb_msr_features(&features), ERR_DEVICE);
	assert_int_equal(features, 7);
	answer = 0xfffffffffffff081;
	assert_int_equal(ghcb_msr_features(&features), OK);
	assert_int_equal(asked, 0x080);
	assert_true(features == 0xfffffffffffff);
}

static void registers_one_page(void **state)
{
	static const uint64_t bad[] = {
		0,
		PAGE | 0x012,
		(PAGE + 0x1000) | 0x013,
		0xfffffffffffff013, // the host's "no"
		PAGE | 1ull << 63 | 0x013,
	};
	const struct phys page = { PAGE };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		answer = bad[i];
		assert_int_equal(ghcb_msr_register(page), ERR_DEVICE);
	}
	answer = PAGE | 0x013;
	assert_int_equal(ghcb_msr_register(page), OK);
	assert_int_equal(asked, PAGE | 0x012);
}

static void asks_for_a_page_state(void **state)
{
	static const uint64_t bad[] = {
		0,
		0x014,
		0x100000015, // an error
		0x8000000000000015,
		0x1015, // a reserved bit
	};
	const struct phys page = { PAGE };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		answer = bad[i];
		assert_int_equal(ghcb_msr_page_state(page, PAGE_STATE_SHARED),
				 ERR_DEVICE);
	}
	answer = 0x015;
	assert_int_equal(ghcb_msr_page_state(page, PAGE_STATE_SHARED), OK);
	assert_true(asked == (2ull << 52 | PAGE | 0x014));
}

static void terminates(void **state)
{
	(void)state;
	is_the_end = true;
	if (setjmp(the_end) == 0)
		ghcb_msr_terminate(4, 0x5f);
	is_the_end = false;
	assert_int_equal(asked, 0x5f4100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_versions),
		cmocka_unit_test(refuses_bad_versions),
		cmocka_unit_test(reads_features),
		cmocka_unit_test(registers_one_page),
		cmocka_unit_test(asks_for_a_page_state),
		cmocka_unit_test(terminates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
