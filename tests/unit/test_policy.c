// SPDX-License-Identifier: Apache-2.0
// The policy's one encoding: there and back, and everything else refused.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/cbor.h"
#include "base/num.h"
#include "base/policy.h"
#include "base/policy_rules.h"
#include "image/policy_form.h"

static const uint8_t pin_a[POLICY_PIN_BYTES] = { 1 };
static const uint8_t pin_b[POLICY_PIN_BYTES] = { 2 };
static const uint8_t address4[4] = { 10, 0, 0, 1 };
static const uint8_t address6[16] = { 0x20, 0x01 };
static const uint8_t der[] = { 0x30, 0x03, 0x02, 0x01, 0x05 };

static struct policy plain(void)
{
	struct policy p = {
		.clients = POLICY_CLIENTS_ANYONE,
		.state = POLICY_STATE_KEPT,
	};

	for (size_t i = 0; i < POLICY_LIMIT_COUNT; i++)
		p.limits[i] = POLICY_NO_LIMIT;
	return p;
}

static struct policy full(void)
{
	struct policy p = plain();

	p.clients = POLICY_CLIENTS_PINS;
	p.client_items[0] = (struct policy_bytes){ pin_a, sizeof(pin_a) };
	p.client_items[1] = (struct policy_bytes){ pin_b, sizeof(pin_b) };
	p.client_item_count = 2;
	p.has_routes = true;
	p.routes[0] =
		(struct policy_route){ .prefix = TEXT("/"),
				       .methods = { TEXT("GET"), TEXT("HEAD") },
				       .method_count = 2 };
	p.routes[1] = (struct policy_route){ .prefix = TEXT("/a/b"),
					     .methods = { TEXT("POST") },
					     .method_count = 1 };
	p.route_count = 2;
	p.egress[0] =
		(struct policy_peer){ { address4, 4 }, 443, { pin_a, 32 } };
	p.egress[1] =
		(struct policy_peer){ { address4, 4 }, 444, { pin_a, 32 } };
	p.egress[2] =
		(struct policy_peer){ { address6, 16 }, 1, { pin_b, 32 } };
	p.egress_count = 3;
	p.console = true;
	p.state = POLICY_STATE_FRESH;
	p.limits[POLICY_LIMIT_MEMORY_BYTES] = 1 << 20;
	p.limits[POLICY_LIMIT_CONNECTIONS] = 1;
	return p;
}

static uint8_t bytes[POLICY_BYTES_LIMIT + 1];

static size_t encode(const struct policy *p)
{
	struct writer w = writer_of(bytes, sizeof(bytes));

	assert_int_equal(policy_form_write(p, &w), OK);
	return w.used;
}

static void test_plain_bytes(void **state)
{
	// {0: 1, 1: [1, []], 2: null, 3: [], 4: false, 5: 2,
	//  6: {0: null, 1: null, 2: null, 3: null}}
	static const uint8_t expected[] = {
		0xa7, 0x00, 0x01, 0x01, 0x82, 0x01, 0x80, 0x02, 0xf6,
		0x03, 0x80, 0x04, 0xf4, 0x05, 0x02, 0x06, 0xa4, 0x00,
		0xf6, 0x01, 0xf6, 0x02, 0xf6, 0x03, 0xf6,
	};
	struct policy p = plain(), back;

	(void)state;
	assert_int_equal(encode(&p), sizeof(expected));
	assert_memory_equal(bytes, expected, sizeof(expected));
	assert_int_equal(policy_decode(bytes, sizeof(expected), &back), OK);
	assert_int_equal(back.clients, POLICY_CLIENTS_ANYONE);
	assert_false(back.has_routes);
	assert_true(back.limits[0] == POLICY_NO_LIMIT);
}

static void test_full_there_and_back(void **state)
{
	uint8_t first[1024];
	struct policy p = full(), back;
	size_t count = encode(&p);

	(void)state;
	assert_true(count <= sizeof(first));
	memcpy(first, bytes, count);
	assert_int_equal(policy_decode(first, count, &back), OK);
	assert_int_equal(back.client_item_count, 2);
	assert_memory_equal(back.client_items[1].at, pin_b, sizeof(pin_b));
	assert_int_equal(back.route_count, 2);
	assert_true(text_equal(back.routes[1].prefix, TEXT("/a/b")));
	assert_true(text_equal(back.routes[0].methods[1], TEXT("HEAD")));
	assert_int_equal(back.egress_count, 3);
	assert_int_equal(back.egress[1].port, 444);
	assert_true(back.console);
	assert_int_equal(back.state, POLICY_STATE_FRESH);
	assert_true(back.limits[POLICY_LIMIT_CONNECTIONS] == 1);
	assert_int_equal(encode(&back), count);
	assert_memory_equal(bytes, first, count);
}

