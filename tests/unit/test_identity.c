// SPDX-License-Identifier: Apache-2.0
// The endpoint's identity: at boot, renewed, and the certificates beside it.
#include "tests/unit/evidence_play.h"

#include <sys/wait.h>
#include <unistd.h>

#include <openssl/x509.h>

static void read_certificate(struct check_evidence *out)
{
	size_t count;
	const uint8_t *der = fake_tls_certificate(&count);
	X509 *x = d2i_X509(NULL, &der, (long)count);
	ASN1_OBJECT *cmw = OBJ_txt2obj("1.3.6.1.5.5.7.1.35", 1);
	X509_EXTENSION *extension;
	const ASN1_OCTET_STRING *value;
	ASN1_OCTET_STRING *inner;
	const uint8_t *p;

	assert_non_null(x);
	assert_int_equal(X509_verify(x, X509_get0_pubkey(x)), 1);
	extension = X509_get_ext(x, X509_get_ext_by_OBJ(x, cmw, -1));
	assert_non_null(extension);
	assert_int_equal(X509_EXTENSION_get_critical(extension), 0);
	value = X509_EXTENSION_get_data(extension);
	p = ASN1_STRING_get0_data(value);
	inner = d2i_ASN1_OCTET_STRING(NULL, &p, ASN1_STRING_length(value));
	assert_non_null(inner);
	assert_true(check_read(ASN1_STRING_get0_data(inner),
			       (size_t)ASN1_STRING_length(inner), out));
	// Only its presence counts from here on.
	out->certificates = NULL;
	ASN1_OCTET_STRING_free(inner);
	ASN1_OBJECT_free(cmw);
	X509_free(x);
	assert_memory_equal(out->claims.spki_sha256.bytes, present_spki().bytes,
			    32);
	assert_false(out->has_place);
}

static void test_the_certificate(void **state)
{
	struct check_evidence e;

	(void)state;
	read_certificate(&e);
	assert_int_equal(identity_committed_tcb(), 0x1234);
}

static void test_renewal(void **state)
{
	struct evidence_hash old_spki = present_spki();
	struct tls_session *old = client();
	struct tls_session *new;
	struct check_evidence e;

	(void)state;
	run_for(IDENTITY_AGE_NS);
	assert_true(fake_tls_is_closed(old)); // idle for too long
	fake_tls_free(old);
	rest();
	assert_memory_not_equal(old_spki.bytes, present_spki().bytes, 32);
	read_certificate(&e);

	// A session that was open before goes on with its own key.
	old_spki = present_spki();
	old = client();
	identity_renew();
	run();
	assert_memory_not_equal(old_spki.bytes, present_spki().bytes, 32);
	new = client();
	ask(old, 1);
	ask(new, 2);
	run_for(3 * BATCH_GATHER_NS);
	expect(old, 1, &e);
	assert_memory_equal(e.claims.spki_sha256.bytes, old_spki.bytes, 32);
	assert_int_equal(e.place.size, 1);
	expect(new, 2, &e);
	assert_memory_equal(e.claims.spki_sha256.bytes, present_spki().bytes,
			    32);

	// The next renewal but one ends it.
	identity_renew();
	run_for(SECOND);
	assert_true(fake_tls_is_closed(old));
	assert_false(fake_tls_is_closed(new));
	ask(new, 3);
	run_for(BATCH_GATHER_NS);
	expect(new, 3, &e);
	assert_memory_not_equal(e.claims.spki_sha256.bytes,
				present_spki().bytes, 32);
	fake_tls_free(old);
	leave(new);
	rest();
}

// Anybody can make handshakes: they may bring a renewal forward, not have one
// follow another at once.
static void test_renewal_by_handshakes(void **state)
{
	struct evidence_hash spki;

	(void)state;
	identity_renew();
	run_for(SECOND);
	spki = present_spki();
	fake_tls_set_handshakes(tls_figures().handshakes + IDENTITY_HANDSHAKES);
	run_for(IDENTITY_LEAST_NS - 2 * SECOND);
	assert_memory_equal(spki.bytes, present_spki().bytes, 32);
	run_for(2 * SECOND);
	assert_memory_not_equal(spki.bytes, present_spki().bytes, 32);
	spki = present_spki();
	run_for(2 * IDENTITY_LEAST_NS);
	assert_memory_equal(spki.bytes, present_spki().bytes, 32);
}

