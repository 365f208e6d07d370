// SPDX-License-Identifier: Apache-2.0
// The command line: decoding UTF-16 and parsing words.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/num.h"
#include "boot/command_line.h"

static char out[16];

static enum err decode(const uint16_t *units, size_t count)
{
	memset(out, '#', sizeof(out));
	return command_line_decode(units, count * 2, out, sizeof(out));
}

static void test_decode(void **state)
{
	static const uint16_t text[] = { 'i', 'p', '=', 'x', 0 };

	(void)state;
	assert_int_equal(decode(text, 5), OK);
	assert_string_equal(out, "ip=x");
	assert_int_equal(decode(text, 4), OK);
	assert_string_equal(out, "ip=x");
	assert_int_equal(decode(text, 0), OK);
	assert_string_equal(out, "");
	assert_int_equal(decode(text + 4, 1), OK);
	assert_string_equal(out, "");
}

static void test_decode_refuses(void **state)
{
	static const uint16_t bad[] = { 0x7f,  0x80,   0xfc,   0x100,
					0x141, 0x2020, 0xd800, 0xffff,
					'\t',  '\n',   0x1b,   0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
		uint16_t text[] = { 'a', bad[i], 'b', 0 };
		assert_int_equal(decode(text, 4), ERR_BAD_INPUT);
		assert_int_equal(out[0], '#');
	}
	assert_int_equal(command_line_decode(bad, 3, out, sizeof(out)),
			 ERR_BAD_INPUT);
	assert_int_equal(decode((uint16_t[]){ 'a', 0, 0 }, 3), ERR_BAD_INPUT);
}

static void test_decode_length(void **state)
{
	uint16_t text[17];

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(text); i++)
		text[i] = 'a';
	assert_int_equal(decode(text, 15), OK);
	assert_int_equal(strlen(out), 15);
	assert_int_equal(decode(text, 16), ERR_TOO_BIG);
	assert_int_equal(out[0], '#');
	text[15] = 0;
	assert_int_equal(decode(text, 16), OK);
}

static struct command_line parsed;
static struct text culprit;

static enum err parse(const char *line)
{
	parsed = (struct command_line){ .figures_s = 77 };
	return command_line_parse(text_of(line), &parsed, &culprit);
}

static void test_words(void **state)
{
	(void)state;
	assert_int_equal(parse(""), OK);
	assert_false(parsed.has_ip);
	assert_int_equal(parsed.figures_s, 0);
	assert_int_equal(parse("   "), OK);
	assert_int_equal(parse(" ip=10.0.2.15/24,a=b  figures=3 "), OK);
	assert_true(parsed.has_ip);
	assert_true(text_equal(parsed.ip, TEXT("10.0.2.15/24,a=b")));
	assert_int_equal(parsed.figures_s, 3);
	assert_int_equal(parse("figures=86400"), OK);
}

static void test_refused_words(void **state)
{
	static const struct {
		const char *line, *culprit;
	} bad[] = {
		{ "nonsense", "nonsense" },
		{ "ip", "ip" },
		{ "ip=", "ip=" },
		{ "=", "=" },
		{ "=x", "=x" },
		{ "IP=x", "IP=x" },
		{ "ipx=x", "ipx=x" },
		{ "i=x", "i=x" },
		{ "ip=a ip=a", "ip=a" },
		{ "ip=a quiet", "quiet" },
		{ "figures=", "figures=" },
		{ "figures=0", "figures=0" },
		{ "figures=often", "figures=often" },
		{ "figures=-1", "figures=-1" },
		{ "figures=86401", "figures=86401" },
		{ "figures=99999999999999999999",
		  "figures=99999999999999999999" },
		{ "figures=1 figures=2", "figures=2" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
		assert_int_equal(parse(bad[i].line), ERR_BAD_INPUT);
		assert_true(text_equal(culprit, text_of(bad[i].culprit)));
		assert_int_equal(parsed.figures_s, 77);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decode),
		cmocka_unit_test(test_decode_refuses),
		cmocka_unit_test(test_decode_length),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_refused_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
