// SPDX-License-Identifier: Apache-2.0
// Sessions against OpenSSL's client: what a well-meant client meets.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/num.h"
#include "kernel/mem/heap.h"
#include "kernel/time/clock.h"
#include "tests/fake/clock.h"
#include "tests/fake/conn_pipe.h"
#include "tests/fake/tls_client.h"
#include "tls/record_pool.h"

static uint8_t big[1024 * 1024];

static int start(void **state)
{
	(void)state;
	tls_play_start();
	for (size_t i = 0; i < sizeof(big); i++)
		big[i] = (uint8_t)(i * 7 + (i >> 8));
	return 0;
}

// After each test nothing may be left of it.
static int clean(void **state)
{
	(void)state;
	SSL_CTX_set1_groups_list(tls_client_context, "X25519:P-256");
	SSL_CTX_set_ciphersuites(tls_client_context, "TLS_AES_128_GCM_SHA256");
	tls_refuses = false;
	tls_owners_free();
	tls_play();
	return tls_figures().sessions == 0 && tls_figures().records_held == 0
		       ? 0
		       : -1;
}

static void say(struct tls_client *c, const void *bytes, size_t count)
{
	assert_int_equal(SSL_write(c->ssl, bytes, (int)count), (int)count);
}

static void expect(struct tls_client *c, const void *bytes, size_t count)
{
	uint8_t *got = malloc(count + 1);
	size_t n = 0;
	int part;

	assert_non_null(got);
	while (n < count &&
	       (part = SSL_read(c->ssl, got + n, (int)(count - n))) > 0)
		n += (size_t)part;
	assert_int_equal(n, count);
	assert_memory_equal(got, bytes, count);
	free(got);
}

static struct tls_owner *owner_of(struct tls_client *c)
{
	assert_int_equal(SSL_is_init_finished(c->ssl), 1);
	assert_non_null(tls_newest);
	return tls_newest;
}

static void say_back(struct tls_owner *o, const char *text)
{
	size_t count = 0;

	assert_int_equal(tls_write(o->session, text, strlen(text), &count), OK);
	assert_int_equal(count, strlen(text));
	assert_int_equal(tls_flush(o->session), OK);
}

static void converse(void)
{
	struct tls_client *c = tls_client_connected();
	struct tls_owner *o = owner_of(c);

	say(c, "hello", 5);
	tls_play();
	assert_int_equal(o->count, 5);
	assert_memory_equal(o->bytes, "hello", 5);
	say_back(o, "good day");
	tls_play();
	expect(c, "good day", 8);
	tls_client_free(c);
}

static void test_suites_and_groups(void **state)
{
	static const char *const suites[] = { "TLS_AES_128_GCM_SHA256",
					      "TLS_AES_256_GCM_SHA384",
					      "TLS_CHACHA20_POLY1305_SHA256" };
	// The third has a share that we don't take: HelloRetryRequest.
	static const char *const groups[] = { "X25519", "P-256",
					      "P-384:X25519" };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		for (size_t k = 0; k < 3; k++) {
			SSL_CTX_set_ciphersuites(tls_client_context, suites[i]);
			SSL_CTX_set1_groups_list(tls_client_context, groups[k]);
			converse();
		}
	}
}

static void test_only_version_1_3(void **state)
{
	struct tls_client *c = tls_client_connected();

	(void)state;
	assert_string_equal(SSL_get_version(c->ssl), "TLSv1.3");
	tls_client_free(c);
}

static void test_application_protocol(void **state)
{
	struct tls_client *c = tls_client_new();
	const unsigned char *chosen;
	unsigned int count;

	(void)state;
	SSL_set_alpn_protos(c->ssl, (const uint8_t *)"\x02h2\x08http/1.1", 12);
	tls_play();
	SSL_get0_alpn_selected(c->ssl, &chosen, &count);
	assert_int_equal(count, 8);
	assert_memory_equal(chosen, "http/1.1", 8);
	tls_client_free(c);
	c = tls_client_new();
	SSL_set_alpn_protos(c->ssl, (const uint8_t *)"\x08http/1.0", 9);
	tls_play();
	SSL_get0_alpn_selected(c->ssl, &chosen, &count);
	assert_int_equal(count, 8);
	assert_memory_equal(chosen, "http/1.0", 8);
	tls_client_free(c);
	c = tls_client_new();
	SSL_set_alpn_protos(c->ssl, (const uint8_t *)"\x02h2", 3);
	tls_play();
	assert_int_equal(tls_client_alert(c), 120);
	tls_client_free(c);
}

