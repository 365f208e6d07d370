// SPDX-License-Identifier: Apache-2.0
// Every path has one spelling. This table is the documentation of which one:
// each row is a spelling that somebody may try, and what becomes of it.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "attest/http_chars.h"
#include "attest/http_path.h"
#include "attest/well_known.h"
#include "base/num.h"

#define WELL "/.well-known/anchorhold"

enum answer {
	APP,     // reaches the app, exactly as spelt
	OURS,    // is answered by the server itself
	REFUSED, // 400
};

static const struct {
	const char *path;
	enum answer answer;
	const char *why;
} spellings[] = {
	// Plain paths.
	{ "/", APP, "the root" },
	{ "/a", APP, "one segment" },
	{ "/a/b.c/d", APP, "several" },
	{ "/a/", APP, "the last segment may be empty: another path than /a" },
	{ "/A", APP, "letters keep their case: another path than /a" },
	{ "/-._~", APP, "every unreserved mark stands raw" },
	{ "/!$&'()*+,;=:@", APP, "so does every other pchar" },
	{ "/...", APP, "three dots are a name" },
	{ "/.a", APP, "a dot before a name is part of it" },
	{ "/a..", APP, "so are dots behind it" },
	{ "/a;v=1", APP, "parameters are part of the segment" },
	{ "", REFUSED, "no path" },
	{ "a", REFUSED, "no leading slash" },

	// Bytes that may stand raw, encoded: a second spelling.
	{ "/%61", REFUSED, "a letter" },
	{ "/%41", REFUSED, "an upper-case letter" },
	{ "/%30", REFUSED, "a digit" },
	{ "/%2D", REFUSED, "unreserved '-'" },
	{ "/%5F", REFUSED, "unreserved '_'" },
	{ "/%7E", REFUSED, "unreserved '~'" },
	{ "/a%3Ab", REFUSED, "':' is a pchar" },
	{ "/a%40b", REFUSED, "'@' is a pchar" },
	{ "/a%3Bb", REFUSED, "';' is a sub-delim" },
	{ "/a%2Bb", REFUSED, "'+' is a sub-delim" },

	// Bytes that may not stand raw: encoded, in upper-case digits.
	{ "/a%20b", APP, "a blank" },
	{ "/a%22b", APP, "a quotation mark" },
	{ "/a%23b", APP, "'#' as part of a name" },
	{ "/a%3Fb", APP, "'?' as part of a name" },
	{ "/a%5Bb", APP, "a bracket" },
	{ "/a%7Cb", APP, "a bar" },
	{ "/100%25", APP, "a percent sign" },
	{ "/a b", REFUSED, "a raw blank" },
	{ "/a\"b", REFUSED, "a raw quotation mark" },
	{ "/a<b>", REFUSED, "raw angles" },
	{ "/a^b", REFUSED, "a raw caret" },
	{ "/a`b", REFUSED, "a raw backquote" },
	{ "/a{b}", REFUSED, "raw braces" },
	{ "/a|b", REFUSED, "a raw bar" },
	{ "/a[b]", REFUSED, "raw brackets" },
	{ "/a#b", REFUSED, "a fragment never goes to a server" },
	{ "/a%5bb", REFUSED, "lower-case digits" },
	{ "/a%7cb", REFUSED, "lower-case digits" },
	{ "/a%3fb", REFUSED, "lower-case digits" },

	// Escapes that are none.
	{ "/a%", REFUSED, "nothing behind the percent sign" },
	{ "/a%2", REFUSED, "one digit" },
	{ "/a%2/b", REFUSED, "one digit and a slash" },
	{ "/a%zz", REFUSED, "no digits" },
	{ "/a%%", REFUSED, "percent signs" },
	{ "/a%u0041", REFUSED, "an escape of another age" },
	{ "/a% 20", REFUSED, "a blank for a digit" },

	// Encodings twice over, which a second decoder would undo.
	{ "/a%2541", REFUSED, "%41 behind the first decoding" },
	{ "/%252e%252e/a", REFUSED, "dots behind it" },
	{ "/a%252Fb", REFUSED, "a slash behind it" },
	{ "/a%25%32%46b", REFUSED, "the digits encoded too" },
	{ "/a%25z", APP, "no digit follows: a percent sign" },

	// Dot segments.
	{ "/.", REFUSED, "this folder" },
	{ "/..", REFUSED, "the one above" },
	{ "/./a", REFUSED, "this folder first" },
	{ "/../a", REFUSED, "above the root" },
	{ "/a/./b", REFUSED, "this folder inside" },
	{ "/a/../b", REFUSED, "the one above inside" },
	{ "/a/.", REFUSED, "this folder last" },
	{ "/a/..", REFUSED, "the one above last" },
	{ "/a/../", REFUSED, "with a slash" },
	{ "/%2E", REFUSED, "encoded" },
	{ "/%2e%2e/a", REFUSED, "encoded in lower case" },
	{ "/.%2E/a", REFUSED, "half encoded" },
	{ "/%2E./a", REFUSED, "the other half" },
	{ "/..;/a", REFUSED, "with a parameter" },
	{ "/.;x=1/a", REFUSED, "with a parameter" },
	{ "/a/..;", REFUSED, "with an empty one, last" },

	// Empty segments.
	{ "//", REFUSED, "two slashes" },
	{ "//a", REFUSED, "in front: looks like an authority" },
	{ "/a//b", REFUSED, "inside" },
	{ "/a//", REFUSED, "at the end" },
	{ "///", REFUSED, "many" },

	// Slashes and backslashes in disguise.
	{ "/a%2Fb", REFUSED, "an encoded slash" },
	{ "/a%2fb", REFUSED, "in lower case" },
	{ "/a\\b", REFUSED, "a backslash" },
	{ "/a%5Cb", REFUSED, "an encoded backslash" },
	{ "/a%5cb", REFUSED, "in lower case" },
	{ "/..\\a", REFUSED, "behind dots" },

	// Control characters.
	{ "/a%00", REFUSED, "NUL" },
	{ "/a%00.png", REFUSED, "NUL before an end" },
	{ "/a%0A", REFUSED, "LF" },
	{ "/a%0D%0AX:", REFUSED, "CR LF" },
	{ "/a%1F", REFUSED, "the last of them" },
	{ "/a%7F", REFUSED, "DEL" },
	{ "/a\tb", REFUSED, "a raw tab" },
	{ "/a\x7f", REFUSED, "raw DEL" },

	// Beyond ASCII: encoded, well-formed UTF-8.
	{ "/%C3%A9", APP, "two bytes" },
	{ "/%E2%82%AC", APP, "three bytes" },
	{ "/%F0%9F%98%80", APP, "four bytes" },
	{ "/%EF%BC%8F", APP, "a full-width slash is no slash" },
	{ "/%F4%8F%BF%BF", APP, "the last code point" },
	{ "/%ED%9F%BF", APP, "the last before the surrogates" },
	{ "/\xc3\xa9", REFUSED, "raw" },
	{ "/%c3%a9", REFUSED, "lower-case digits" },
	{ "/%C3\xa9", REFUSED, "half raw" },
	{ "/%C0%AF", REFUSED, "an overlong slash" },
	{ "/%C0%AE%C0%AE/", REFUSED, "overlong dots" },
	{ "/%C1%81", REFUSED, "an overlong letter" },
	{ "/%E0%80%AF", REFUSED, "an overlong slash of three bytes" },
	{ "/%F0%80%80%AF", REFUSED, "of four" },
	{ "/%ED%A0%80", REFUSED, "a surrogate" },
	{ "/%F4%90%80%80", REFUSED, "beyond the last code point" },
	{ "/%F5%80%80%80", REFUSED, "a lead byte of nothing" },
	{ "/%80", REFUSED, "a tail without a lead" },
	{ "/%C3", REFUSED, "a lead without a tail" },
	{ "/%C3/%A9", REFUSED, "a slash between" },
	{ "/%C3a", REFUSED, "a letter for a tail" },
	{ "/%FF", REFUSED, "no UTF-8 at all" },

	// The server's own place, and how not to get around it.
	{ WELL, OURS, "the root of it" },
	{ WELL "/", OURS, "the page for people" },
	{ WELL "/evidence", OURS, "evidence" },
	{ WELL "/policy", OURS, "policy" },
	{ WELL "/nothing/here", OURS, "everything below" },
	{ WELL "x", APP, "a longer name is another name" },
	{ WELL ";x", APP, "as is one with a parameter" },
	{ "/.WELL-KNOWN/anchorhold/", APP, "case makes another path" },
	{ "/.well-known/", APP, "the folder above belongs to the app" },
	{ "/a" WELL "/evidence", APP, "only from the root" },
	{ WELL "%2Fevidence", REFUSED, "encoded slash" },
	{ "/%2Ewell-known/anchorhold/evidence", REFUSED, "encoded dot" },
	{ "/.well-known/anchorhol%64/evidence", REFUSED, "encoded letter" },
	{ "/" WELL "/evidence", REFUSED, "two slashes" },
	{ "/.well-known//anchorhold/evidence", REFUSED, "two inside" },
	{ "/x/.." WELL "/evidence", REFUSED, "by dots" },
	{ "/.well-known/./anchorhold/evidence", REFUSED, "by one dot" },
	{ "/.well-known\\anchorhold/evidence", REFUSED, "by a backslash" },
};

