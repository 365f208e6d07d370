// SPDX-License-Identifier: Apache-2.0
// A new key and certificate under sessions that are open, seen by OpenSSL's
// client.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "psa/crypto.h"

#include "base/num.h"
#include "tests/fake/clock.h"
#include "tests/fake/conn_pipe.h"
#include "tests/fake/tls_client.h"
#include "tls/key.h"

// Whether `c` was shown the certificate that was made last.
static bool saw_present(struct tls_client *c)
{
	X509 *x = SSL_get0_peer_certificate(c->ssl);
	const uint8_t *der = tls_certificate;
	X509 *present = d2i_X509(NULL, &der, (long)tls_certificate_bytes);
	bool is_same;

	assert_non_null(x);
	assert_non_null(present);
	is_same = X509_cmp(x, present) == 0;
	X509_free(present);
	return is_same;
}

static void converse(struct tls_client *c, struct tls_owner *o)
{
	size_t before = o->count;

	assert_int_equal(SSL_write(c->ssl, "hello", 5), 5);
	tls_play();
	assert_int_equal(o->count, before + 5);
}

static bool key_is_there(uint32_t key)
{
	psa_key_attributes_t a = PSA_KEY_ATTRIBUTES_INIT;

	return psa_get_key_attributes(key, &a) == PSA_SUCCESS;
}

static void test_old_sessions_go_on(void **state)
{
	struct tls_client *old = tls_client_connected();
	struct tls_owner *old_owner = tls_newest;
	uint32_t first = tls_generation(old_owner->session);
	struct tls_identity identity = tls_play_identity();
	struct tls_client *new;

	(void)state;
	assert_int_equal(tls_renew(&identity), OK);
	new = tls_client_connected();
	assert_true(saw_present(new));
	assert_false(saw_present(old));
	assert_int_equal(tls_generation(old_owner->session), first);
	assert_int_equal(tls_generation(tls_newest->session), first + 1);
	converse(old, old_owner);
	converse(new, tls_newest);
	tls_client_free(old);
	tls_client_free(new);
}

static void test_a_key_goes_with_its_last_session(void **state)
{
	struct tls_identity first = tls_play_identity();
	struct tls_identity second;
	struct tls_client *a, *b;

	(void)state;
	assert_int_equal(tls_renew(&first), OK);
	a = tls_client_connected();
	b = tls_client_connected();
	second = tls_play_identity();
	assert_int_equal(tls_renew(&second), OK);
	tls_client_free(a);
	assert_true(key_is_there(first.key));
	tls_client_free(b);
	assert_false(key_is_there(first.key));
	assert_true(key_is_there(second.key));
	// With nobody there it goes at once.
	first = tls_play_identity();
	assert_int_equal(tls_renew(&first), OK);
	assert_false(key_is_there(second.key));
}

static void test_two_generations_at_most(void **state)
{
	struct tls_client *oldest = tls_client_connected();
	struct tls_client *old;
	struct tls_owner *old_owner;
	struct tls_identity identity = tls_play_identity();

	(void)state;
	assert_int_equal(tls_renew(&identity), OK);
	old = tls_client_connected();
	old_owner = tls_newest;
	identity = tls_play_identity();
	assert_int_equal(tls_renew(&identity), ERR_AGAIN);
	assert_true(key_is_there(identity.key));
	tls_play();
	assert_int_equal(pipe_end(oldest->conn), PIPE_ABORTED);
	assert_int_equal(tls_renew(&identity), OK);
	converse(old, old_owner);
	tls_client_free(oldest);
	tls_client_free(old);
}

// A handshake that is half done is finished with the key that it began with.
static void test_in_a_handshake(void **state)
{
	struct tls_client *c = tls_client_new();
	uint32_t generation;
	struct tls_identity identity;
	uint8_t hello[2000];
	size_t count = tls_client_hello(hello, sizeof(hello));

	(void)state;
	tls_client_free(c);
	c = tls_client_connected();
	generation = tls_generation(tls_newest->session);
	tls_client_free(c);
	// Admitted, and waits for the rest of its hello.
	struct conn *half = pipe_connect();
	pipe_send(half, hello, count / 2);
	tls_play();
	identity = tls_play_identity();
	assert_int_equal(tls_renew(&identity), OK);
	identity = tls_play_identity();
	assert_int_equal(tls_renew(&identity), ERR_AGAIN);
	tls_key_destroy(identity.key);
	c = tls_client_connected();
	assert_int_equal(tls_generation(tls_newest->session), generation + 1);
	tls_client_free(c);
	tls_play_drop(half);
}

static void test_what_is_refused(void **state)
{
	struct tls_identity identity = tls_play_identity();
	struct tls_client *c;

	(void)state;
	identity.certificate_bytes = 16384;
	assert_int_equal(tls_renew(&identity), ERR_TOO_BIG);
	identity.certificate_bytes = tls_certificate_bytes - 1;
	assert_int_equal(tls_renew(&identity), ERR_CRYPTO);
	assert_true(key_is_there(identity.key));
	c = tls_client_connected();
	assert_false(saw_present(c));
	tls_client_free(c);
	identity.certificate_bytes = tls_certificate_bytes;
	assert_int_equal(tls_renew(&identity), OK);
	c = tls_client_connected();
	assert_true(saw_present(c));
	tls_client_free(c);
}

static int start(void **state)
{
	(void)state;
	tls_play_start();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_old_sessions_go_on),
		cmocka_unit_test(test_a_key_goes_with_its_last_session),
		cmocka_unit_test(test_two_generations_at_most),
		cmocka_unit_test(test_in_a_handshake),
		cmocka_unit_test(test_what_is_refused),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
