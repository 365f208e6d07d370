// SPDX-License-Identifier: Apache-2.0
// CBOR: examples of RFC 8949, appendix A, and what the reader must refuse.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/cbor.h"
#include "base/num.h"

struct uint_case {
	uint64_t value;
	const char *bytes;
	size_t count;
};

static const struct uint_case uint_cases[] = {
	{ 0, "\x00", 1 },
	{ 23, "\x17", 1 },
	{ 24, "\x18\x18", 2 },
	{ 255, "\x18\xff", 2 },
	{ 256, "\x19\x01\x00", 3 },
	{ 65535, "\x19\xff\xff", 3 },
	{ 65536, "\x1a\x00\x01\x00\x00", 5 },
	{ 4294967295u, "\x1a\xff\xff\xff\xff", 5 },
	{ 4294967296u, "\x1b\x00\x00\x00\x01\x00\x00\x00\x00", 9 },
	{ UINT64_MAX, "\x1b\xff\xff\xff\xff\xff\xff\xff\xff", 9 },
};

static void test_uint_both_ways(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(uint_cases); i++) {
		const struct uint_case *c = &uint_cases[i];
		uint8_t bytes[9];
		struct writer w = writer_of(bytes, c->count);
		struct writer small = writer_of(bytes, c->count - 1);
		struct reader r = reader_of(c->bytes, c->count);
		uint64_t value = 7;

		assert_int_equal(cbor_put_uint(&w, c->value), OK);
		assert_int_equal(w.used, c->count);
		assert_memory_equal(bytes, c->bytes, c->count);
		assert_int_equal(cbor_put_uint(&small, c->value), ERR_TOO_BIG);
		assert_int_equal(small.used, 0);
		assert_int_equal(cbor_peek(&r), CBOR_UINT);
		assert_int_equal(cbor_get_uint(&r, &value), OK);
		assert_true(value == c->value);
		assert_int_equal(r.left, 0);
	}
}

// Every cut of every head is refused and moves nothing.
static void test_uint_cut_off(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(uint_cases); i++) {
		for (size_t n = 0; n < uint_cases[i].count; n++) {
			struct reader r = reader_of(uint_cases[i].bytes, n);
			uint64_t value = 7;

			assert_int_equal(cbor_get_uint(&r, &value),
					 ERR_BAD_INPUT);
			assert_int_equal(r.left, n);
			assert_true(value == 7);
		}
	}
}