static enum answer answer_to(const char *path)
{
	if (!http_path_is_canonical(text_of(path)))
		return REFUSED;
	return well_known_owns(text_of(path)) ? OURS : APP;
}

static void test_spellings(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(spellings); i++)
		if (answer_to(spellings[i].path) != spellings[i].answer)
			fail_msg("%s (%s)", spellings[i].path,
				 spellings[i].why);
}

// Decodes as a careless receiver would; returns the length.
static size_t decode(const char *path, size_t length, char *out)
{
	size_t n = 0;

	for (size_t i = 0; i < length; i++)
		if (path[i] == '%' && i + 2 < length) {
			out[n++] = (char)(http_hex_value(path[i + 1]) << 4 |
					  http_hex_value(path[i + 2]));
			i += 2;
		} else {
			out[n++] = path[i];
		}
	return n;
}

static int compare_keys(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(uint64_t));
}

// All strings of up to five letters behind the first slash, over the alphabet
// that matters: what is let through decodes to no backslash and no NUL, and no
// two of them decode to the same bytes.
static void test_no_two_spellings_meet(void **state)
{
	static const char alphabet[] = "/.%25EefaA;\\\xc3";
	enum { LETTERS = sizeof(alphabet) - 1, LENGTH = 5, LIMIT = 1 << 19 };
	static char keys[LIMIT][sizeof(uint64_t)];
	size_t count = 0;

	(void)state;
	for (size_t code = 0, total = 1, length = 0; length <= LENGTH;) {
		char path[LENGTH + 1] = "/";
		size_t rest = code;

		for (size_t i = 1; i <= length; i++, rest /= LETTERS)
			path[i] = alphabet[rest % LETTERS];
		if (http_path_is_canonical((struct text){ path, length + 1 })) {
			assert_true(count < LIMIT);
			char *key = keys[count++];
			size_t n = decode(path, length + 1, key);
			assert_null(memchr(key, '\\', n));
			assert_null(memchr(key, '\0', n));
		}
		if (++code == total) {
			code = 0;
			total *= LETTERS;
			length++;
		}
	}
	assert_true(count > 1000);
	qsort(keys, count, sizeof(keys[0]), compare_keys);
	for (size_t i = 1; i < count; i++)
		assert_memory_not_equal(keys[i - 1], keys[i], sizeof(keys[0]));
}