static void test_a_renewal_that_fails(void **state)
{
	struct evidence_hash spki = present_spki();
	struct tls_session *s;
	struct check_evidence e;

	(void)state;
	fake_snp_fail(ERR_DEVICE);
	identity_renew();
	run_for(SECOND);
	assert_memory_equal(spki.bytes, present_spki().bytes, 32);
	s = client();
	ask(s, 1);
	run_for(BATCH_GATHER_NS);
	expect(s, 1, &e);
	leave(s);
	run_for(IDENTITY_RETRY_NS + SECOND);
	assert_memory_not_equal(spki.bytes, present_spki().bytes, 32);
}

static void test_renewal_behind_a_busy_host(void **state)
{
	struct evidence_hash spki = present_spki();
	struct tls_session *s = client();
	struct check_evidence e;

	(void)state;
	ask(s, 1);
	fake_snp_busy_until_ns(clock_now_ns() + 2 * SECOND);
	run_for(BATCH_GATHER_NS);
	identity_renew();
	run_for(SECOND);
	assert_memory_equal(spki.bytes, present_spki().bytes, 32);
	run_for(2 * SECOND);
	assert_memory_not_equal(spki.bytes, present_spki().bytes, 32);
	expect(s, 1, &e);
	assert_memory_equal(e.claims.spki_sha256.bytes, spki.bytes, 32);
	leave(s);
	rest();
}

// Certificates from the host

static void put_entry(uint8_t *at, const char *guid, uint32_t offset,
		      uint32_t length)
{
	memcpy(at, guid, 16);
	memcpy(at + 16, &offset, 4);
	memcpy(at + 20, &length, 4);
}

#define VCEK "\x63\xda\x75\x8d\xe6\x64\x45\x64\xad\xc5\xf4\xb9\x3b\xe8\xac\xcd"
#define VLEK "\xa8\x07\x4b\xc2\xa2\x5a\x48\x3e\xaa\xe6\x39\xc0\x45\xa0\xb8\xa1"
#define ASK "\x4a\xb7\xb3\x79\xbb\xac\x4f\xe4\xa0\x2f\x05\xae\xf3\x27\xc7\x82"
#define ARK "\xc0\xb4\x06\xa4\xa8\x03\x49\x52\x97\x43\x3f\xb6\x01\x4c\xd0\xae"

// VCEK, VLEK, ASK and ARK, each DER of `length` bytes, told apart by the last.
static size_t make_table(uint8_t *out, size_t length)
{
	static const char *const guids[] = { VCEK, VLEK, ASK, ARK };
	size_t at = 5 * 24;

	memset(out, 0, at);
	for (uint32_t i = 0; i < 4; i++, at += length) {
		put_entry(out + i * 24, guids[i], (uint32_t)at,
			  (uint32_t)length);
		memset(out + at, 0x10 + (int)i, length);
		out[at] = 0x30;
		out[at + 1] = 0x82;
		out[at + 2] = (uint8_t)((length - 4) >> 8);
		out[at + 3] = (uint8_t)(length - 4);
	}
	return at;
}

// The ASK alone, as its only entry.
static size_t make_issuers(uint8_t *out)
{
	size_t count = make_table(out, 1000);

	memmove(out, out + 48, 24);
	memset(out + 24, 0, 24);
	return count;
}

static void renew(void)
{
	identity_renew();
	run_for(SECOND);
}

// The table in the evidence has the signer's and its issuer's alone.
static void expect_table(const char *guid, uint8_t fill, size_t length)
{
	struct tls_session *s = client();
	struct check_evidence e;
	const char *sent;
	size_t count;
	uint32_t offset;

	read_certificate(&e);
	assert_int_equal(e.certificates_bytes, 3 * 24 + 2 * length);
	ask(s, 1);
	run_for(2 * BATCH_PERIOD_NS);
	sent = fake_tls_sent(s, &count);
	count -= (size_t)(body_of(sent) - sent);
	assert_true(check_read((const uint8_t *)body_of(sent), count, &e));
	assert_int_equal(e.certificates_bytes, 3 * 24 + 2 * length);
	assert_memory_equal(e.certificates, guid, 16);
	memcpy(&offset, e.certificates + 16, 4);
	assert_int_equal(offset, 3 * 24);
	assert_int_equal(e.certificates[offset + length - 1], fill);
	assert_memory_equal(e.certificates + 24, ASK, 16);
	memcpy(&offset, e.certificates + 24 + 16, 4);
	assert_int_equal(e.certificates[offset + length - 1], 0x12);
	for (size_t i = 48; i < 72; i++)
		assert_int_equal(e.certificates[i], 0);
	leave(s);
	rest();
}

static uint8_t table[40000], item[40000];

