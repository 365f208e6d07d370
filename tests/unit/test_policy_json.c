// SPDX-License-Identifier: Apache-2.0
// Policies as people write them: what is taken, and the words for what isn't.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/num.h"
#include "base/policy.h"
#include "client/policy_json.h"

#define PIN_A "0101010101010101010101010101010101010101010101010101010101010101"
#define PIN_B "02ff010101010101010101010101010101010101010101010101010101010101"
#define REST "\"routes\":\"any\",\"state\":\"kept\"}"
#define PLAIN "{\"version\":1,\"clients\":\"anyone\"," REST

static uint8_t bytes[POLICY_BYTES_LIMIT];
static char why[POLICY_JSON_WHY_LIMIT];

static enum err encode(const char *json, size_t *count)
{
	struct writer w = writer_of(bytes, sizeof(bytes));
	enum err e = policy_json_encode(json, strlen(json), &w, why);

	*count = w.used;
	return e;
}

static struct policy read(const char *json)
{
	struct policy p = { 0 };
	size_t count;

	why[0] = '\0';
	if (encode(json, &count) != OK)
		fail_msg("%s", why);
	assert_int_equal(policy_decode(bytes, count, &p), OK);
	return p;
}

static void assert_refused(const char *json, const char *words)
{
	size_t count;

	assert_int_equal(encode(json, &count), ERR_BAD_INPUT);
	assert_int_equal(count, 0);
	if (!strstr(why, words))
		fail_msg("\"%s\" isn't in \"%s\"", words, why);
}

static void test_defaults(void **state)
{
	struct policy p = read(PLAIN);

	(void)state;
	assert_int_equal(p.clients, POLICY_CLIENTS_ANYONE);
	assert_false(p.has_routes);
	assert_int_equal(p.egress_count, 0);
	assert_false(p.console);
	assert_int_equal(p.state, POLICY_STATE_KEPT);
	for (size_t i = 0; i < POLICY_LIMIT_COUNT; i++)
		assert_true(p.limits[i] == POLICY_NO_LIMIT);
}

static void test_everything(void **state)
{
	struct policy p = read(
		"{\"version\":1,\"clients\":{\"pins\":[\"" PIN_B "\",\"" PIN_A
		"\"]},\"routes\":[{\"path\":\"/b\",\"methods\":[\"POST\","
		"\"GET\"]},{\"path\":\"/\",\"methods\":[\"GET\"]}],"
		"\"egress\":[{\"address\":\"2001:db8::1\",\"port\":1,\"key\":"
		"\"" PIN_A "\"},{\"address\":\"10.0.0.1\",\"port\":65535,"
		"\"key\":\"" PIN_B "\"}],\"console\":true,\"state\":\"fresh\","
		"\"limits\":{\"memory_bytes\":4096,\"request_bytes\":null,"
		"\"connections\":7}}");

	(void)state;
	assert_int_equal(p.clients, POLICY_CLIENTS_PINS);
	assert_int_equal(p.client_items[0].at[0], 1);
	assert_int_equal(p.client_items[1].at[1], 0xff);
	assert_int_equal(p.route_count, 2);
	assert_true(text_equal(p.routes[0].prefix, TEXT("/")));
	assert_true(text_equal(p.routes[1].methods[0], TEXT("GET")));
	assert_int_equal(p.egress[0].address.count, 4);
	assert_int_equal(p.egress[0].port, 65535);
	assert_int_equal(p.egress[1].address.count, 16);
	assert_true(p.console);
	assert_int_equal(p.state, POLICY_STATE_FRESH);
	assert_true(p.limits[POLICY_LIMIT_MEMORY_BYTES] == 4096);
	assert_true(p.limits[POLICY_LIMIT_REQUEST_BYTES] == POLICY_NO_LIMIT);
	assert_true(p.limits[POLICY_LIMIT_CONNECTIONS] == 7);
}

