// SPDX-License-Identifier: Apache-2.0
// The certificate as another library reads it, and the DER writer.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/x509v3.h>

#include "attest/certificate.h"
#include "attest/der.h"
#include "tests/fake/features.h"
#include "tls/key.h"

static uint8_t der[CERTIFICATE_LIMIT];
static size_t der_bytes;
static uint8_t evidence[CERTIFICATE_LIMIT + 1000];
static struct certificate_request request = { .evidence = evidence };

static X509 *make(void)
{
	const uint8_t *p = der;
	X509 *x;

	assert_int_equal(
		certificate_make(&request, der, sizeof(der), &der_bytes), OK);
	x = d2i_X509(NULL, &p, (long)der_bytes);
	assert_non_null(x);
	assert_ptr_equal(p, der + der_bytes);
	return x;
}

static int start(void **state)
{
	(void)state;
	fake_features_take(CPU_AES);
	if (tls_key_init() != ERR_UNSUPPORTED)
		return -1;
	fake_features_take(CPU_PCLMULQDQ);
	if (tls_key_init() != ERR_UNSUPPORTED)
		return -1;
	fake_features_take(-1);
	memset(evidence, 0x5a, sizeof(evidence));
	if (tls_key_init() != OK)
		return -1;
	return tls_key_make(&request.key) == OK ? 0 : -1;
}

static void test_signs_itself(void **state)
{
	X509 *x = make();

	(void)state;
	assert_int_equal(X509_verify(x, X509_get0_pubkey(x)), 1);
	assert_int_equal(X509_get_version(x), 2);
	assert_int_equal(X509_NAME_cmp(X509_get_subject_name(x),
				       X509_get_issuer_name(x)),
			 0);
	assert_int_equal(X509_check_host(x, "anchorhold.invalid", 0, 0, NULL),
			 1);
	X509_free(x);
}

// As `curl --cacert` does it.
static void test_can_be_trusted_by_itself(void **state)
{
	X509 *x = make();
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *context = X509_STORE_CTX_new();

	(void)state;
	assert_int_equal(X509_STORE_add_cert(store, x), 1);
	assert_int_equal(X509_STORE_CTX_init(context, store, x, NULL), 1);
	X509_STORE_CTX_set_purpose(context, X509_PURPOSE_SSL_SERVER);
	assert_int_equal(X509_verify_cert(context), 1);
	X509_STORE_CTX_free(context);
	X509_STORE_free(store);
	X509_free(x);
}

static void test_has_no_end(void **state)
{
	X509 *x = make();
	const ASN1_TIME *from = X509_get0_notBefore(x);
	const ASN1_TIME *to = X509_get0_notAfter(x);

	(void)state;
	// RFC 5280, 4.1.2.5: the form depends on the year.
	assert_int_equal(ASN1_STRING_type(from), V_ASN1_UTCTIME);
	assert_int_equal(ASN1_STRING_type(to), V_ASN1_GENERALIZEDTIME);
	assert_memory_equal(ASN1_STRING_get0_data(from), "700101000000Z", 13);
	assert_memory_equal(ASN1_STRING_get0_data(to), "99991231235959Z", 15);
	X509_free(x);
}

static void test_says_what_it_is_for(void **state)
{
	X509 *x = make();

	(void)state;
	assert_int_equal(X509_check_ca(x), 0);
	assert_int_equal(X509_get_key_usage(x), KU_DIGITAL_SIGNATURE);
	assert_int_equal(X509_get_extended_key_usage(x), XKU_SSL_SERVER);
	assert_int_equal(X509_check_purpose(x, X509_PURPOSE_SSL_SERVER, 0), 1);
	assert_int_equal(ASN1_STRING_length(X509_get0_subject_key_id(x)), 20);
	X509_free(x);
}

static void test_serial_is_new_each_time(void **state)
{
	X509 *a = make();
	X509 *b = make();
	const ASN1_INTEGER *serial = X509_get0_serialNumber(a);

	(void)state;
	assert_int_equal(ASN1_STRING_type(serial), V_ASN1_INTEGER);
	assert_int_equal(ASN1_STRING_length(serial), 16);
	assert_int_not_equal(
		ASN1_INTEGER_cmp(serial, X509_get0_serialNumber(b)), 0);
	X509_free(a);
	X509_free(b);
}

static void test_holds_the_key(void **state)
{
	uint8_t spki[128];
	uint8_t theirs[128], *p = theirs;
	size_t count = 0;
	X509 *x = make();

	(void)state;
	assert_int_equal(tls_key_spki(request.key, spki, sizeof(spki), &count),
			 OK);
	assert_int_equal(i2d_PUBKEY(X509_get0_pubkey(x), &p), (int)count);
	assert_memory_equal(spki, theirs, count);
	assert_int_equal(tls_key_spki(request.key, spki, count - 1, &count),
			 ERR_TOO_BIG);
	X509_free(x);
}