static const struct {
	const char *query;
	bool is_valid;
} queries[] = {
	{ "", true },          { "a=b&c=d", true }, { "a/../b?c", true },
	{ "%61%2f%00", true }, { "a%", false },     { "a%2", false },
	{ "a%zz", false },     { "a#b", false },    { "a b", false },
	{ "a\\b", false },     { "a[]=1", false },  { "\xc3\xa9", false },
};

static void test_queries(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(queries); i++)
		if (http_query_is_valid(text_of(queries[i].query)) !=
		    queries[i].is_valid)
			fail_msg("%s", queries[i].query);
}

static const struct {
	const char *method, *target, *host;
	enum http_refusal refusal;
	const char *path, *query;
} targets[] = {
	{ "GET", "/", "a", HTTP_NOT_REFUSED, "/", "" },
	{ "GET", "/a?b", "a", HTTP_NOT_REFUSED, "/a", "b" },
	{ "GET", "/a?", "a", HTTP_NOT_REFUSED, "/a", "" },
	{ "GET", "/a?b?c", "a", HTTP_NOT_REFUSED, "/a", "b?c" },
	{ "GET", "/", "", HTTP_NOT_REFUSED, "/", "" },
	// absolute-form (RFC 9112 3.2.2)
	{ "GET", "https://a/b?c", "a", HTTP_NOT_REFUSED, "/b", "c" },
	{ "GET", "HTTPS://A/b", "a", HTTP_NOT_REFUSED, "/b", "" },
	{ "GET", "https://a:8/b", "a:8", HTTP_NOT_REFUSED, "/b", "" },
	{ "GET", "https://b/", "a", HTTP_BAD_REQUEST, 0, 0 },
	{ "GET", "https://a:443/", "a", HTTP_BAD_REQUEST, 0, 0 },
	{ "GET", "https://a/", "a:443", HTTP_BAD_REQUEST, 0, 0 },
	{ "GET", "https://ab/", "a", HTTP_BAD_REQUEST, 0, 0 },
	{ "GET", "https://u@a/", "a", HTTP_BAD_REQUEST, 0, 0 },
	{ "GET", "https://a", "a", HTTP_BAD_REQUEST, 0, 0 },
	{ "GET", "https://a?b", "a", HTTP_BAD_REQUEST, 0, 0 },
	{ "GET", "https:///", "", HTTP_BAD_REQUEST, 0, 0 },
	{ "GET", "http://a/", "a", HTTP_BAD_REQUEST, 0, 0 },
	{ "GET", "https://a/../b", "a", HTTP_BAD_REQUEST, 0, 0 },
	{ "GET", "a", "a", HTTP_BAD_REQUEST, 0, 0 },
	// authority-form (3.2.3)
	{ "CONNECT", "a:443", "a", HTTP_NOT_IMPLEMENTED, 0, 0 },
	{ "GET", "a:443", "a", HTTP_BAD_REQUEST, 0, 0 },
	// asterisk-form (3.2.4)
	{ "OPTIONS", "*", "a", HTTP_NOT_REFUSED, "", "" },
	{ "GET", "*", "a", HTTP_BAD_REQUEST, 0, 0 },
	{ "options", "*", "a", HTTP_BAD_REQUEST, 0, 0 },
	{ "OPTIONS", "**", "a", HTTP_BAD_REQUEST, 0, 0 },
};

