// SPDX-License-Identifier: Apache-2.0
#include "base/bytes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void loads_and_stores(void **state)
{
	const uint8_t bytes[8] = {
		0xf1, 0xe2, 0xd3, 0xc4, 0xb5, 0xa6, 0x97, 8
	};
	uint8_t out[8];

	(void)state;
	assert_int_equal(load_le16(bytes), 0xe2f1);
	assert_int_equal(load_le32(bytes), 0xc4d3e2f1);
	assert_true(load_le64(bytes) == 0x0897a6b5c4d3e2f1);
	assert_int_equal(load_be16(bytes), 0xf1e2);
	assert_int_equal(load_be32(bytes), 0xf1e2d3c4);
	store_le16(out, 0xe2f1);
	assert_memory_equal(out, bytes, 2);
	store_le32(out, 0xc4d3e2f1);
	assert_memory_equal(out, bytes, 4);
	store_le64(out, 0x0897a6b5c4d3e2f1);
	assert_memory_equal(out, bytes, 8);
}

static void reads_in_order(void **state)
{
	const uint8_t bytes[] = { 1, 2, 3, 4, 5, 6, 7, 8,
				  9, 1, 2, 3, 4, 5, 6, 0xff };
	struct reader r = reader_of(bytes, sizeof(bytes));
	const uint8_t *view;
	uint8_t u8;
	uint16_t u16;
	uint32_t u32;
	uint64_t u64;

	(void)state;
	assert_int_equal(read_u8(&r, &u8), OK);
	assert_int_equal(u8, 1);
	assert_int_equal(read_le16(&r, &u16), OK);
	assert_int_equal(u16, 0x0302);
	assert_int_equal(read_le32(&r, &u32), OK);
	assert_int_equal(u32, 0x07060504);
	assert_int_equal(read_skip(&r, 0), OK);
	assert_int_equal(read_le64(&r, &u64), OK);
	assert_true(u64 == 0x0605040302010908);
	assert_int_equal(read_view(&r, 1, &view), OK);
	assert_ptr_equal(view, bytes + 15);
	assert_int_equal(r.left, 0);
	assert_int_equal(read_view(&r, 0, &view), OK);
	assert_int_equal(read_skip(&r, 1), ERR_BAD_INPUT);
}

// One byte too few for each read: the reader and the output stay as they were.
static void short_reads_change_nothing(void **state)
{
	const uint8_t bytes[8] = { 0 };
	const uint8_t *view = NULL;
	uint8_t u8 = 0xaa;
	uint16_t u16 = 0xaaaa;
	uint32_t u32 = 0xaaaaaaaa;
	uint64_t u64 = 0xaaaaaaaaaaaaaaaa;

	(void)state;
	for (size_t left = 0; left < sizeof(bytes); left++) {
		struct reader r = reader_of(bytes, left);

		if (left < 1)
			assert_int_equal(read_u8(&r, &u8), ERR_BAD_INPUT);
		if (left < 2)
			assert_int_equal(read_le16(&r, &u16), ERR_BAD_INPUT);
		if (left < 4)
			assert_int_equal(read_le32(&r, &u32), ERR_BAD_INPUT);
		assert_int_equal(read_le64(&r, &u64), ERR_BAD_INPUT);
		assert_int_equal(read_skip(&r, left + 1), ERR_BAD_INPUT);
		assert_int_equal(read_view(&r, SIZE_MAX, &view), ERR_BAD_INPUT);
		assert_ptr_equal(r.at, bytes);
		assert_int_equal(r.left, left);
	}
	assert_null(view);
	assert_int_equal(u8, 0xaa);
	assert_int_equal(u16, 0xaaaa);
	assert_int_equal(u32, 0xaaaaaaaa);
	assert_true(u64 == 0xaaaaaaaaaaaaaaaa);
}

static void writes_until_full(void **state)
{
	char out[8];
	struct writer w = writer_of(out, sizeof(out));

	(void)state;
	assert_int_equal(write_bytes(&w, "abc", 3), OK);
	assert_int_equal(write_text(&w, "de"), OK);
	assert_int_equal(write_bytes(&w, NULL, 0), OK);
	assert_int_equal(write_bytes(&w, "wxyz", 4), ERR_TOO_BIG);
	assert_int_equal(write_text(&w, "wxyz"), ERR_TOO_BIG);
	assert_int_equal(write_bytes(&w, "x", SIZE_MAX), ERR_TOO_BIG);
	assert_int_equal(w.used, 5);
	assert_int_equal(write_text(&w, "fgh"), OK);
	assert_int_equal(write_text(&w, ""), OK);
	assert_int_equal(write_text(&w, "i"), ERR_TOO_BIG);
	assert_memory_equal(out, "abcdefgh", 8);
}

static void assert_decimal(uint64_t value, const char *expected)
{
	char out[20];
	struct writer w = writer_of(out, sizeof(out));

	assert_int_equal(write_decimal(&w, value), OK);
	assert_int_equal(w.used, strlen(expected));
	assert_memory_equal(out, expected, w.used);
}

static void decimals(void **state)
{
	char out[2] = "..";
	struct writer w = writer_of(out, sizeof(out));

	(void)state;
	assert_decimal(0, "0");
	assert_decimal(9, "9");
	assert_decimal(10, "10");
	assert_decimal(UINT64_MAX, "18446744073709551615");
	assert_int_equal(write_decimal(&w, 100), ERR_TOO_BIG);
	assert_int_equal(w.used, 0);
	assert_memory_equal(out, "..", 2);
}

static void assert_hex(uint64_t value, unsigned int digits,
		       const char *expected)
{
	char out[16];
	struct writer w = writer_of(out, sizeof(out));

	assert_int_equal(write_hex(&w, value, digits), OK);
	assert_int_equal(w.used, strlen(expected));
	assert_memory_equal(out, expected, w.used);
}

static void hexadecimals(void **state)
{
	char out[3] = "...";
	struct writer w = writer_of(out, sizeof(out));

	(void)state;
	assert_hex(0, 0, "0");
	assert_hex(0, 1, "0");
	assert_hex(0xaf, 1, "af");
	assert_hex(0xaf, 4, "00af");
	assert_hex(0, 16, "0000000000000000");
	assert_hex(1, 99, "0000000000000001");
	assert_hex(UINT64_MAX, 2, "ffffffffffffffff");
	assert_int_equal(write_hex(&w, 0, 4), ERR_TOO_BIG);
	assert_int_equal(w.used, 0);
	assert_memory_equal(out, "...", 3);
}

static void wipes(void **state)
{
	uint8_t secret[9] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };
	const uint8_t expected[9] = { 1, 0, 0, 0, 0, 0, 0, 0, 9 };

	(void)state;
	wipe(secret + 1, 7);
	wipe(secret, 0);
	assert_memory_equal(secret, expected, sizeof(secret));
}

static void compares(void **state)
{
	uint8_t a[32] = { 0 };
	uint8_t b[32] = { 0 };

	(void)state;
	assert_true(bytes_equal_ct(a, b, 0));
	assert_true(bytes_equal_ct(a, b, sizeof(a)));
	for (size_t bit = 0; bit < 8 * sizeof(a); bit++) {
		b[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_false(bytes_equal_ct(a, b, sizeof(a)));
		b[bit / 8] = 0;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loads_and_stores),
		cmocka_unit_test(reads_in_order),
		cmocka_unit_test(short_reads_change_nothing),
		cmocka_unit_test(writes_until_full),
		cmocka_unit_test(decimals),
		cmocka_unit_test(hexadecimals),
		cmocka_unit_test(wipes),
		cmocka_unit_test(compares),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