static void test_long_heads_refused(void **state)
{
	static const struct uint_case cases[] = {
		{ 0, "\x18\x17", 2 },
		{ 0, "\x19\x00\xff", 3 },
		{ 0, "\x1a\x00\x00\xff\xff", 5 },
		{ 0, "\x1b\x00\x00\x00\x00\xff\xff\xff\xff", 9 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		// The same head for each major type that has an argument.
		for (unsigned int major = 0; major < 6; major++) {
			uint8_t bytes[9 + 32] = { 0 };
			struct reader r = reader_of(bytes, sizeof(bytes));
			const uint8_t *view = NULL;
			struct text text;
			size_t count;
			uint64_t value;

			memcpy(bytes, cases[i].bytes, cases[i].count);
			bytes[0] |= (uint8_t)(major << 5);
			assert_int_equal(cbor_get_uint(&r, &value),
					 ERR_BAD_INPUT);
			assert_int_equal(cbor_get_bytes(&r, &view, &count),
					 ERR_BAD_INPUT);
			assert_int_equal(cbor_get_text(&r, &text),
					 ERR_BAD_INPUT);
			assert_int_equal(cbor_get_array(&r, &value),
					 ERR_BAD_INPUT);
			assert_int_equal(cbor_get_map(&r, &value),
					 ERR_BAD_INPUT);
			assert_int_equal(r.left, sizeof(bytes));
		}
	}
}

// Additional information 28 to 31: reserved, and indefinite lengths.
static void test_reserved_heads_refused(void **state)
{
	(void)state;
	for (unsigned int major = 0; major < 8; major++) {
		for (unsigned int code = 28; code < 32; code++) {
			uint8_t bytes[16] = { (uint8_t)(major << 5 | code) };
			struct reader r = reader_of(bytes, sizeof(bytes));
			const uint8_t *view = NULL;
			struct text text;
			size_t count;
			uint64_t value;
			bool flag;

			bytes[1] = 0xff;
			assert_int_equal(cbor_get_uint(&r, &value),
					 ERR_BAD_INPUT);
			assert_int_equal(cbor_get_bytes(&r, &view, &count),
					 ERR_BAD_INPUT);
			assert_int_equal(cbor_get_text(&r, &text),
					 ERR_BAD_INPUT);
			assert_int_equal(cbor_get_array(&r, &value),
					 ERR_BAD_INPUT);
			assert_int_equal(cbor_get_map(&r, &value),
					 ERR_BAD_INPUT);
			assert_int_equal(cbor_get_bool(&r, &flag),
					 ERR_BAD_INPUT);
			assert_int_equal(cbor_get_null(&r), ERR_BAD_INPUT);
			assert_int_equal(r.left, sizeof(bytes));
		}
	}
}

static void test_strings_both_ways(void **state)
{
	uint8_t out[64];
	struct writer w = writer_of(out, sizeof(out));
	struct reader r;
	const uint8_t *bytes = NULL;
	struct text text;
	size_t count = 0;

	(void)state;
	assert_int_equal(cbor_put_bytes(&w, "\x01\x02\x03\x04", 4), OK);
	assert_int_equal(cbor_put_bytes(&w, NULL, 0), OK);
	assert_int_equal(cbor_put_text(&w, TEXT("IETF")), OK);
	assert_int_equal(cbor_put_text(&w, TEXT("")), OK);
	assert_int_equal(cbor_put_text(&w, TEXT("\xc3\xbc")), OK);
	assert_int_equal(w.used, 5 + 1 + 5 + 1 + 3);
	assert_memory_equal(out,
			    "\x44\x01\x02\x03\x04\x40\x64IETF\x60\x62\xc3\xbc",
			    w.used);
	r = reader_of(out, w.used);
	assert_int_equal(cbor_peek(&r), CBOR_BYTES);
	assert_int_equal(cbor_get_bytes(&r, &bytes, &count), OK);
	assert_int_equal(count, 4);
	assert_ptr_equal(bytes, out + 1);
	assert_int_equal(cbor_get_bytes(&r, &bytes, &count), OK);
	assert_int_equal(count, 0);
	assert_int_equal(cbor_peek(&r), CBOR_TEXT);
	assert_int_equal(cbor_get_text(&r, &text), OK);
	assert_true(text_equal(text, TEXT("IETF")));
	assert_int_equal(cbor_get_text(&r, &text), OK);
	assert_int_equal(text.length, 0);
	assert_int_equal(cbor_get_text(&r, &text), OK);
	assert_true(text_equal(text, TEXT("\xc3\xbc")));
}

static void test_strings_too_long(void **state)
{
	static const uint8_t huge[] = { 0x5b, 0xff, 0xff, 0xff, 0xff,
					0xff, 0xff, 0xff, 0xff, 0x00 };
	static const uint8_t cut[] = { 0x44, 1, 2, 3 };
	uint8_t out[4];
	struct writer w = writer_of(out, sizeof(out));
	struct reader r = reader_of(huge, sizeof(huge));
	const uint8_t *bytes = NULL;
	size_t count = 9;

	(void)state;
	assert_int_equal(cbor_put_bytes(&w, cut, sizeof(cut)), ERR_TOO_BIG);
	assert_int_equal(w.used, 0);
	assert_int_equal(cbor_get_bytes(&r, &bytes, &count), ERR_BAD_INPUT);
	assert_int_equal(r.left, sizeof(huge));
	r = reader_of(cut, sizeof(cut));
	assert_int_equal(cbor_get_bytes(&r, &bytes, &count), ERR_BAD_INPUT);
	assert_int_equal(r.left, sizeof(cut));
	assert_null(bytes);
	assert_int_equal(count, 9);
}

static void test_utf8(void **state)
{
	static const struct {
		const char *bytes;
		bool is_good;
	} cases[] = {
		{ "\x7f", true },
		{ "\xc2\x80", true },
		{ "\xdf\xbf", true },
		{ "\xe0\xa0\x80", true },
		{ "\xed\x9f\xbf", true },
		{ "\xef\xbf\xbf", true },
		{ "\xf0\x90\x80\x80", true },
		{ "\xf4\x8f\xbf\xbf", true },
		{ "\x80", false },
		{ "\xc0\x80", false },
		{ "\xc1\xbf", false },
		{ "\xc2", false },
		{ "\xc2\x41", false },
		{ "\xe0\x9f\xbf", false },
		{ "\xe1\x80", false },
		{ "\xe1\x80\x41", false },
		{ "\xed\xa0\x80", false }, // a surrogate
		{ "\xf0\x8f\xbf\xbf", false },
		{ "\xf4\x90\x80\x80", false },
		{ "\xf5\x80\x80\x80", false },
		{ "\xf1\x80\x80\x41", false },
		{ "\xff", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		uint8_t item[8];
		size_t count = strlen(cases[i].bytes);
		struct reader r = reader_of(item, 1 + count);
		struct text text = { NULL, 0 };

		item[0] = (uint8_t)(0x60 | count);
		memcpy(item + 1, cases[i].bytes, count);
		assert_int_equal(cbor_get_text(&r, &text),
				 cases[i].is_good ? OK : ERR_BAD_INPUT);
		assert_int_equal(r.left, cases[i].is_good ? 0 : 1 + count);
	}
}

static void test_containers_and_simple(void **state)
{
	uint8_t out[16];
	struct writer w = writer_of(out, sizeof(out));
	struct reader r;
	uint64_t count = 0;
	bool flag = false;

	(void)state;
	assert_int_equal(cbor_put_array(&w, 25), OK);
	assert_int_equal(cbor_put_map(&w, 2), OK);
	assert_int_equal(cbor_put_bool(&w, true), OK);
	assert_int_equal(cbor_put_bool(&w, false), OK);
	assert_int_equal(cbor_put_null(&w), OK);
	assert_int_equal(w.used, 6);
	assert_memory_equal(out, "\x98\x19\xa2\xf5\xf4\xf6", 6);
	r = reader_of(out, w.used);
	assert_int_equal(cbor_peek(&r), CBOR_ARRAY);
	assert_int_equal(cbor_get_map(&r, &count), ERR_BAD_INPUT);
	assert_int_equal(cbor_get_array(&r, &count), OK);
	assert_int_equal(count, 25);
	assert_int_equal(cbor_peek(&r), CBOR_MAP);
	assert_int_equal(cbor_get_map(&r, &count), OK);
	assert_int_equal(count, 2);
	assert_int_equal(cbor_peek(&r), CBOR_BOOL);
	assert_int_equal(cbor_get_null(&r), ERR_BAD_INPUT);
	assert_int_equal(cbor_get_bool(&r, &flag), OK);
	assert_true(flag);
	assert_int_equal(cbor_get_bool(&r, &flag), OK);
	assert_false(flag);
	assert_int_equal(cbor_peek(&r), CBOR_NULL);
	assert_int_equal(cbor_get_bool(&r, &flag), ERR_BAD_INPUT);
	assert_int_equal(cbor_get_null(&r), OK);
	assert_int_equal(cbor_peek(&r), CBOR_OTHER);
	assert_int_equal(cbor_get_null(&r), ERR_BAD_INPUT);
}

// Negative numbers, tags, floats, undefined, two-byte simple values.
static void test_other_kinds_refused(void **state)
{
	static const uint8_t items[][3] = {
		{ 0x20, 0, 0 },    { 0x38, 0x18, 0 }, { 0xc1, 0, 0 },
		{ 0xf7, 0, 0 },    { 0xe0, 0, 0 },    { 0xf8, 0x14, 0 },
		{ 0xf8, 0x20, 0 }, { 0xf9, 0, 0 },    { 0xff, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(items); i++) {
		struct reader r = reader_of(items[i], sizeof(items[i]));
		uint64_t value;
		bool flag;

		assert_int_equal(cbor_peek(&r), CBOR_OTHER);
		assert_int_equal(cbor_get_uint(&r, &value), ERR_BAD_INPUT);
		assert_int_equal(cbor_get_bool(&r, &flag), ERR_BAD_INPUT);
		assert_int_equal(cbor_get_null(&r), ERR_BAD_INPUT);
		assert_int_equal(r.left, sizeof(items[i]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_uint_both_ways),
		cmocka_unit_test(test_uint_cut_off),
		cmocka_unit_test(test_long_heads_refused),
		cmocka_unit_test(test_reserved_heads_refused),
		cmocka_unit_test(test_strings_both_ways),
		cmocka_unit_test(test_strings_too_long),
		cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_containers_and_simple),
		cmocka_unit_test(test_other_kinds_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
