// SPDX-License-Identifier: Apache-2.0
// The app's line reaches the console if the policy says so, and stays one line.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "app/log_call.h"
#include "app/sdk/anchorhold.h"
#include "kernel/log.h"
#include "kernel/policy/in_force.h"

static struct policy policy;
static char said[1024];

const struct policy *policy_in_force(void)
{
	return &policy;
}

void log_line(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(said, sizeof(said), format, arguments);
	va_end(arguments);
}

static int64_t log_it(const char *line)
{
	struct app_call call = { APP_CALL_LOG, { (uintptr_t)line }, 7 };

	said[0] = '\0';
	assert_int_equal(log_call(&call), OK);
	if (call.result != APP_OK)
		assert_string_equal(said, "");
	return call.result;
}

static void test_no_console(void **state)
{
	(void)state;
	policy.console = false;
	assert_int_equal(log_it("a"), APP_UNSUPPORTED);
	assert_int_equal(log_it(NULL), APP_UNSUPPORTED);
}

static void test_console(void **state)
{
	char longest[LOG_CALL_LINE_LIMIT + 2];

	(void)state;
	policy.console = true;
	assert_int_equal(log_it("a line: %s"), APP_OK);
	assert_string_equal(said, "app: a line: %s");
	assert_int_equal(log_it("\xc3\xbc"), APP_OK);
	assert_int_equal(log_it(""), APP_OK);
	assert_int_equal(log_it(NULL), APP_BAD_ARGUMENT);
	assert_int_equal(log_it("a\nhalt: bug"), APP_BAD_ARGUMENT);
	assert_int_equal(log_it("\x1b[2J"), APP_BAD_ARGUMENT);
	assert_int_equal(log_it("\x7f"), APP_BAD_ARGUMENT);
	memset(longest, 'a', sizeof(longest));
	longest[LOG_CALL_LINE_LIMIT + 1] = '\0';
	assert_int_equal(log_it(longest), APP_TOO_BIG);
	longest[LOG_CALL_LINE_LIMIT] = '\0';
	assert_int_equal(log_it(longest), APP_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_console),
		cmocka_unit_test(test_console),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
