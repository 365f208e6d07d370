// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "attest/http_accept.h"
#include "base/num.h"

static const struct {
	const char *accept;
	bool is_json;
} cases[] = {
	{ "application/cmw+json", true },
	{ "APPLICATION/CMW+JSON", true },
	{ "application/cmw+json, */*;q=0.1", true },
	{ "application/cmw+json;q=0.5, */*;q=0.4", true },
	{ "application/cmw+cbor;q=0.5,application/cmw+json", true },
	{ "application/cmw+cbor;q=0,application/cmw+json;q=0.001", true },
	{ "text/html , application/cmw+json ; q=1.000", true },
	{ "application/cmw+json;q=0,application/cmw+json", true },
	{ "application/cmw+json;Q=0.7;ext=1", true },
	{ "", false },
	{ ",", false },
	{ "*/*", false },
	{ "*/*;q=1;ext=1", false },
	{ "q=.2", false },
	{ "application/*", false },
	{ "application/cmw+cbor", false },
	{ "application/cmw+cbor;q=0", false },
	{ "application/cmw+json,application/cmw+cbor", false },
	{ "application/cmw+json;q=0.5,application/cmw+cbor;q=0.501", false },
	{ "application/cmw+json;q=0", false },
	{ "text/html", false },
	{ "application/json", false },
	{ "application/cmw", false },
	{ "application/cmw+jsonx", false },
	{ "*/cmw+json", false },
	{ "/", false },
	{ "application/cmw+json;q=1.1", false },
	{ "application/cmw+json;q=1.001", false },
	{ "application/cmw+json;q=", false },
	{ "application/cmw+json;q=-1", false },
	{ "application/cmw+json;q=0,5", false },
	{ "application/cmw+json;q=5", false },
	{ "application/cmw+json;q=4294968", false },
	{ ";;;,;,,=", false },
};

static bool prefers(const struct exchange_header *headers, size_t count)
{
	static struct http_head head;

	head.field_count = count;
	memcpy(head.fields, headers, count * sizeof(*headers));
	return http_accept_prefers(&head, TEXT("application/cmw+json"),
				   TEXT("application/cmw+cbor"));
}

static void test_one_field(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		const struct exchange_header header = {
			TEXT("accept"), text_of(cases[i].accept)
		};

		if (prefers(&header, 1) != cases[i].is_json)
			fail_msg("%s", cases[i].accept);
	}
}

static void test_several_fields(void **state)
{
	const struct exchange_header headers[] = {
		{ TEXT("Accept"), TEXT("text/html") },
		{ TEXT("Accept-Language"), TEXT("application/cmw+json") },
		{ TEXT("Accept"), TEXT("application/cmw+json;q=0.5") },
		{ TEXT("Accept"), TEXT("application/cmw+cbor") },
	};

	(void)state;
	assert_false(prefers(headers, 1));
	assert_false(prefers(headers, 2));
	assert_true(prefers(headers, 3));
	assert_false(prefers(headers, 4));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_field),
		cmocka_unit_test(test_several_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