static int evidence_at(X509 *x)
{
	ASN1_OBJECT *cmw = OBJ_txt2obj("1.3.6.1.5.5.7.1.35", 1);
	int at = X509_get_ext_by_OBJ(x, cmw, -1);

	ASN1_OBJECT_free(cmw);
	return at;
}

static void test_evidence_is_an_extension(void **state)
{
	X509 *x = make();
	X509_EXTENSION *e;
	const ASN1_OCTET_STRING *value;
	ASN1_OCTET_STRING *inner;
	const uint8_t *p;

	(void)state;
	assert_int_equal(evidence_at(x), -1);
	X509_free(x);
	request.evidence_bytes = 5000;
	x = make();
	assert_int_equal(X509_verify(x, X509_get0_pubkey(x)), 1);
	e = X509_get_ext(x, evidence_at(x));
	assert_non_null(e);
	assert_int_equal(X509_EXTENSION_get_critical(e), 0);
	value = X509_EXTENSION_get_data(e);
	// CMW ::= CHOICE { json UTF8String, cbor OCTET STRING }
	p = ASN1_STRING_get0_data(value);
	inner = d2i_ASN1_OCTET_STRING(NULL, &p, ASN1_STRING_length(value));
	assert_non_null(inner);
	assert_int_equal(ASN1_STRING_length(inner), 5000);
	assert_memory_equal(ASN1_STRING_get0_data(inner), evidence, 5000);
	ASN1_OCTET_STRING_free(inner);
	X509_free(x);
	request.evidence_bytes = 0;
}

static void test_refuses_what_does_not_fit(void **state)
{
	size_t count = 12345;

	(void)state;
	X509_free(make());
	// A signature's length varies by a few bytes.
	for (size_t n = 0; n < der_bytes - 8; n++)
		assert_int_equal(certificate_make(&request, der, n, &count),
				 ERR_TOO_BIG);
	for (size_t n = CERTIFICATE_LIMIT - 600; n < CERTIFICATE_LIMIT + 2;
	     n += 200) {
		request.evidence_bytes = n;
		assert_int_equal(
			certificate_make(&request, der, sizeof(der), &count),
			n == CERTIFICATE_LIMIT - 600 ? OK : ERR_TOO_BIG);
	}
	request.evidence_bytes = 0;
}

static void expect_unsigned(const char *number, size_t count,
			    const char *expected, size_t expected_count)
{
	uint8_t buffer[16];
	struct der d = der_of(buffer, sizeof(buffer));

	der_unsigned(&d, (const uint8_t *)number, count);
	assert_false(d.failed);
	assert_int_equal(d.used, expected_count);
	assert_memory_equal(der_first(&d), expected, expected_count);
}

static void test_integers_are_shortest(void **state)
{
	(void)state;
	expect_unsigned("", 0, "\x02\x01\x00", 3);
	expect_unsigned("\x00\x00", 2, "\x02\x01\x00", 3);
	expect_unsigned("\x00\x7f", 2, "\x02\x01\x7f", 3);
	expect_unsigned("\x80", 1, "\x02\x02\x00\x80", 4);
	expect_unsigned("\x00\x01\x00", 3, "\x02\x02\x01\x00", 4);
}

static void test_lengths(void **state)
{
	static uint8_t buffer[70000], content[66000];
	static const struct {
		size_t count;
		const char *head;
		size_t head_count;
	} cases[] = {
		{ 0, "\x04\x00", 2 },
		{ 127, "\x04\x7f", 2 },
		{ 128, "\x04\x81\x80", 3 },
		{ 255, "\x04\x81\xff", 3 },
		{ 256, "\x04\x82\x01\x00", 4 },
		{ 65536, "\x04\x83\x01\x00\x00", 5 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct der d = der_of(buffer, sizeof(buffer));

		der_element(&d, DER_OCTET_STRING, content, cases[i].count);
		assert_int_equal(d.used, cases[i].count + cases[i].head_count);
		assert_memory_equal(der_first(&d), cases[i].head,
				    cases[i].head_count);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_signs_itself),
		cmocka_unit_test(test_can_be_trusted_by_itself),
		cmocka_unit_test(test_has_no_end),
		cmocka_unit_test(test_says_what_it_is_for),
		cmocka_unit_test(test_serial_is_new_each_time),
		cmocka_unit_test(test_holds_the_key),
		cmocka_unit_test(test_evidence_is_an_extension),
		cmocka_unit_test(test_refuses_what_does_not_fit),
		cmocka_unit_test(test_integers_are_shortest),
		cmocka_unit_test(test_lengths),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
