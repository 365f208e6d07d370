// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void views(void **state)
{
	const char *string = "abc";
	struct text t = text_of(string);

	(void)state;
	assert_ptr_equal(t.at, string);
	assert_int_equal(t.length, 3);
	assert_int_equal(text_of("").length, 0);
	assert_int_equal(TEXT("a\0b").length, 3);
}

static void equality(void **state)
{
	const struct text empty = { NULL, 0 };

	(void)state;
	assert_true(text_equal(TEXT("abc"), TEXT("abc")));
	assert_false(text_equal(TEXT("abc"), TEXT("abC")));
	assert_false(text_equal(TEXT("abc"), TEXT("ab")));
	assert_false(text_equal(TEXT("a\0b"), TEXT("a\0c")));
	assert_true(text_equal(empty, TEXT("")));
	assert_false(text_equal(empty, TEXT("a")));
}

static void equality_without_case(void **state)
{
	(void)state;
	assert_true(text_equal_nocase(TEXT("aBzZ09"), TEXT("AbZz09")));
	assert_true(text_equal_nocase(TEXT(""), TEXT("")));
	assert_false(text_equal_nocase(TEXT("ab"), TEXT("abc")));
	// Neighbours of the letters in ASCII, and letters beyond ASCII.
	assert_false(text_equal_nocase(TEXT("@"), TEXT("`")));
	assert_false(text_equal_nocase(TEXT("["), TEXT("{")));
	assert_false(text_equal_nocase(TEXT("\xc0"), TEXT("\xe0")));
}

static void starts(void **state)
{
	(void)state;
	assert_true(text_starts_with(TEXT("/a/b"), TEXT("/a")));
	assert_true(text_starts_with(TEXT("/a"), TEXT("/a")));
	assert_true(text_starts_with(TEXT("/a"), TEXT("")));
	assert_true(text_starts_with(TEXT(""), TEXT("")));
	assert_false(text_starts_with(TEXT("/a"), TEXT("/a/")));
	assert_false(text_starts_with(TEXT("/b"), TEXT("/a")));
}

static void assert_cut(struct text whole, const char *head, const char *tail)
{
	struct text h;
	struct text t;

	assert_int_equal(text_cut(whole, '=', &h, &t), OK);
	assert_true(text_equal(h, text_of(head)));
	assert_true(text_equal(t, text_of(tail)));
}

static void cuts(void **state)
{
	const struct text before = TEXT("untouched");
	struct text head = before;
	struct text tail = before;

	(void)state;
	assert_cut(TEXT("a=b"), "a", "b");
	assert_cut(TEXT("=b"), "", "b");
	assert_cut(TEXT("a="), "a", "");
	assert_cut(TEXT("="), "", "");
	assert_cut(TEXT("a=b=c"), "a", "b=c");
	assert_int_equal(text_cut(TEXT("ab"), '=', &head, &tail),
			 ERR_NOT_FOUND);
	assert_int_equal(text_cut((struct text){ NULL, 0 }, '=', &head, &tail),
			 ERR_NOT_FOUND);
	// The view ends before the separator that memory holds.
	assert_int_equal(text_cut((struct text){ "ab=", 2 }, '=', &head, &tail),
			 ERR_NOT_FOUND);
	assert_ptr_equal(head.at, before.at);
	assert_ptr_equal(tail.at, before.at);
}

static void assert_number(const char *digits, uint64_t expected)
{
	uint64_t value = ~expected;

	assert_int_equal(text_to_u64(text_of(digits), UINT64_MAX, &value), OK);
	assert_true(value == expected);
}

static void numbers(void **state)
{
	uint64_t value;

	(void)state;
	assert_number("0", 0);
	assert_number("007", 7);
	assert_number("18446744073709551615", UINT64_MAX);
	assert_int_equal(text_to_u64(TEXT("99"), 99, &value), OK);
	assert_true(value == 99);
	// Truncation at every length gives the number of those digits.
	for (uint64_t length = 1, expected = 0; length <= 9; length++) {
		const struct text digits = { "123456789", length };

		expected = expected * 10 + length;
		assert_int_equal(text_to_u64(digits, UINT64_MAX, &value), OK);
		assert_true(value == expected);
	}
}

static void bad_numbers(void **state)
{
	const char *bad[] = { "", "-1", "+1", " 1", "1 ", "0x1", "1:", "1/" };
	uint64_t value = 42;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(text_to_u64(text_of(bad[i]), 99, &value),
				 ERR_BAD_INPUT);
	assert_int_equal(text_to_u64(TEXT("100"), 99, &value), ERR_TOO_BIG);
	assert_int_equal(
		text_to_u64(TEXT("18446744073709551616"), UINT64_MAX, &value),
		ERR_TOO_BIG);
	assert_int_equal(
		text_to_u64(TEXT("99999999999999999999"), UINT64_MAX, &value),
		ERR_TOO_BIG);
	// Malformed wins over too big.
	assert_int_equal(text_to_u64(TEXT("99999999999999999999x"), 1, &value),
			 ERR_BAD_INPUT);
	assert_true(value == 42);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(views),
		cmocka_unit_test(equality),
		cmocka_unit_test(equality_without_case),
		cmocka_unit_test(starts),
		cmocka_unit_test(cuts),
		cmocka_unit_test(numbers),
		cmocka_unit_test(bad_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