static void test_order_makes_no_difference(void **state)
{
	uint8_t first[256];
	size_t first_count, count;

	(void)state;
	assert_int_equal(encode("{\"version\":1,\"clients\":{\"pins\":[\"" PIN_A
				"\",\"" PIN_B "\"]}," REST,
				&first_count),
			 OK);
	assert_true(first_count <= sizeof(first));
	memcpy(first, bytes, first_count);
	assert_int_equal(encode(" { \"state\" : \"kept\", \"clients\":{"
				"\"pins\":[\"" PIN_B "\",\n\"" PIN_A "\"]},"
				"\"console\":false,\"egress\":[],\"limits\":{},"
				"\"routes\":\"any\",\"version\":1}\n",
				&count),
			 OK);
	assert_int_equal(count, first_count);
	assert_memory_equal(bytes, first, count);
}

static void test_not_json(void **state)
{
	(void)state;
	assert_refused("", "line 1");
	assert_refused("[", "line 1");
	assert_refused(PLAIN "x", "line 1");
	assert_refused("{\"version\":1,}", "line 1");
	assert_refused("[]", "must be an object");
	assert_refused("{\"version\":1,\"version\":1}", "\"version\"");
	assert_refused("{\"version\":1,\"clients\":\"any\xff\"," REST,
		       "decode byte");
	assert_refused("{\"version\":1,\"clients\":\"any\\u0000\"," REST,
		       "\\u0000");
}

static void test_fields(void **state)
{
	(void)state;
	assert_refused(
		"{\"version\":1,\"clients\":\"anyone\",\"egres\":[]," REST,
		"unknown field \"egres\"");
	// What the file says never reaches the terminal as it is.
	assert_refused("{\"\\u001b[31mred\\u009b\":1}",
		       "unknown field \"?[31mred??\"");
	assert_refused("{\"a\":1 \"\xc3\xbc\"}", "near '\"??\"'");
	assert_refused("{\"clients\":\"anyone\"," REST,
		       "\"version\" is missing");
	assert_refused("{\"version\":1," REST, "\"clients\" is missing");
	assert_refused("{\"version\":1,\"clients\":\"anyone\","
		       "\"routes\":\"any\"}",
		       "\"state\" is missing");
	assert_refused("{\"version\":2,\"clients\":\"anyone\"," REST,
		       "version: must be from 1 to 1");
	assert_refused("{\"version\":\"1\",\"clients\":\"anyone\"," REST,
		       "version: must be a whole number");
	assert_refused("{\"version\":1.0,\"clients\":\"anyone\"," REST,
		       "version: must be a whole number");
	assert_refused(
		"{\"version\":1,\"clients\":\"anyone\",\"console\":0," REST,
		"console: must be true or false");
	assert_refused("{\"version\":1,\"clients\":\"anyone\",\"routes\":"
		       "\"any\",\"state\":\"frozen\"}",
		       "state: must be \"fresh\" or \"kept\"");
}

static void assert_clients_refused(const char *clients, const char *words)
{
	char json[512];

	snprintf(json, sizeof(json), "{\"version\":1,\"clients\":%s,%s",
		 clients, REST);
	assert_refused(json, words);
}

static void test_clients(void **state)
{
	(void)state;
	assert_clients_refused("\"everyone\"", "clients: must be \"anyone\"");
	assert_clients_refused("null", "clients: must be an object");
	assert_clients_refused("{}", "clients: must have either");
	assert_clients_refused("{\"pins\":[],\"ca\":[]}",
			       "clients: must have either");
	assert_clients_refused("{\"pin\":[]}",
			       "clients: unknown field \"pin\"");
	assert_clients_refused("{\"pins\":[]}", "clients.pins: names nobody");
	assert_clients_refused("{\"pins\":[\"00\"]}",
			       "clients.pins[0]: must be");
	assert_clients_refused("{\"pins\":[\"" PIN_A "\",7]}",
			       "clients.pins[1]: must be a string");
	assert_clients_refused("{\"pins\":[\"" PIN_A "\",\"" PIN_A "\"]}",
			       "clients.pins: names something twice");
	assert_clients_refused("{\"pins\":[\"02FF0101010101010101010101010101"
			       "01010101010101010101010101010101\"]}",
			       "clients.pins[0]: must be");
	assert_clients_refused("{\"ca\":[\"MA\"]}", "clients.ca[0]: must be");
	assert_clients_refused("{\"ca\":[\"MAA\"]}", "clients.ca[0]: must be");
	assert_clients_refused("{\"ca\":[\"MB==\"]}", "clients.ca[0]: must be");
	assert_clients_refused("{\"ca\":[\"M*A=\"]}", "clients.ca[0]: must be");
	assert_clients_refused("{\"ca\":[\"M-A=\"]}", "clients.ca[0]: must be");
	assert_clients_refused("{\"ca\":[\"M_A=\"]}", "clients.ca[0]: must be");
	assert_clients_refused("{\"ca\":[\"M===\"]}", "clients.ca[0]: must be");
	assert_clients_refused("{\"ca\":[\"MA==MA==\"]}",
			       "clients.ca[0]: must be");
	assert_clients_refused("{\"ca\":[\"AAAA\"]}", "isn't in DER");
}