static void test_small_writes_are_one_record(void **state)
{
	struct tls_client *c = tls_client_connected();
	struct tls_owner *o = owner_of(c);
	size_t count;

	(void)state;
	for (unsigned int i = 0; i < 10; i++)
		assert_int_equal(
			tls_write(o->session, "abcdefghij", 10, &count), OK);
	assert_int_equal(pipe_pending(c->conn), 0);
	assert_int_equal(tls_flush(o->session), OK);
	// Header, bytes, content type, tag.
	assert_int_equal(pipe_pending(c->conn), 5 + 100 + 1 + 16);
	assert_int_equal(tls_flush(o->session), OK);
	assert_int_equal(pipe_pending(c->conn), 5 + 100 + 1 + 16);
	tls_client_free(c);
}

static void test_full_record_leaves_at_once(void **state)
{
	struct tls_client *c = tls_client_connected();
	struct tls_owner *o = owner_of(c);
	size_t count;

	(void)state;
	assert_int_equal(
		tls_write(o->session, big, TLS_RECORD_LIMIT + 1, &count), OK);
	assert_int_equal(count, TLS_RECORD_LIMIT + 1);
	assert_int_equal(pipe_pending(c->conn), TLS_RECORD_LIMIT + 22);
	tls_client_free(c);
}

static void test_much_arrives(void **state)
{
	struct tls_client *c = tls_client_connected();
	struct tls_owner *o = owner_of(c);

	(void)state;
	say(c, big, sizeof(big));
	tls_play();
	assert_int_equal(o->count, sizeof(big));
	assert_memory_equal(o->bytes, big, sizeof(big));
	assert_int_equal(tls_figures().records_held, 0);
	tls_client_free(c);
}

// Sends all of `big` through a narrow pipe while the client reads.
static void test_much_leaves_through_little_room(void **state)
{
	struct tls_client *c = tls_client_connected();
	struct tls_owner *o = owner_of(c);
	uint8_t *got = malloc(sizeof(big));
	size_t sent = 0, taken = 0, count;

	(void)state;
	assert_non_null(got);
	pipe_set_room(c->conn, 1000);
	while (taken < sizeof(big)) {
		int n;

		if (sent < sizeof(big)) {
			enum err e = tls_write(
				o->session, big + sent,
				min_size(5000, sizeof(big) - sent), &count);
			assert_true(e == OK || e == ERR_AGAIN);
			sent += e == OK ? count : 0;
		} else {
			(void)!tls_flush(o->session);
		}
		tls_play();
		n = SSL_read(c->ssl, got + taken, (int)(sizeof(big) - taken));
		taken += n > 0 ? (size_t)n : 0;
	}
	assert_memory_equal(got, big, sizeof(big));
	assert_int_equal(tls_flush(o->session), OK);
	assert_int_equal(tls_figures().records_held, 0);
	free(got);
	tls_client_free(c);
}

static void test_writer_is_told_of_room(void **state)
{
	struct tls_client *c = tls_client_connected();
	struct tls_owner *o = owner_of(c);
	size_t count, sent = 0;
	unsigned int before;

	(void)state;
	pipe_set_room(c->conn, 20000);
	tls_play();
	while (tls_write(o->session, big, 30000, &count) == OK)
		sent += count;
	assert_in_range(sent, 30000, 60000);
	assert_int_equal(tls_flush(o->session), ERR_AGAIN);
	before = o->ready_count;
	tls_play();
	assert_true(o->ready_count > before);
	assert_int_equal(tls_write(o->session, big, 10, &count), OK);
	tls_client_free(c);
}

