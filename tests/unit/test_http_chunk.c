// SPDX-License-Identifier: Apache-2.0
// The chunked coding: the same result at every split and every room, and
// nothing accepted that RFC 9112 7.1 doesn't allow.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "attest/http_chunk.h"
#include "base/num.h"
#include "base/text.h"

struct result {
	enum err e;
	uint8_t data[65536];
	size_t count; // of data
	size_t used;  // of input
};

// Decodes with `step` bytes of input and `room` bytes of output at a time.
static void decode(const char *in, size_t length, size_t step, size_t room,
		   struct result *r)
{
	struct http_chunk chunk = { 0 };
	size_t end = 0;

	*r = (struct result){ 0 };
	while (r->e == OK && (end < length || r->used < end)) {
		size_t used = 0;
		size_t n = 0;
		char *piece;

		if (r->used == end)
			end = min_size(length, end + step);
		piece = malloc(end - r->used);
		memcpy(piece, in + r->used, end - r->used);
		r->e = http_chunk_decode(
			&chunk, piece, end - r->used, &used, r->data + r->count,
			min_size(room, sizeof(r->data) - r->count), &n);
		free(piece);
		r->used += used;
		r->count += n;
	}
}

static struct result one, other;

static const struct {
	const char *bytes, *data;
	const char *rest; // of the next message
} bodies[] = {
	{ "0\r\n\r\n", "", "" },
	{ "5\r\nhello\r\n0\r\n\r\nGET", "hello", "GET" },
	{ "1\r\nh\r\n4\r\nello\r\n000\r\n\r\n", "hello", "" },
	{ "a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n",
	  "01234567890123456789", "" },
	{ "0000000000000005\r\nhello\r\n0\r\n\r\n", "hello", "" },
	{ "5;a=b\r\nhello\r\n0;c=\"d e\"\r\n\r\n", "hello", "" },
	{ "5 ;a\r\nhello\r\n0\t ; b\r\n\r\n", "hello", "" },
	{ "5\r\n\r\n\r\n0\r\n0\r\n\r\n", "\r\n\r\n0", "" },
	{ "5\r\nhello\r\n0\r\nX: a\r\nY:\r\n\r\nG", "hello", "G" },
};

static void test_bodies(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(bodies); i++) {
		size_t length = strlen(bodies[i].bytes);

		for (size_t step = 1; step <= length; step++)
			for (size_t room = 1; room <= 22; room++) {
				decode(bodies[i].bytes, length, step, room,
				       &one);
				assert_int_equal(one.e, ERR_CLOSED);
				assert_int_equal(one.count,
						 strlen(bodies[i].data));
				assert_memory_equal(one.data, bodies[i].data,
						    one.count);
				assert_string_equal(bodies[i].bytes + one.used,
						    bodies[i].rest);
			}
	}
}

static const char *const refused[] = {
	"\r\n",
	"x\r\n",
	" 5\r\nhello\r\n",
	"5 \r\nhello\r\n",
	"+5\r\nhello\r\n",
	"-5\r\n",
	"0x5\r\nhello\r\n",
	"5h\r\n",
	"5\nhello",
	"5\rhello",
	"5\r\r\n",
	"5,5\r\n",
	"00000000000000005\r\nhello\r\n",
	"10000000000000000\r\n",
	"5\r\nhello!\r\n",
	"5\r\nhello\n",
	"5\r\nhello\rx",
	"5\r\nhello0\r\n",
	"5 x\r\n",
	"5;a\nb\r\n",
	"5;a\rb",
	"5;\x01\r\n",
	";a\r\n",
	"0\r\n\n",
	"0\r\n\rx",
	"0\r\nX\r\n",
	"0\r\n: a\r\n",
	"0\r\nX : a\r\n",
	"0\r\n X: a\r\n",
	"0\r\nX: \x01\r\n",
	"0\r\nX: a\n",
	"0\r\nX: a\rb",
};

static void test_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(refused); i++)
		for (size_t step = 1; step <= strlen(refused[i]); step++) {
			decode(refused[i], strlen(refused[i]), step, 64, &one);
			if (one.e != ERR_BAD_INPUT)
				fail_msg("%zu: %s", step, refused[i]);
		}
}

static void test_unfinished(void **state)
{
	static const char body[] = "5;a=b\r\nhello\r\n0\r\nX: a\r\n\r\n";

	(void)state;
	for (size_t n = 0; n < sizeof(body) - 1; n++) {
		decode(body, n, 3, 2, &one);
		assert_int_equal(one.e, OK);
	}
}

static void test_bounds(void **state)
{
	static char body[HTTP_CHUNK_TRAILER_LIMIT * 2];

	(void)state;
	memset(body, 'a', sizeof(body));
	memcpy(body, "5;", 2);
	decode(body, sizeof(body), 100, 64, &one);
	assert_int_equal(one.e, ERR_TOO_BIG);
	assert_in_range(one.used, HTTP_CHUNK_EXTENSION_LIMIT,
			HTTP_CHUNK_EXTENSION_LIMIT + 8);
	memcpy(body, "0\r\n", 3);
	decode(body, sizeof(body), 100, 64, &one);
	assert_int_equal(one.e, ERR_TOO_BIG);
	assert_in_range(one.used, HTTP_CHUNK_TRAILER_LIMIT,
			HTTP_CHUNK_TRAILER_LIMIT + 8);
}

// Many small extensions share one bound.
static void test_extensions_add_up(void **state)
{
	static char body[16384];
	size_t n = 0;

	(void)state;
	while (n + 6 + 64 < sizeof(body)) {
		memcpy(body + n, "1;aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\nx\r\n",
		       39);
		n += 39;
	}
	decode(body, n, 1000, 1000, &one);
	assert_int_equal(one.e, ERR_TOO_BIG);
}

static void test_bit_flips(void **state)
{
	static const char body[] = "5;a=b\r\nhello\r\nB\r\nhello again\r\n"
				   "0\r\nX: a\r\n\r\n";
	char copy[sizeof(body)];

	(void)state;
	for (size_t bit = 0; bit < (sizeof(body) - 1) * 8; bit++) {
		memcpy(copy, body, sizeof(body));
		copy[bit / 8] ^= (char)(1 << bit % 8);
		decode(copy, sizeof(body) - 1, sizeof(body), 64, &one);
		decode(copy, sizeof(body) - 1, 1, 1, &other);
		assert_int_equal(one.e, other.e);
		assert_int_equal(one.used, other.used);
		assert_int_equal(one.count, other.count);
		assert_memory_equal(one.data, other.data, one.count);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bodies),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_unfinished),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_extensions_add_up),
		cmocka_unit_test(test_bit_flips),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