static void test_certificate(void **state)
{
	struct policy p = read("{\"version\":1,\"clients\":{\"ca\":["
			       "\"MAMCAQU=\"]}," REST);

	(void)state;
	assert_int_equal(p.clients, POLICY_CLIENTS_CA);
	assert_int_equal(p.client_items[0].count, 5);
	assert_memory_equal(p.client_items[0].at, "\x30\x03\x02\x01\x05", 5);
}

static void assert_rest_refused(const char *rest, const char *words)
{
	char json[1024];

	snprintf(json, sizeof(json),
		 "{\"version\":1,\"clients\":\"anyone\",\"state\":\"kept\",%s}",
		 rest);
	assert_refused(json, words);
}

static void test_routes(void **state)
{
	(void)state;
	assert_rest_refused("\"routes\":\"all\"", "routes: must be \"any\"");
	assert_rest_refused("\"routes\":[]", "routes: names no route");
	assert_rest_refused("\"routes\":[{\"path\":\"/\"}]",
			    "routes[0]: field \"methods\" is missing");
	assert_rest_refused("\"routes\":[{\"path\":\"/a/..\",\"methods\":"
			    "[\"GET\"]}]",
			    "routes[0].path: must be a canonical path");
	assert_rest_refused("\"routes\":[{\"path\":\"/\",\"methods\":[]}]",
			    "routes[0].methods: names no method");
	assert_rest_refused("\"routes\":[{\"path\":\"/\",\"methods\":[\"get\"]}"
			    "]",
			    "routes[0].methods[0]: must be a method");
	assert_rest_refused("\"routes\":[{\"path\":\"/\",\"methods\":[\"GET\"]}"
			    ",{\"path\":\"/\",\"methods\":[\"PUT\"]}]",
			    "routes: names something twice");
}

static void test_egress_and_limits(void **state)
{
	(void)state;
	assert_rest_refused("\"routes\":\"any\",\"egress\":{}",
			    "egress: must be a list");
	assert_rest_refused("\"routes\":\"any\",\"egress\":[{\"address\":"
			    "\"localhost\",\"port\":1,\"key\":\"" PIN_A "\"}]",
			    "egress[0].address: must be an IPv4");
	assert_rest_refused("\"routes\":\"any\",\"egress\":[{\"address\":"
			    "\"::1\",\"port\":0,\"key\":\"" PIN_A "\"}]",
			    "egress[0].port: must be from 1 to 65535");
	assert_rest_refused("\"routes\":\"any\",\"egress\":[{\"address\":"
			    "\"::1\",\"port\":1,\"key\":\"\"}]",
			    "egress[0].key: must be a SHA-256");
	assert_rest_refused("\"routes\":\"any\",\"limits\":{\"memory\":1}",
			    "limits: unknown field \"memory\"");
	assert_rest_refused("\"routes\":\"any\",\"limits\":{\"connections\":0}",
			    "limits.connections: must be from 1");
	assert_rest_refused(
		"\"routes\":\"any\",\"limits\":{\"connections\":-1}",
		"limits.connections: must be from 1");
	assert_rest_refused("\"routes\":\"any\",\"limits\":{\"connections\":"
			    "99999999999999999999}",
			    "line 1: too big integer");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_everything),
		cmocka_unit_test(test_order_makes_no_difference),
		cmocka_unit_test(test_not_json),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_clients),
		cmocka_unit_test(test_certificate),
		cmocka_unit_test(test_routes),
		cmocka_unit_test(test_egress_and_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
