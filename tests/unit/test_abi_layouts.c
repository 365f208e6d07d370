// SPDX-License-Identifier: Apache-2.0
// Layouts of abi/ against those that Linux gives its users. Where a machine
// has no such header, that test says so and is skipped.
#include "abi/guest_message.h"
#include "abi/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#if __has_include(<linux/sev-guest.h>)
#include <linux/sev-guest.h>
#define HAS_LINUX_HEADER 1
#else
#define HAS_LINUX_HEADER 0
#endif

#if HAS_LINUX_HEADER
static void report_messages_are_those_of_linux(void **state)
{
	(void)state;
	assert_int_equal(sizeof(struct report_request),
			 sizeof(struct snp_report_req));
	assert_int_equal(offsetof(struct report_request, report_data),
			 offsetof(struct snp_report_req, user_data));
	assert_int_equal(sizeof(((struct report_request *)0)->report_data),
			 sizeof(((struct snp_report_req *)0)->user_data));
	assert_int_equal(offsetof(struct report_request, vmpl),
			 offsetof(struct snp_report_req, vmpl));
	// Linux calls flags reserved; they take its first four bytes.
	assert_int_equal(offsetof(struct report_request, flags),
			 offsetof(struct snp_report_req, rsvd));
	// What a payload has room for.
	assert_int_equal(GUEST_MESSAGE_PAYLOAD_LIMIT,
			 sizeof(struct snp_report_resp));
}

static void key_messages_are_those_of_linux(void **state)
{
	(void)state;
	assert_int_equal(KEY_REQUEST_V1_BYTES,
			 sizeof(struct snp_derived_key_req));
	assert_int_equal(offsetof(struct key_request, root_key_select),
			 offsetof(struct snp_derived_key_req, root_key_select));
	assert_int_equal(
		offsetof(struct key_request, guest_field_select),
		offsetof(struct snp_derived_key_req, guest_field_select));
	assert_int_equal(offsetof(struct key_request, vmpl),
			 offsetof(struct snp_derived_key_req, vmpl));
	assert_int_equal(offsetof(struct key_request, guest_svn),
			 offsetof(struct snp_derived_key_req, guest_svn));
	assert_int_equal(offsetof(struct key_request, tcb),
			 offsetof(struct snp_derived_key_req, tcb_version));
	assert_int_equal(sizeof(struct key_response),
			 sizeof(struct snp_derived_key_resp));
}
#else
static void say_skipped(void)
{
	puts("linux/sev-guest.h isn't installed (linux-libc-dev 6.1 or later)");
	skip();
}

static void report_messages_are_those_of_linux(void **state)
{
	(void)state;
	say_skipped();
}

static void key_messages_are_those_of_linux(void **state)
{
	(void)state;
	say_skipped();
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(report_messages_are_those_of_linux),
		cmocka_unit_test(key_messages_are_those_of_linux),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
