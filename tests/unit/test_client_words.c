// SPDX-License-Identifier: Apache-2.0
// What the judge says: the roots that it knows, the sub-codes in
// docs/errors.md, and verdicts as JSON.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "client/roots.h"
#include "client/verdict.h"
#include "tests/fake/client_files.h"

static void roots_are_the_pinned(void **state)
{
	static const char *const pins[ANCHORHOLD_PRODUCTS] = { ROOT_PIN_MILAN,
							       ROOT_PIN_GENOA,
							       ROOT_PIN_TURIN };
	uint8_t digest[CRYPTO_SHA256_BYTES];
	char hex[2 * sizeof(digest) + 1];

	(void)state;
	for (unsigned int i = 0; i < ANCHORHOLD_PRODUCTS; i++) {
		struct anchorhold_bytes key =
			root_key((enum anchorhold_product)i);

		assert_int_equal(key.count, CRYPTO_RSA_SPKI_BYTES);
		crypto_sha256(key.at, key.count, digest);
		for (size_t b = 0; b < sizeof(digest); b++)
			snprintf(hex + 2 * b, 3, "%02x", digest[b]);
		assert_string_equal(hex, pins[i]);
	}
}

static void every_reason_is_explained(void **state)
{
	struct anchorhold_bytes page = client_file_read(ERRORS_PAGE);
	static char text[65536];
	char row[512];

	(void)state;
	assert_in_range(page.count, 1, sizeof(text) - 1);
	memcpy(text, page.at, page.count);
	client_file_free(page);
	for (unsigned int i = REASON_PASS + 1; i < REASON_COUNT; i++) {
		const struct reason_text *t = reason_text((enum reason)i);

		assert_true(strlen(t->sub) < ANCHORHOLD_SUB_LIMIT);
		assert_true(strlen(t->sentence) < ANCHORHOLD_TEXT_LIMIT - 170);
		snprintf(row, sizeof(row), "| `%s` | %d | %s. |\n", t->sub,
			 t->code, t->sentence);
		if (!strstr(text, row))
			fail_msg("docs/errors.md lacks %s", row);
	}
}

static void sub_codes_are_unique(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < REASON_COUNT; i++)
		for (unsigned int j = 0; j < i; j++)
			assert_string_not_equal(
				reason_text((enum reason)i)->sub,
				reason_text((enum reason)j)->sub);
}

static void a_refusal_in_json(void **state)
{
	struct anchorhold_verdict v = { .notes = ANCHORHOLD_NOTE_NO_CRL |
						 ANCHORHOLD_NOTE_PROVISIONAL };
	struct detail d = { 0 };
	char out[1024];

	(void)state;
	detail_say(&d, "level ");
	detail_say_number(&d, 7);
	verdict_set(&v, REASON_BAD_SIGNATURE, &d);
	size_t length = anchorhold_verdict_json(&v, out, sizeof(out));
	assert_int_equal(length, strlen(out));
	assert_string_equal(
		out, "{\"verdict\":\"NotAnEnclave\",\"code\":10,"
		     "\"sub\":\"bad-signature\",\"text\":\"The chip's key "
		     "didn't sign this report: level 7.\","
		     "\"authentic\":false,"
		     "\"notes\":[\"no-crl\",\"provisional-firmware\"]}");
}

static void a_pass_in_json(void **state)
{
	struct anchorhold_verdict v = { .has_report = true,
					.report_version = 5,
					.product = ANCHORHOLD_TURIN,
					.has_claims = true,
					.profile = 1,
					.has_measurement_index = true,
					.measurement_index = 3,
					.measurement_name = "a \"b\"\n" };
	struct detail d = { 0 };
	char out[2048];

	(void)state;
	verdict_set(&v, REASON_PASS, &d);
	assert_true(anchorhold_verdict_json(&v, out, sizeof(out)) <
		    sizeof(out));
	assert_non_null(strstr(out, "\"verdict\":\"pass\",\"code\":0,"));
	assert_non_null(strstr(out, "\"authentic\":true,\"notes\":[],"));
	assert_non_null(strstr(out, "\"version\":5,\"product\":\"Turin\""));
	assert_non_null(strstr(out, "\"claims\":{\"profile\":1,"));
	assert_non_null(
		strstr(out, "{\"index\":3,\"name\":\"a \\\"b\\\"\\u000a\"}}"));
	v.notes = ANCHORHOLD_NOTE_INSECURE_ROOT;
	anchorhold_verdict_json(&v, out, sizeof(out));
	assert_non_null(strstr(out, "\"authentic\":false"));
}

static void json_is_cut_off(void **state)
{
	struct anchorhold_verdict v = { 0 };
	struct detail d = { 0 };
	char whole[1024], part[1024];

	(void)state;
	verdict_set(&v, REASON_NO_EVIDENCE, &d);
	size_t length = anchorhold_verdict_json(&v, whole, sizeof(whole));
	assert_int_equal(anchorhold_verdict_json(&v, NULL, 0), length);
	for (size_t capacity = 1; capacity <= length; capacity++) {
		memset(part, 'x', sizeof(part));
		assert_int_equal(anchorhold_verdict_json(&v, part, capacity),
				 length);
		assert_int_equal(strlen(part), capacity - 1);
		assert_memory_equal(part, whole, capacity - 1);
		assert_int_equal(part[capacity], 'x');
	}
}

static void details_are_cut_off(void **state)
{
	struct anchorhold_verdict v = { 0 };
	struct detail d = { 0 };

	(void)state;
	for (int i = 0; i < 100; i++)
		detail_say_hex(&d, UINT64_MAX);
	assert_int_equal(strlen(d.text), sizeof(d.text) - 1);
	for (unsigned int i = 0; i < REASON_COUNT; i++) {
		verdict_set(&v, (enum reason)i, &d);
		assert_true(strlen(v.text) < sizeof(v.text));
		assert_int_equal(v.text[strlen(v.text) - 1], '.');
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(roots_are_the_pinned),
		cmocka_unit_test(every_reason_is_explained),
		cmocka_unit_test(sub_codes_are_unique),
		cmocka_unit_test(a_refusal_in_json),
		cmocka_unit_test(a_pass_in_json),
		cmocka_unit_test(json_is_cut_off),
		cmocka_unit_test(details_are_cut_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
