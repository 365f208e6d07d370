// SPDX-License-Identifier: Apache-2.0
// The bytes of the evidence against the vector in docs/evidence.md, whose
// values were made by another program, and base64url.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/sha.h>

#include "base/base64url.h"
#include "base/evidence_form.h"
#include "base/num.h"
#include "tests/unit/evidence_check.h"

static char page[32768]; // without blanks and line ends

static int start(void **state)
{
	FILE *f = fopen(VECTOR_PAGE, "r");
	size_t used = 0;
	int c;

	(void)state;
	if (!f)
		return -1;
	while ((c = fgetc(f)) != EOF && used < sizeof(page) - 1)
		if (c != ' ' && c != '\n')
			page[used++] = (char)c;
	return fclose(f);
}

static void expect(const uint8_t *bytes, size_t count)
{
	char hex[1024];

	assert_true(2 * count < sizeof(hex));
	for (size_t i = 0; i < count; i++)
		snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
	if (!strstr(page, hex))
		fail_msg("not in the page: %s", hex);
}

static struct evidence_hash from(uint8_t first)
{
	struct evidence_hash hash;

	for (size_t i = 0; i < sizeof(hash.bytes); i++)
		hash.bytes[i] = (uint8_t)(first + i);
	return hash;
}

static struct evidence_claims claims_of_vector(void)
{
	return (struct evidence_claims){ .profile = EVIDENCE_PROFILE_PRODUCTION,
					 .spki_sha256 = from(0x40),
					 .policy_sha256 = from(0x60),
					 .app_sha256 = from(0x80) };
}

static void expect_report_data(const struct evidence_claims *claims)
{
	uint8_t bytes[EVIDENCE_PREIMAGE_LIMIT];
	uint8_t digest[64];
	struct writer w = writer_of(bytes, sizeof(bytes));

	assert_int_equal(evidence_form_preimage(&w, claims), OK);
	if (!claims->has_root)
		expect(bytes, w.used);
	SHA512(bytes, w.used, digest);
	expect(digest, sizeof(digest));
}

static struct evidence_hash leaf_of_vector(void)
{
	uint8_t bytes[EVIDENCE_LEAF_BYTES_LIMIT];
	struct writer w = writer_of(bytes, sizeof(bytes));

	assert_int_equal(
		evidence_form_leaf(&w, from(0).bytes, from(0x20).bytes), OK);
	return check_sha256(bytes, w.used);
}

static void test_vector(void **state)
{
	uint8_t bytes[EVIDENCE_CLAIMS_LIMIT];
	struct writer w = writer_of(bytes, sizeof(bytes));
	struct evidence_claims claims = claims_of_vector();
	struct evidence_place place = { .index = 2,
					.size = 3,
					.path_count = 1 };
	struct evidence_hash leaf = leaf_of_vector();

	(void)state;
	expect_report_data(&claims);
	expect(leaf.bytes, sizeof(leaf.bytes));
	place.path[0] = check_join(check_sha256("leaf 0", 6),
				   check_sha256("leaf 1", 6));
	claims.has_root = true;
	claims.root = check_join(place.path[0], leaf);
	expect(claims.root.bytes, sizeof(claims.root.bytes));
	assert_true(check_path(leaf, &place, claims.root));
	expect_report_data(&claims);
	assert_int_equal(evidence_form_claims(&w, &claims, &place), OK);
	expect(bytes, w.used);
}

static void test_limits_are_enough(void **state)
{
	uint8_t bytes[EVIDENCE_CLAIMS_LIMIT];
	struct writer w = writer_of(bytes, sizeof(bytes));
	struct evidence_claims claims = claims_of_vector();
	struct evidence_place place = { .index = EVIDENCE_TREE_LIMIT - 1,
					.size = EVIDENCE_TREE_LIMIT,
					.path_count = EVIDENCE_PATH_LIMIT };

	(void)state;
	claims.has_root = true;
	claims.profile = UINT64_MAX;
	assert_int_equal(evidence_form_claims(&w, &claims, &place), OK);
	w = writer_of(bytes, EVIDENCE_PREIMAGE_LIMIT);
	assert_int_equal(evidence_form_preimage(&w, &claims), OK);
}

// Every room that is too small is noticed.
static void test_too_little_room(void **state)
{
	static uint8_t bytes[4000];
	static const uint8_t part[1000];
	const struct evidence_parts parts = { part, part, part, 300, 1000, 7 };
	struct writer w = writer_of(bytes, sizeof(bytes));
	size_t cbor, json;

	(void)state;
	assert_int_equal(evidence_form_cbor(&w, &parts), OK);
	cbor = w.used;
	w = writer_of(bytes, sizeof(bytes));
	assert_int_equal(evidence_form_json(&w, &parts), OK);
	json = w.used;
	for (size_t n = 0; n < json; n++) {
		w = writer_of(bytes, n);
		assert_int_equal(evidence_form_json(&w, &parts), ERR_TOO_BIG);
		w = writer_of(bytes, n);
		assert_int_equal(evidence_form_cbor(&w, &parts),
				 n < cbor ? ERR_TOO_BIG : OK);
	}
}

static const struct {
	const char *text;
	const char *bytes;
	size_t count;
} spellings[] = {
	// RFC 4648, 10, without padding
	{ "", "", 0 },
	{ "Zg", "f", 1 },
	{ "Zm8", "fo", 2 },
	{ "Zm9v", "foo", 3 },
	{ "Zm9vYg", "foob", 4 },
	{ "Zm9vYmE", "fooba", 5 },
	{ "Zm9vYmFy", "foobar", 6 },
	{ "-_8", "\xfb\xff", 2 },
};

static void test_base64url(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(spellings); i++) {
		char text[16] = "";
		uint8_t bytes[8];
		struct writer w = writer_of(text, sizeof(text) - 1);
		size_t count = spellings[i].count;

		assert_int_equal(
			base64url_write(&w, (const uint8_t *)spellings[i].bytes,
					count),
			OK);
		assert_string_equal(text, spellings[i].text);
		assert_int_equal(base64url_read(text_of(text), bytes, count),
				 OK);
		assert_memory_equal(bytes, spellings[i].bytes, count);
	}
}

static const struct {
	const char *text;
	size_t count;
} misspellings[] = {
	{ "A", 0 },         { "A", 1 },    { "Zh", 1 },   { "Zm9", 2 },
	{ "Zg==", 1 },      { "Zm8=", 2 }, { "Zm9v", 2 }, { "Zm9v", 4 },
	{ "Zm+v", 3 },      { "Zm/v", 3 }, { "Zm v", 3 }, { "Zm9vYg", 5 },
	{ "\xc3\xa9v", 2 },
};

static void test_only_one_spelling(void **state)
{
	uint8_t bytes[8];

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(misspellings); i++) {
		memset(bytes, 0x5a, sizeof(bytes));
		if (base64url_read(text_of(misspellings[i].text), bytes,
				   misspellings[i].count) != ERR_BAD_INPUT)
			fail_msg("%s", misspellings[i].text);
		for (size_t k = 0; k < sizeof(bytes); k++)
			assert_int_equal(bytes[k], 0x5a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vector),
		cmocka_unit_test(test_limits_are_enough),
		cmocka_unit_test(test_too_little_room),
		cmocka_unit_test(test_base64url),
		cmocka_unit_test(test_only_one_spelling),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
