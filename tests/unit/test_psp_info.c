// SPDX-License-Identifier: Apache-2.0
// TSC_INFO and CPUID messages.
#include "emu/psp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/num.h"
#include "tests/fake/psp_guest.h"

static struct psp psp;

static const struct cpuid_function cpuid[] = {
	{ .eax_in = 1, .eax = 0xa00f11, .ecx = 0x123 },
	{ .eax_in = 7, .ebx = 0x21 },
	{ .eax_in = 0xd, .xcr0_in = 1, .ebx = 0x240 },
	{ .eax_in = 0xd, .xcr0_in = 3, .ebx = 0x340 },
};

static int launch(void **state)
{
	(void)state;
	psp_guest_launch_plain(&psp);
	psp.cpuid = cpuid;
	psp.cpuid_count = ARRAY_COUNT(cpuid);
	return 0;
}

static struct tsc_info_response tsc_get(const struct tsc_info_request *request)
{
	struct tsc_info_response answer;

	psp_guest_ask(&psp, 0, GUEST_MESSAGE_TSC_INFO_REQ, 1, request,
		      sizeof(*request), &answer, sizeof(answer));
	return answer;
}

static void tsc_info_tells_scale_and_offset(void **state)
{
	struct tsc_info_request request = { 0 };
	struct tsc_info_response answer = tsc_get(&request);

	(void)state;
	assert_int_equal(answer.status, 0);
	assert_int_equal(answer.scale, 0x100000000);
	assert_int_equal(answer.offset, 0x123456789a);
	assert_int_equal(answer.factor, 200);
}

static void tsc_info_is_refused(void **state)
{
	static const struct tsc_info_response refusal = { .status = 0x16 };
	struct tsc_info_request request = { { [127] = 1 } };
	struct tsc_info_response answer = tsc_get(&request);

	(void)state;
	assert_memory_equal(&answer, &refusal, sizeof(refusal));
	request.reserved_00[127] = 0;
	psp.guest.secure_tsc = 0;
	answer = tsc_get(&request);
	assert_memory_equal(&answer, &refusal, sizeof(refusal));
}

static struct cpuid_response cpuid_ask(const struct cpuid_request *request,
				       size_t bytes, size_t answer_bytes)
{
	struct cpuid_response answer = { 0 };

	psp_guest_ask(&psp, 0, GUEST_MESSAGE_CPUID_REQ, 1, request, bytes,
		      &answer, answer_bytes);
	return answer;
}

static size_t bytes_of(size_t functions)
{
	return 16 + functions * 48;
}

static void true_cpuid_is_confirmed(void **state)
{
	struct cpuid_request request = { .count = 4 };
	struct cpuid_response answer;

	(void)state;
	memcpy(request.functions, cpuid, sizeof(cpuid));
	answer = cpuid_ask(&request, bytes_of(4), bytes_of(4));
	assert_int_equal(answer.status, 0);
	assert_int_equal(answer.count, 4);
	assert_memory_equal(answer.functions, cpuid, sizeof(cpuid));
	request.count = 0;
	answer = cpuid_ask(&request, bytes_of(0), bytes_of(0));
	assert_int_equal(answer.status, 0);
}

static void false_cpuid_is_corrected(void **state)
{
	struct cpuid_request request = { .count = 2 };
	struct cpuid_response answer;

	(void)state;
	request.functions[0] = cpuid[3];
	request.functions[0].ebx ^= 4;
	request.functions[1] =
		(struct cpuid_function){ .eax_in = 0x40000000, .ebx = 1 };
	answer = cpuid_ask(&request, bytes_of(2), bytes_of(2));
	assert_int_equal(answer.status, 0x16);
	assert_memory_equal(&answer.functions[0], &cpuid[3], 48);
	assert_int_equal(answer.functions[1].eax_in, 0x40000000);
	assert_int_equal(answer.functions[1].ebx, 0);
}

static void cpuid_counts_are_bounded(void **state)
{
	static const uint32_t counts[] = { 2, 64, 65, UINT32_MAX };
	struct cpuid_request request = { .count = CPUID_FUNCTION_LIMIT };
	struct cpuid_response answer;

	(void)state;
	answer = cpuid_ask(&request, bytes_of(64), bytes_of(64));
	assert_int_equal(answer.count, 64);
	for (size_t i = 0; i < ARRAY_COUNT(counts); i++) {
		request.count = counts[i];
		answer = cpuid_ask(&request, bytes_of(1), bytes_of(0));
		assert_int_equal(answer.status, 0x16);
		assert_int_equal(answer.count, 0);
	}
	request.count = 1;
	for (size_t bytes = 16; bytes < bytes_of(1); bytes++)
		assert_int_equal(cpuid_ask(&request, bytes, bytes_of(0)).status,
				 0x16);
	request.reserved_04[11] = 1;
	answer = cpuid_ask(&request, bytes_of(1), bytes_of(0));
	assert_int_equal(answer.status, 0x16);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(tsc_info_tells_scale_and_offset, launch),
		cmocka_unit_test_setup(tsc_info_is_refused, launch),
		cmocka_unit_test_setup(true_cpuid_is_confirmed, launch),
		cmocka_unit_test_setup(false_cpuid_is_corrected, launch),
		cmocka_unit_test_setup(cpuid_counts_are_bounded, launch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