static void expect_no_table(void)
{
	struct tls_session *s = client();
	struct check_evidence e;

	read_certificate(&e);
	assert_int_equal(e.certificates_bytes, 0);
	ask(s, 1);
	run_for(2 * BATCH_PERIOD_NS);
	expect(s, 1, &e);
	assert_int_equal(e.certificates_bytes, 0);
	leave(s);
	rest();
}

static void test_certificates(void **state)
{
	size_t count;

	(void)state;
	// The item, since the host's table had no signer's certificate.
	expect_table(VCEK, 0x10, 1000);
	count = make_table(table, 1500);
	fake_snp_set_table(table, count);
	renew();
	expect_table(VCEK, 0x10, 1500);
	// Those that were had stay when the host's table is malformed, or too
	// large, or empty.
	fake_snp_set_table(table, 100);
	renew();
	expect_table(VCEK, 0x10, 1500);
	count = make_table(table, 5000);
	fake_snp_set_table(table, count);
	renew();
	expect_table(VCEK, 0x10, 1500);
	fake_snp_set_table(table, 0);
	renew();
	expect_table(VCEK, 0x10, 1500);
	// Another signer's never do, nor is the item read again.
	fake_snp_set_key_info(REPORT_SIGNED_BY_VLEK
			      << KEY_INFO_SIGNING_KEY_SHIFT);
	renew();
	expect_no_table();
	count = make_table(table, 1500);
	fake_snp_set_table(table, count);
	renew();
	expect_table(VLEK, 0x11, 1500);
	fake_snp_set_key_info(REPORT_SIGNED_BY_NONE
			      << KEY_INFO_SIGNING_KEY_SHIFT);
	renew();
	expect_no_table();
	fake_snp_set_key_info(REPORT_SIGNED_BY_VCEK
			      << KEY_INFO_SIGNING_KEY_SHIFT);
	renew();
	expect_table(VCEK, 0x10, 1500);
	assert_int_equal(fake_snp_item_reads(), 1);
}

// The host updates its firmware: the next session's report goes out without the
// certificates that don't fit it, and has the identity renewed.
static void test_the_platform_changes(void **state)
{
	struct evidence_hash spki = present_spki();
	struct tls_session *s = client();
	struct check_evidence e;

	(void)state;
	fake_snp_set_table(table, make_table(table, 1200));
	fake_snp_set_tcb(0x77);
	ask(s, 1);
	run_for(BATCH_GATHER_NS);
	expect(s, 1, &e);
	assert_int_equal(e.report.reported_tcb, 0x77);
	assert_int_equal(e.certificates_bytes, 0);
	leave(s);
	run_for(SECOND);
	assert_memory_not_equal(spki.bytes, present_spki().bytes, 32);
	expect_table(VCEK, 0x10, 1200);
	spki = present_spki();
	expect_table(VCEK, 0x10, 1200);
	assert_memory_equal(spki.bytes, present_spki().bytes, 32);
}

// The start

static void test_boot_with_a_host_that_never_answers(void **state)
{
	pid_t child = fork();
	int status = 0;

	(void)state;
	assert_true(child >= 0);
	if (child == 0) {
		uint64_t since_ns = clock_now_ns();

		fake_snp_busy_until_ns(UINT64_MAX);
		_exit(identity_init() == ERR_TIMEOUT &&
				      clock_now_ns() - since_ns ==
					      IDENTITY_BOOT_NS &&
				      fake_snp_polls() < 80
			      ? 7
			      : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 7);
}

static int start(void **state)
{
	(void)state;
	fake_features_take(-1);
	if (tls_key_init() != OK)
		return -1;
	fake_snp_fail(ERR_DEVICE);
	if (identity_init() != ERR_DEVICE)
		return -1;
	fake_snp_fail(ERR_CLOSED);
	if (identity_init() != ERR_CLOSED || identity_init() != ERR_CLOSED)
		return -1;
	fake_snp_revive();
	test_boot_with_a_host_that_never_answers(state);
	fake_snp_busy_until_ns(clock_now_ns() + 3 * SECOND);
	fake_snp_set_item(item, make_table(item, 1000));
	fake_snp_set_table(table, make_issuers(table));
	if (identity_init() != OK)
		return -1;
	return play_start() ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_certificate),
		cmocka_unit_test(test_renewal),
		cmocka_unit_test(test_renewal_by_handshakes),
		cmocka_unit_test(test_a_renewal_that_fails),
		cmocka_unit_test(test_renewal_behind_a_busy_host),
		cmocka_unit_test(test_certificates),
		cmocka_unit_test(test_the_platform_changes),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