static void test_client_ends_its_side(void **state)
{
	struct tls_client *c = tls_client_connected();
	struct tls_owner *o = owner_of(c);

	(void)state;
	o->keeps = true;
	say(c, "bye", 3);
	SSL_shutdown(c->ssl);
	tls_play();
	assert_int_equal(o->count, 3);
	assert_int_equal(o->ended, ERR_CLOSED);
	// Our side still stands (RFC 8446, 6.1).
	say_back(o, "farewell");
	tls_play();
	expect(c, "farewell", 8);
	tls_owner_abort(o);
	tls_client_free(c);
}

static void test_truncation_is_no_end(void **state)
{
	struct tls_client *c = tls_client_connected();
	struct tls_owner *o = owner_of(c);

	(void)state;
	o->keeps = true;
	say(c, "half a", 6);
	tls_play();
	pipe_fin(c->conn);
	tls_play();
	assert_int_equal(o->count, 6);
	assert_int_equal(o->ended, ERR_RESET);
	tls_owner_abort(o);
	assert_int_equal(pipe_end(c->conn), PIPE_ABORTED);
	tls_client_free(c);
}

static void test_close_delivers_and_notifies(void **state)
{
	struct tls_client *c = tls_client_connected();
	struct tls_owner *o = owner_of(c);
	uint8_t byte;
	size_t count;

	(void)state;
	pipe_set_room(c->conn, 100);
	assert_int_equal(tls_write(o->session, big, 5000, &count), OK);
	tls_owners_free();
	assert_int_equal(pipe_end(c->conn), PIPE_OPEN);
	tls_play();
	assert_int_equal(pipe_end(c->conn), PIPE_CLOSED);
	expect(c, big, 5000);
	assert_int_equal(SSL_read(c->ssl, &byte, 1), 0);
	assert_int_equal(SSL_get_shutdown(c->ssl), SSL_RECEIVED_SHUTDOWN);
	tls_client_free(c);
}

static void test_close_does_not_wait_for_ever(void **state)
{
	struct tls_client *c = tls_client_connected();
	struct tls_owner *o = owner_of(c);
	size_t count;

	(void)state;
	// Nobody receives.
	pipe_set_room(c->conn, 0);
	assert_int_equal(tls_write(o->session, big, 5000, &count), OK);
	tls_owners_free();
	fake_clock_add_ns(6 * NS_PER_SECOND);
	tls_play();
	assert_int_equal(pipe_end(c->conn), PIPE_ABORTED);
	tls_client_free(c);
}

static void test_exporter(void **state)
{
	struct tls_client *c = tls_client_connected();
	struct tls_owner *o = owner_of(c);
	static const char label[] = "EXPERIMENTAL anchorhold evidence v1";
	uint8_t nonce[32] = { 1, 2, 3 }, ours[32], theirs[32];

	(void)state;
	assert_int_equal(tls_export(o->session, label, nonce, sizeof(nonce),
				    ours, sizeof(ours)),
			 OK);
	assert_int_equal(SSL_export_keying_material(
				 c->ssl, theirs, sizeof(theirs), label,
				 strlen(label), nonce, sizeof(nonce), 1),
			 1);
	assert_memory_equal(ours, theirs, sizeof(ours));
	tls_client_free(c);
}

static void test_client_gets_the_certificate(void **state)
{
	struct tls_client *c = tls_client_connected();
	X509 *x = SSL_get1_peer_certificate(c->ssl);
	uint8_t *der = NULL;
	int count = i2d_X509(x, &der);

	(void)state;
	assert_int_equal(count, (int)tls_certificate_bytes);
	assert_memory_equal(der, tls_certificate, tls_certificate_bytes);
	OPENSSL_free(der);
	X509_free(x);
	tls_client_free(c);
}

static void test_owner_may_refuse(void **state)
{
	struct tls_client *c;

	(void)state;
	tls_refuses = true;
	c = tls_client_connected();
	assert_int_equal(pipe_end(c->conn), PIPE_CLOSED);
	assert_int_equal(tls_figures().sessions, 0);
	tls_client_free(c);
}