static void test_targets(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(targets); i++) {
		static struct http_head head;
		struct http_target target = { 0 };

		head.method = text_of(targets[i].method);
		head.target = text_of(targets[i].target);
		if (http_target_parse(&head, text_of(targets[i].host),
				      &target) != targets[i].refusal)
			fail_msg("%s", targets[i].target);
		if (targets[i].refusal)
			continue;
		assert_true(text_equal(target.path, text_of(targets[i].path)));
		assert_true(
			text_equal(target.query, text_of(targets[i].query)));
	}
}

static const struct {
	const char *query;
	bool is_valid;
} nonces[] = {
	{ "nonce=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", true },
	{ "nonce=__________----------abcdefghijklmnopqrstuvw", true },
	{ "nonce=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB", false },
	{ "nonce=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", false },
	{ "nonce=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", false },
	{ "nonce=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/A", false },
	{ "nonce=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA&a", false },
	{ "Nonce=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", false },
	{ "nonce=", false },
	{ "", false },
};

static void test_nonces(void **state)
{
	uint8_t nonce[EVIDENCE_NONCE_BYTES];

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(nonces); i++)
		if ((well_known_nonce(text_of(nonces[i].query), nonce) == OK) !=
		    nonces[i].is_valid)
			fail_msg("%s", nonces[i].query);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_spellings),
		cmocka_unit_test(test_no_two_spellings_meet),
		cmocka_unit_test(test_queries),
		cmocka_unit_test(test_targets),
		cmocka_unit_test(test_nonces),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
