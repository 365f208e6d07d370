// SPDX-License-Identifier: Apache-2.0
// A policy that this kernel can't hold is refused, and names what.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/num.h"
#include "image/policy_form.h"
#include "kernel/log.h"
#include "kernel/package.h"
#include "kernel/policy/in_force.h"
#include "tests/fake/death.h"

static const struct policy_means means = {
	.limits = { [POLICY_LIMIT_MEMORY_BYTES] = POLICY_NO_LIMIT,
		    [POLICY_LIMIT_REQUEST_BYTES] = 1000,
		    [POLICY_LIMIT_REQUEST_CPU_MS] = POLICY_NO_LIMIT,
		    [POLICY_LIMIT_CONNECTIONS] = 256 },
	.is_adjustable = { [POLICY_LIMIT_MEMORY_BYTES] = true },
};

static uint8_t bytes[512];

void log_line(const char *format, ...)
{
	(void)format;
}

static struct policy plain(void)
{
	struct policy p = { .clients = POLICY_CLIENTS_ANYONE,
			    .state = POLICY_STATE_KEPT };

	for (size_t i = 0; i < POLICY_LIMIT_COUNT; i++)
		p.limits[i] = POLICY_NO_LIMIT;
	return p;
}

static void assert_refused(const struct policy *p, const char *words)
{
	const char *why = policy_unenforceable(p, &means);

	assert_non_null(why);
	assert_non_null(strstr(why, words));
}

static void test_what_cannot_be_enforced(void **state)
{
	struct policy p = plain();

	(void)state;
	assert_null(policy_unenforceable(&p, &means));
	p.clients = POLICY_CLIENTS_PINS;
	assert_refused(&p, "certificates");
	p.clients = POLICY_CLIENTS_CA;
	assert_refused(&p, "certificates");
	p = plain();
	p.has_routes = true;
	assert_refused(&p, "routes");
	p = plain();
	p.egress_count = 1;
	assert_refused(&p, "peers");
	p = plain();
	p.state = POLICY_STATE_FRESH;
	assert_refused(&p, "fresh");
}

static void test_console(void **state)
{
	struct policy_means talkative = means;
	struct policy p = plain();

	(void)state;
	p.console = true;
	assert_refused(&p, "console");
	talkative.has_console = true;
	assert_null(policy_unenforceable(&p, &talkative));
}

static void test_limits(void **state)
{
	struct policy p = plain();

	(void)state;
	p.limits[POLICY_LIMIT_MEMORY_BYTES] = 1;
	assert_null(policy_unenforceable(&p, &means));
	p.limits[POLICY_LIMIT_REQUEST_BYTES] = 1000;
	p.limits[POLICY_LIMIT_CONNECTIONS] = 256;
	assert_null(policy_unenforceable(&p, &means));
	p.limits[POLICY_LIMIT_REQUEST_BYTES] = 999;
	assert_refused(&p, "smaller requests");
	p = plain();
	p.limits[POLICY_LIMIT_CONNECTIONS] = 255;
	assert_refused(&p, "fewer connections");
	p = plain();
	p.limits[POLICY_LIMIT_REQUEST_CPU_MS] = 1u << 31;
	assert_refused(&p, "CPU time");
}

static void pack(const struct policy *p)
{
	struct writer w = writer_of(bytes, sizeof(bytes));
	struct package found = { .app = bytes, .policy = bytes };

	assert_int_equal(policy_form_write(p, &w), OK);
	found.policy_bytes = w.used;
	package_set(&found);
}

// The fake halt aborts, as a failed CHECK does.
static void test_start(void **state)
{
	struct policy p = plain();

	(void)state;
	assert_check_fails((void)package());
	assert_check_fails((void)policy_in_force());
	p.state = POLICY_STATE_FRESH;
	pack(&p);
	assert_check_fails(policy_start(&means));
	p = plain();
	p.limits[POLICY_LIMIT_MEMORY_BYTES] = 4096;
	pack(&p);
	bytes[0] ^= 1;
	assert_check_fails(policy_start(&means));
	bytes[0] ^= 1;
	policy_start(&means);
	assert_true(policy_in_force()->limits[POLICY_LIMIT_MEMORY_BYTES] ==
		    4096);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_cannot_be_enforced),
		cmocka_unit_test(test_console),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