static void test_wake_and_deadline(void **state)
{
	struct tls_client *c = tls_client_connected();
	struct tls_owner *o = owner_of(c);
	unsigned int count = o->ready_count;

	(void)state;
	tls_wake(o->session);
	tls_play();
	assert_int_equal(o->ready_count, count + 1);
	tls_set_deadline(o->session, clock_now_ns() + NS_PER_SECOND);
	tls_play();
	assert_int_equal(o->ready_count, count + 1);
	assert_true(tls_tick(clock_now_ns()) <= clock_now_ns() + NS_PER_SECOND);
	fake_clock_add_ns(NS_PER_SECOND);
	tls_play();
	assert_int_equal(o->ready_count, count + 2);
	fake_clock_add_ns(NS_PER_SECOND);
	tls_play();
	assert_int_equal(o->ready_count, count + 2);
	tls_client_free(c);
}

static void test_reset_reaches_the_owner(void **state)
{
	struct tls_client *c = tls_client_connected();
	struct tls_owner *o = owner_of(c);
	size_t count;

	(void)state;
	o->keeps = true;
	pipe_reset(c->conn);
	tls_play();
	assert_int_equal(o->ended, ERR_RESET);
	assert_int_equal(tls_write(o->session, "x", 1, &count), ERR_RESET);
	assert_int_equal(tls_flush(o->session), ERR_RESET);
	tls_owner_abort(o);
	tls_client_free(c);
}

static void test_nothing_is_left_of_a_thousand(void **state)
{
	uint64_t used;
	struct tls_figures before;

	(void)state;
	// The first few fill caches and tables.
	for (unsigned int i = 0; i < 20; i++)
		converse();
	tls_owners_free();
	tls_play();
	used = heap_figures().used_bytes;
	before = tls_figures();
	for (unsigned int i = 0; i < 1000; i++)
		converse();
	tls_owners_free();
	tls_play();
	assert_int_equal(heap_figures().used_bytes, used);
	assert_int_equal(tls_figures().handshakes, before.handshakes + 1000);
	assert_int_equal(tls_figures().handshake_failures,
			 before.handshake_failures);
}

static void test_idle_sessions_are_small(void **state)
{
	struct tls_client *clients[50];
	struct tls_figures f;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(clients); i++)
		clients[i] = tls_client_connected();
	f = tls_figures();
	assert_int_equal(f.sessions, 50);
	assert_int_equal(f.records_held, 0);
	assert_in_range(f.idle_bytes, 500, 4000);
	assert_in_range(f.active_bytes, f.idle_bytes + 32768,
			f.idle_bytes + 36864);
	for (size_t i = 0; i < ARRAY_COUNT(clients); i++)
		tls_client_free(clients[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_suites_and_groups, clean),
		cmocka_unit_test_teardown(test_only_version_1_3, clean),
		cmocka_unit_test_teardown(test_application_protocol, clean),
		cmocka_unit_test_teardown(test_small_writes_are_one_record,
					  clean),
		cmocka_unit_test_teardown(test_full_record_leaves_at_once,
					  clean),
		cmocka_unit_test_teardown(test_much_arrives, clean),
		cmocka_unit_test_teardown(test_much_leaves_through_little_room,
					  clean),
		cmocka_unit_test_teardown(test_writer_is_told_of_room, clean),
		cmocka_unit_test_teardown(test_client_ends_its_side, clean),
		cmocka_unit_test_teardown(test_truncation_is_no_end, clean),
		cmocka_unit_test_teardown(test_close_delivers_and_notifies,
					  clean),
		cmocka_unit_test_teardown(test_close_does_not_wait_for_ever,
					  clean),
		cmocka_unit_test_teardown(test_exporter, clean),
		cmocka_unit_test_teardown(test_client_gets_the_certificate,
					  clean),
		cmocka_unit_test_teardown(test_owner_may_refuse, clean),
		cmocka_unit_test_teardown(test_wake_and_deadline, clean),
		cmocka_unit_test_teardown(test_reset_reaches_the_owner, clean),
		cmocka_unit_test_teardown(test_nothing_is_left_of_a_thousand,
					  clean),
		cmocka_unit_test_teardown(test_idle_sessions_are_small, clean),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