// Whatever is cut off or put behind, and every change of a byte, is refused or
// means something else: nothing decodes to what encodes otherwise.
static void test_one_encoding(void **state)
{
	uint8_t first[1024];
	struct policy p = full(), back;
	size_t count = encode(&p);

	(void)state;
	memcpy(first, bytes, count);
	for (size_t n = 0; n < count; n++)
		assert_int_equal(policy_decode(first, n, &back), ERR_BAD_INPUT);
	first[count] = 0;
	assert_int_equal(policy_decode(first, count + 1, &back), ERR_BAD_INPUT);
	for (size_t i = 0; i < count; i++) {
		for (unsigned int bit = 0; bit < 8; bit++) {
			first[i] ^= (uint8_t)(1u << bit);
			if (policy_decode(first, count, &back) == OK) {
				assert_int_equal(encode(&back), count);
				assert_memory_equal(bytes, first, count);
			}
			first[i] ^= (uint8_t)(1u << bit);
		}
	}
}

static void test_version(void **state)
{
	struct policy p = plain(), back = { 0 };
	size_t count = encode(&p);

	(void)state;
	bytes[2] = POLICY_VERSION + 1;
	assert_int_equal(policy_decode(bytes, count, &back), ERR_UNSUPPORTED);
	bytes[2] = 0;
	assert_int_equal(policy_decode(bytes, count, &back), ERR_UNSUPPORTED);
	assert_int_equal(back.clients, 0);
	assert_int_equal(policy_decode(bytes, sizeof(bytes), &back),
			 ERR_TOO_BIG);
}

// Changes one byte of the plain encoding and says what comes of it.
static enum err decode_with(size_t at, uint8_t value)
{
	struct policy p = plain(), back;
	size_t count = encode(&p);

	bytes[at] = value;
	return policy_decode(bytes, count, &back);
}

static void test_fields_refused(void **state)
{
	(void)state;
	assert_int_equal(decode_with(0, 0xa7), OK);
	assert_int_equal(decode_with(0, 0xa6), ERR_BAD_INPUT); // a field less
	assert_int_equal(decode_with(0, 0xa8), ERR_BAD_INPUT);
	assert_int_equal(decode_with(3, 0x07), ERR_BAD_INPUT); // unknown key
	assert_int_equal(decode_with(3, 0x02), ERR_BAD_INPUT); // out of order
	assert_int_equal(decode_with(5, 0x00), ERR_BAD_INPUT); // clients
	assert_int_equal(decode_with(5, 0x02), ERR_BAD_INPUT); // pins, none
	assert_int_equal(decode_with(5, 0x04), ERR_BAD_INPUT);
	assert_int_equal(decode_with(8, 0x80), ERR_BAD_INPUT); // no route
	assert_int_equal(decode_with(8, 0xf4), ERR_BAD_INPUT);
	assert_int_equal(decode_with(10, 0xf6), ERR_BAD_INPUT); // egress null
	assert_int_equal(decode_with(12, 0xf6), ERR_BAD_INPUT); // console
	assert_int_equal(decode_with(12, 0x00), ERR_BAD_INPUT);
	assert_int_equal(decode_with(14, 0x00), ERR_BAD_INPUT); // state
	assert_int_equal(decode_with(14, 0x03), ERR_BAD_INPUT);
	assert_int_equal(decode_with(16, 0xa3), ERR_BAD_INPUT); // limits
	assert_int_equal(decode_with(18, 0x00), ERR_BAD_INPUT); // of nothing
	assert_int_equal(decode_with(18, 0x01), OK);
	assert_int_equal(decode_with(18, 0xf5), ERR_BAD_INPUT);
	assert_int_equal(decode_with(19, 0x02), ERR_BAD_INPUT);
}

static void test_largest_number_is_no_limit(void **state)
{
	struct policy p = plain(), back;
	size_t count = encode(&p);

	(void)state;
	memcpy(bytes + count - 1, "\x1b\xff\xff\xff\xff\xff\xff\xff\xff", 9);
	assert_int_equal(policy_decode(bytes, count + 8, &back), ERR_BAD_INPUT);
	bytes[count + 7] = 0xfe;
	assert_int_equal(policy_decode(bytes, count + 8, &back), OK);
}

static void assert_refused(const struct policy *p)
{
	struct writer w = writer_of(bytes, sizeof(bytes));

	assert_int_equal(policy_form_write(p, &w), ERR_BAD_INPUT);
	assert_int_equal(w.used, 0);
}

static void test_lists_sorted_without_duplicates(void **state)
{
	struct policy p = full();

	(void)state;
	p.client_items[0] = p.client_items[1];
	assert_refused(&p);
	p.client_items[1] = (struct policy_bytes){ pin_a, sizeof(pin_a) };
	assert_refused(&p);
	p = full();
	p.routes[0].prefix = TEXT("/a/b");
	assert_refused(&p);
	p.routes[0].prefix = TEXT("/a/c");
	assert_refused(&p);
	p = full();
	p.routes[0].methods[1] = TEXT("GET");
	assert_refused(&p);
	p.routes[0].methods[0] = TEXT("HEAD");
	assert_refused(&p);
	p = full();
	p.egress[1].port = 443;
	assert_refused(&p);
	p.egress[1].port = 442;
	assert_refused(&p);
	p = full();
	p.egress[0] = p.egress[2];
	assert_refused(&p);
}

