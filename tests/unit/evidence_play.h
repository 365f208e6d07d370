// SPDX-License-Identifier: Apache-2.0
// What the tests of the server on an SEV-SNP machine share: clients in memory,
// a secure processor that the test plays, and a verifier that shares no code
// with the guest.
#pragma once

#include "tests/unit/server_play.h"

#include <stdio.h>

#include "attest/batch.h"
#include "attest/identity.h"
#include "base/base64url.h"
#include "tests/fake/features.h"
#include "tests/fake/snp_machine.h"
#include "tests/unit/evidence_check.h"
#include "tls/key.h"

#define EVIDENCE "/.well-known/anchorhold/evidence"

// The loop

static inline void run(void)
{
	uint64_t now_ns = clock_now_ns();

	do
		settle();
	while (server_tick(now_ns) <= now_ns || fake_tls_turn());
}

static inline void run_for(uint64_t ns)
{
	uint64_t end_ns = clock_now_ns() + ns;

	run();
	while (clock_now_ns() < end_ns) {
		uint64_t at_ns = server_tick(clock_now_ns());

		fake_clock_set_ns(
			min_u64(max_u64(at_ns, clock_now_ns() + 1), end_ns));
		run();
	}
}

// Until a request may be made at once again.
static inline void rest(void)
{
	run_for((BATCH_BURST + 1) * BATCH_PERIOD_NS);
}

// Clients

static inline void nonce_of(uint32_t number, uint8_t out[32])
{
	memset(out, 0x11, 32);
	memcpy(out, &number, sizeof(number));
}

static inline void ask_with(struct tls_session *s, const char *method,
			    uint32_t number, const char *headers)
{
	uint8_t nonce[32];
	char text[64] = "";
	char request[512];
	struct writer w = writer_of(text, sizeof(text) - 1);

	nonce_of(number, nonce);
	assert_int_equal(base64url_write(&w, nonce, sizeof(nonce)), OK);
	snprintf(request, sizeof(request),
		 "%s " EVIDENCE "?nonce=%s HTTP/1.1\r\nHost: a\r\n%s\r\n",
		 method, text, headers);
	fake_tls_send(s, request, strlen(request));
	settle();
}

static inline void ask(struct tls_session *s, uint32_t number)
{
	ask_with(s, "GET", number, "");
}

static inline const char *body_of(const char *sent)
{
	const char *end = strstr(sent, "\r\n\r\n");

	assert_non_null(end);
	return end + 4;
}

// What a client does with an answer in CBOR: all but the report's signature.
static inline void judge(struct tls_session *s, uint32_t number,
			 const uint8_t *bytes, size_t count,
			 struct check_evidence *out)
{
	uint8_t nonce[32], exporter[32];
	struct evidence_hash leaf;

	assert_true(check_read(bytes, count, out));
	assert_true(out->has_place);
	nonce_of(number, nonce);
	assert_int_equal(tls_export(s, "EXPERIMENTAL anchorhold evidence v1",
				    nonce, 32, exporter, 32),
			 OK);
	leaf = check_leaf(nonce, exporter);
	assert_true(check_path(leaf, &out->place, out->claims.root));
	assert_int_equal(out->claims.profile, EVIDENCE_PROFILE_DEVELOPMENT);
	assert_memory_equal(out->claims.app_sha256.bytes,
			    check_sha256("the app", 7).bytes, 32);
	assert_memory_equal(out->claims.policy_sha256.bytes,
			    check_sha256("\xa0", 1).bytes, 32);
}

static inline struct evidence_hash present_spki(void)
{
	uint8_t spki[128];
	size_t count;

	assert_int_equal(
		tls_key_spki(fake_tls_key(), spki, sizeof(spki), &count), OK);
	return check_sha256(spki, count);
}

static inline void expect(struct tls_session *s, uint32_t number,
			  struct check_evidence *out)
{
	size_t count;
	const char *sent = fake_tls_sent(s, &count);
	const char *body = body_of(sent);

	if (strncmp(sent, "HTTP/1.1 200 ", 13) != 0)
		fail_msg("%s", sent);
	assert_non_null(strstr(sent, "Content-Type: application/cmw+cbor\r\n"));
	assert_non_null(strstr(sent, "Cache-Control: no-store\r\n"));
	judge(s, number, (const uint8_t *)body, count - (size_t)(body - sent),
	      out);
	fake_tls_forget(s);
}

static inline void expect_error(struct tls_session *s, unsigned int status,
				const char *code)
{
	const char *sent = fake_tls_sent(s, NULL);

	if (!strstr(sent, "Content-Type: application/json\r\n") ||
	    !strstr(sent, "Cache-Control: no-store\r\n") ||
	    !strstr(body_of(sent), code))
		fail_msg("no %s: %s", code, sent);
	assert_status(s, status);
}

// The first identity and the endpoint.
static inline int evidence_start(void **state)
{
	(void)state;
	fake_features_take(-1);
	if (tls_key_init() != OK || identity_init() != OK)
		return -1;
	return play_start() ? 0 : -1;
}
