// SPDX-License-Identifier: Apache-2.0
// What clients ask below /.well-known/anchorhold/, on an SEV-SNP machine.
#include "tests/unit/evidence_play.h"

static const struct {
	const char *request;
	unsigned int status;
	const char *text;
} refused[] = {
	{ "GET " EVIDENCE, 400, "bad-nonce" },
	{ "GET " EVIDENCE "?nonce=", 400, "bad-nonce" },
	{ "GET " EVIDENCE "?nonce=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
	  400, "bad-nonce" },
	{ "GET " EVIDENCE "?nonce=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
	  400, "bad-nonce" },
	{ "GET " EVIDENCE "?nonce=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB",
	  400, "bad-nonce" },
	{ "GET " EVIDENCE
	  "?x=1&nonce=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
	  400, "bad-nonce" },
	{ "HEAD " EVIDENCE "?nonce=AA", 400, "" },
	{ "POST " EVIDENCE "?nonce=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
	  405, "Allow: GET, HEAD" },
	{ "GET " EVIDENCE "/?nonce=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
	  404, "not-found" },
};

static void test_what_is_refused(void **state)
{
	struct tls_session *s = client();
	unsigned int before = fake_snp_requests();

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(refused); i++) {
		say(s, refused[i].request);
		say(s, " HTTP/1.1\r\nHost: a\r\n\r\n");
		assert_non_null(
			strstr(fake_tls_sent(s, NULL), refused[i].text));
		assert_status(s, refused[i].status);
	}
	assert_no_request(); // nothing of this is the app's
	run_for(SECOND);
	assert_int_equal(fake_snp_requests(), before);
	leave(s);
}

static void test_head_costs_nothing(void **state)
{
	struct tls_session *s = client();
	unsigned int before = fake_snp_requests();

	(void)state;
	ask_with(s, "HEAD", 1, "Accept: application/cmw+json\r\n");
	assert_sent(s, "HTTP/1.1 200 OK\r\n"
		       "Content-Type: application/cmw+json\r\n"
		       "Cache-Control: no-store\r\n\r\n");
	run_for(SECOND);
	assert_int_equal(fake_snp_requests(), before);
	leave(s);
}

// Decodes the record's value in a JSON envelope; returns how many bytes.
static size_t json_value(const char *body, const char *start, uint8_t *out)
{
	const char *at = strstr(body, start);
	size_t length;

	if (!at)
		return 0;
	at += strlen(start);
	length = strcspn(at, "\"");
	assert_int_equal(base64url_read((struct text){ at, length }, out,
					length * 3 / 4),
			 OK);
	return length * 3 / 4;
}

static void test_json(void **state)
{
	static uint8_t claims[1000], report[2000], cbor[4000];
	struct evidence_parts parts = { .claims = claims, .report = report };
	struct writer w = writer_of(cbor, sizeof(cbor));
	struct tls_session *s = client();
	struct check_evidence e;
	const char *body;

	(void)state;
	ask_with(s, "GET", 9, "Accept: application/cmw+json, */*;q=0.5\r\n");
	run_for(BATCH_GATHER_NS);
	body = body_of(fake_tls_sent(s, NULL));
	assert_non_null(strstr(fake_tls_sent(s, NULL),
			       "Content-Type: application/cmw+json\r\n"));
	assert_memory_equal(body, "{\"claims\":[\"", 12);
	assert_string_equal(body + strlen(body) - 3, "\"]}");
	parts.claims_bytes = json_value(
		body, "\"application/vnd.anchorhold.claims+cbor\",\"", claims);
	parts.report_bytes = json_value(
		body, "\"application/vnd.amd.sev-snp.attestation-report\",\"",
		report);
	assert_int_equal(evidence_form_cbor(&w, &parts), OK);
	judge(s, 9, cbor, w.used, &e);
	leave(s);
	rest();
}

static void test_policy_and_root(void **state)
{
	struct tls_session *s = client();

	(void)state;
	say(s, "GET /.well-known/anchorhold/policy HTTP/1.1\r\n"
	       "Host: a\r\n\r\n");
	assert_sent(s, "HTTP/1.1 200 OK\r\nContent-Type: application/cbor\r\n"
		       "Cache-Control: no-store\r\n"
		       "Content-Length: 1\r\n\r\n\xa0");
	say(s, "GET /.well-known/anchorhold/ HTTP/1.1\r\nHost: a\r\n\r\n");
	assert_non_null(strstr(fake_tls_sent(s, NULL), "verify the evidence"));
	assert_status(s, 200);
	say(s, "GET /.well-known/anchorhold/ HTTP/1.1\r\nHost: a\r\n"
	       "Accept: application/json\r\n\r\n");
	assert_non_null(strstr(fake_tls_sent(s, NULL), "\"evidence\":true"));
	assert_status(s, 200);
	leave(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_refused),
		cmocka_unit_test(test_head_costs_nothing),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_policy_and_root),
	};

	return cmocka_run_group_tests(tests, evidence_start, NULL);
}