static void test_values_refused(void **state)
{
	struct policy p = full();

	(void)state;
	p.client_items[0].count = 31;
	assert_refused(&p);
	p = full();
	p.egress[0].port = 0;
	assert_refused(&p);
	p = full();
	p.egress[0].address.count = 5;
	assert_refused(&p);
	p = full();
	p.egress[0].key_pin.count = 20;
	assert_refused(&p);
	p = full();
	p.routes[0].method_count = 0;
	assert_refused(&p);
	p = full();
	p.has_routes = false;
	assert_refused(&p);
	p = plain();
	p.client_item_count = 1;
	assert_refused(&p);
	p = plain();
	p.limits[POLICY_LIMIT_REQUEST_BYTES] = 0;
	assert_refused(&p);
}

static enum err encode_ca(const uint8_t *at, size_t count)
{
	struct writer w = writer_of(bytes, sizeof(bytes));
	struct policy p = plain();

	p.clients = POLICY_CLIENTS_CA;
	p.client_items[0] = (struct policy_bytes){ at, count };
	p.client_item_count = 1;
	return policy_form_write(&p, &w);
}

static void test_certificates(void **state)
{
	static uint8_t large[POLICY_CA_BYTES_LIMIT + 1] = { 0x30, 0x82 };
	uint8_t two[130] = { 0x30, 0x81, 127 };

	(void)state;
	assert_int_equal(encode_ca(der, sizeof(der)), OK);
	assert_int_equal(encode_ca(der, sizeof(der) - 1), ERR_BAD_INPUT);
	assert_int_equal(encode_ca(der + 2, 3), ERR_BAD_INPUT);
	assert_int_equal(encode_ca(der, 0), ERR_BAD_INPUT);
	assert_int_equal(encode_ca(der, 1), ERR_BAD_INPUT);
	assert_int_equal(encode_ca(two, sizeof(two)), OK);
	two[2] = 128;
	assert_int_equal(encode_ca(two, sizeof(two)), ERR_BAD_INPUT);
	large[2] = (POLICY_CA_BYTES_LIMIT - 4) >> 8;
	large[3] = (POLICY_CA_BYTES_LIMIT - 4) & 0xff;
	assert_int_equal(encode_ca(large, POLICY_CA_BYTES_LIMIT), OK);
	large[3]++;
	assert_int_equal(encode_ca(large, POLICY_CA_BYTES_LIMIT + 1),
			 ERR_BAD_INPUT);
}

static void test_prefixes(void **state)
{
	static const char *const good[] = { "/",    "/a",
					    "/a/",  "/a/b.c",
					    "/...", "/.a",
					    "/a..", "/~x/@:!$&'()*+,=" };
	static const char *const bad[] = {
		"",     "a",       "//",        "/a//b",  "/.",   "/..",
		"/./a", "/a/../b", "/a/.",      "/a%20b", "/a;b", "/a?b",
		"/a#b", "/a b",    "/\xc3\xbc", "/a\\b"
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(good); i++)
		assert_true(policy_prefix_is_canonical(text_of(good[i])));
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++)
		assert_false(policy_prefix_is_canonical(text_of(bad[i])));
	assert_false(policy_prefix_is_canonical((struct text){ "/\0", 2 }));
}

static void test_methods(void **state)
{
	(void)state;
	assert_true(policy_is_method(TEXT("GET")));
	assert_true(policy_is_method(TEXT("VERSION-CONTROL")));
	assert_false(policy_is_method(TEXT("")));
	assert_false(policy_is_method(TEXT("get")));
	assert_false(policy_is_method(TEXT("GET ")));
	assert_false(policy_is_method(TEXT("ABCDEFGHIJKLMNOPQ")));
}

// Heads that announce more than any policy may hold.
static void test_too_many(void **state)
{
	static const uint8_t pins[] = { 0xa7, 0x00, 0x01, 0x01, 0x82,
					0x02, 0x99, 0x01, 0x01 };
	static const uint8_t routes[] = { 0xa7, 0x00, 0x01, 0x01, 0x82,
					  0x01, 0x80, 0x02, 0x98, 0x41 };
	static const uint8_t peers[] = { 0xa7, 0x00, 0x01, 0x01, 0x82, 0x01,
					 0x80, 0x02, 0xf6, 0x03, 0x98, 0x21 };
	struct policy back;

	(void)state;
	assert_int_equal(policy_decode(pins, sizeof(pins), &back), ERR_TOO_BIG);
	assert_int_equal(policy_decode(routes, sizeof(routes), &back),
			 ERR_TOO_BIG);
	assert_int_equal(policy_decode(peers, sizeof(peers), &back),
			 ERR_TOO_BIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain_bytes),
		cmocka_unit_test(test_full_there_and_back),
		cmocka_unit_test(test_one_encoding),
		cmocka_unit_test(test_version),
		cmocka_unit_test(test_fields_refused),
		cmocka_unit_test(test_largest_number_is_no_limit),
		cmocka_unit_test(test_lists_sorted_without_duplicates),
		cmocka_unit_test(test_values_refused),
		cmocka_unit_test(test_certificates),
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_methods),
		cmocka_unit_test(test_too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
