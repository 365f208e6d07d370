// SPDX-License-Identifier: Apache-2.0
// The kernel's memcpy, memmove and memset under names of their own (see
// meson.build), at every length and distance that takes another path.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define LIMIT 200 // bytes: three turns of the widest loop and a rest
#define ROOM (3 * LIMIT)

static uint8_t at_start(size_t i)
{
	return (uint8_t)(i * 131 + 7);
}

static void fill(uint8_t *bytes)
{
	for (size_t i = 0; i < ROOM; i++)
		bytes[i] = at_start(i);
}

// What stands at `i` after `count` bytes went from `from` to `to`.
static uint8_t expected(size_t i, size_t to, size_t from, size_t count)
{
	return i >= to && i < to + count ? at_start(i - to + from)
					 : at_start(i);
}

static void assert_moved(const uint8_t *bytes, size_t to, size_t from,
			 size_t count)
{
	for (size_t i = 0; i < ROOM; i++)
		if (bytes[i] != expected(i, to, from, count))
			fail_msg("%zu bytes from %zu to %zu: wrong at %zu",
				 count, from, to, i);
}

static void copies(void **state)
{
	uint8_t bytes[ROOM];

	(void)state;
	for (size_t count = 0; count <= LIMIT; count++) {
		size_t to = 2 * LIMIT - count % 9, from = count % 7;
		fill(bytes);
		assert_ptr_equal(memcpy(bytes + to, bytes + from, count),
				 bytes + to);
		assert_moved(bytes, to, from, count);
	}
}

static void moves_within_itself(void **state)
{
	const size_t from = LIMIT;
	uint8_t bytes[ROOM];

	(void)state;
	for (size_t count = 0; count <= LIMIT; count++) {
		for (size_t to = 0; to <= 2 * LIMIT; to += to % 5 ? 1 : 3) {
			fill(bytes);
			assert_ptr_equal(
				memmove(bytes + to, bytes + from, count),
				bytes + to);
			assert_moved(bytes, to, from, count);
		}
	}
}

static void sets(void **state)
{
	uint8_t bytes[ROOM];

	(void)state;
	for (size_t count = 0; count <= LIMIT; count++) {
		size_t start = count % 11;
		fill(bytes);
		assert_ptr_equal(memset(bytes + start, 0x1c3, count),
				 bytes + start);
		for (size_t i = 0; i < ROOM; i++) {
			uint8_t want = i >= start && i < start + count
					       ? 0xc3
					       : at_start(i);
			assert_int_equal(bytes[i], want);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(copies),
		cmocka_unit_test(moves_within_itself),
		cmocka_unit_test(sets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
