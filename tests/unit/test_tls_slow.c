// SPDX-License-Identifier: Apache-2.0
// Sessions against clients that are slow, silent or gone, and against too many
// at once: what they hold has a bound in bytes and in time.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/num.h"
#include "kernel/mem/heap.h"
#include "tests/fake/clock.h"
#include "tests/fake/conn_pipe.h"
#include "tests/fake/tls_client.h"
#include "tls/record_pool.h"

static uint8_t hello[2048];

static int start(void **state)
{
	(void)state;
	tls_play_start();
	return tls_client_hello(hello, sizeof(hello)) > 100 ? 0 : -1;
}

static int clean(void **state)
{
	(void)state;
	tls_owners_free();
	tls_play();
	return tls_figures().sessions == 0 && tls_figures().records_held == 0
		       ? 0
		       : -1;
}

static void test_slow_handshake_ends(void **state)
{
	struct conn *silent = pipe_connect();
	struct conn *half = pipe_connect();
	uint64_t before = tls_figures().handshake_timeouts;

	(void)state;
	pipe_send(half, hello, 50);
	tls_play();
	for (unsigned int i = 0; i < 9; i++) {
		fake_clock_add_ns(NS_PER_SECOND);
		pipe_send(half, hello + 50 + i, 1);
		tls_play();
	}
	assert_int_equal(pipe_end(half), PIPE_OPEN);
	assert_int_equal(pipe_end(silent), PIPE_OPEN);
	fake_clock_add_ns(2 * NS_PER_SECOND);
	tls_play();
	assert_int_equal(pipe_end(half), PIPE_ABORTED);
	assert_int_equal(pipe_end(silent), PIPE_ABORTED);
	assert_int_equal(tls_figures().handshake_timeouts, before + 2);
	tls_play_drop(half);
	tls_play_drop(silent);
}

static void test_silent_clients_hold_nothing(void **state)
{
	struct conn *silent[200];
	struct tls_client *c;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(silent); i++) {
		silent[i] = pipe_connect();
		pipe_send(silent[i], "\x16\x03\x01", 3);
	}
	tls_play();
	assert_int_equal(tls_figures().records_held, 0);
	c = tls_client_connected();
	assert_int_equal(SSL_is_init_finished(c->ssl), 1);
	tls_client_free(c);
	for (size_t i = 0; i < ARRAY_COUNT(silent); i++)
		tls_play_drop(silent[i]);
}

static void pass_ms(unsigned int ms)
{
	for (unsigned int i = 0; i < ms; i += 100) {
		fake_clock_add_ns(100 * NS_PER_MS);
		tls_play();
	}
}

// Those who say nothing may stay while there are places, and no longer; half
// a header is nothing yet. Who has begun to speak has more time.
static void test_silent_clients_give_way(void **state)
{
	struct conn *silent[CONN_LIMIT - 2];
	struct conn *half = pipe_connect();
	struct tls_client *served;

	(void)state;
	pipe_send(half, hello, 50);
	for (size_t i = 0; i < ARRAY_COUNT(silent); i++) {
		silent[i] = pipe_connect();
		pipe_send(silent[i], hello, i % 5);
	}
	pass_ms(4000);
	for (size_t i = 0; i < ARRAY_COUNT(silent); i++)
		assert_int_equal(pipe_end(silent[i]), PIPE_OPEN);
	tls_play_drop(half);
	half = pipe_connect();
	pipe_send(half, hello, 50);
	served = tls_client_kept();
	pass_ms(1500);
	assert_int_equal(tls_figures().sessions, 2);
	assert_int_equal(pipe_end(half), PIPE_OPEN);
	assert_int_equal(pipe_end(served->conn), PIPE_OPEN);
	for (size_t i = 0; i < ARRAY_COUNT(silent); i++) {
		assert_int_equal(pipe_end(silent[i]), PIPE_ABORTED);
		tls_play_drop(silent[i]);
	}
	tls_play_drop(half);
	tls_owner_abort(tls_newest);
	tls_client_free(served);
}

// Not at once: a client's first bytes come a round trip after its handshake.
static void test_silent_clients_have_a_second(void **state)
{
	static struct conn *silent[CONN_LIMIT];

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(silent); i++)
		silent[i] = pipe_connect();
	pass_ms(800);
	assert_int_equal(tls_figures().sessions, CONN_LIMIT);
	pass_ms(400);
	assert_int_equal(tls_figures().sessions, 0);
	for (size_t i = 0; i < ARRAY_COUNT(silent); i++)
		tls_play_drop(silent[i]);
}

// Half handshakes fill all places; who comes then waits a while, not for long.
static void test_half_handshakes_give_way(void **state)
{
	struct conn *half[64];
	struct tls_client *c;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(half); i++) {
		half[i] = pipe_connect();
		pipe_send(half[i], hello, 50);
	}
	tls_play();
	assert_int_equal(tls_figures().records_held, 128);
	c = tls_client_connected();
	assert_int_equal(SSL_is_init_finished(c->ssl), 0);
	pass_ms(3500);
	assert_int_equal(SSL_is_init_finished(c->ssl), 1);
	tls_client_free(c);
	for (size_t i = 0; i < ARRAY_COUNT(half); i++)
		tls_play_drop(half[i]);
}

static void test_half_record_has_a_deadline(void **state)
{
	static const size_t parts[] = { 1, 5, 6, 20 };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(parts); i++) {
		struct tls_client *c = tls_client_kept();
		uint8_t record[64];

		SSL_write(c->ssl, "abc", 3);
		BIO_read(c->out, record, sizeof(record));
		pipe_send(c->conn, record, parts[i]);
		tls_play();
		fake_clock_add_ns(9 * NS_PER_SECOND);
		tls_play();
		assert_int_equal(tls_newest->ended, OK);
		fake_clock_add_ns(2 * NS_PER_SECOND);
		tls_play();
		assert_int_equal(tls_newest->ended, ERR_RESET);
		tls_owner_abort(tls_newest);
		tls_client_free(c);
	}
}

// The owner doesn't read for long; the client did nothing wrong.
static void test_slow_owner_ends_nobody(void **state)
{
	struct tls_client *c = tls_client_kept();
	uint8_t record[64];
	int n;

	(void)state;
	SSL_write(c->ssl, "abc", 3);
	n = BIO_read(c->out, record, sizeof(record));
	pipe_send(c->conn, record, 10);
	tls_play();
	tls_newest->is_deaf = true;
	fake_clock_add_ns(5 * NS_PER_SECOND);
	pipe_send(c->conn, record + 10, (size_t)n - 10);
	tls_play();
	fake_clock_add_ns(60 * NS_PER_SECOND);
	tls_play();
	tls_newest->is_deaf = false;
	tls_wake(tls_newest->session);
	tls_play();
	assert_int_equal(tls_newest->ended, OK);
	assert_int_equal(tls_newest->count, 3);
	tls_owner_abort(tls_newest);
	tls_client_free(c);
}

// More half records than buffers: the last wait, and are served in the end.
static void test_pool_is_shared(void **state)
{
	static struct tls_client *clients[RECORD_POOL_LIMIT + 20];
	static uint8_t records[ARRAY_COUNT(clients)][64];
	static struct tls_owner *owners[ARRAY_COUNT(clients)];
	size_t got = 0;
	int n = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(clients); i++) {
		// New clients are served even when the pool is exhausted.
		clients[i] = tls_client_kept();
		owners[i] = tls_newest;
		assert_int_equal(SSL_is_init_finished(clients[i]->ssl), 1);
		SSL_write(clients[i]->ssl, "abc", 3);
		n = BIO_read(clients[i]->out, records[i], sizeof(records[i]));
		pipe_send(clients[i]->conn, records[i], 7);
		tls_play();
	}
	assert_int_equal(tls_figures().records_held, RECORD_POOL_LIMIT);
	for (size_t i = 0; i < ARRAY_COUNT(clients); i++) {
		pipe_send(clients[i]->conn, records[i] + 7, (size_t)n - 7);
		tls_play();
	}
	for (unsigned int i = 0; i < 10; i++) {
		fake_clock_add_ns(20 * NS_PER_MS);
		tls_play();
	}
	for (size_t i = 0; i < ARRAY_COUNT(clients); i++)
		got += owners[i]->count;
	assert_int_equal(got, 3 * ARRAY_COUNT(clients));
	assert_int_equal(tls_figures().records_held, 0);
	tls_owners_free();
	for (size_t i = 0; i < ARRAY_COUNT(clients); i++)
		tls_client_free(clients[i]);
}

// A reset is seen though nothing can be read: behind close_notify, or without
// room.
static void test_reset_behind_the_end(void **state)
{
	struct tls_client *c = tls_client_connected();
	struct tls_owner *o = tls_newest;
	uint8_t byte;
	size_t count;

	(void)state;
	o->keeps = true;
	assert_int_equal(tls_read(o->session, &byte, 0, &count), OK);
	SSL_shutdown(c->ssl);
	tls_play();
	assert_int_equal(tls_read(o->session, &byte, 1, &count), ERR_CLOSED);
	pipe_reset(c->conn);
	assert_int_equal(tls_read(o->session, &byte, 1, &count), ERR_RESET);
	tls_owner_abort(o);
	tls_client_free(c);

	c = tls_client_connected();
	o = tls_newest;
	o->is_deaf = o->keeps = true;
	assert_int_equal(SSL_write(c->ssl, "bye", 3), 3);
	tls_play();
	assert_int_equal(tls_read(o->session, &byte, 0, &count), OK);
	assert_int_equal(count, 0);
	pipe_reset(c->conn);
	assert_int_equal(tls_read(o->session, &byte, 0, &count), ERR_RESET);
	tls_owner_abort(o);
	tls_client_free(c);
}

static void test_client_vanishes_at_every_byte(void **state)
{
	uint64_t used = 0;

	(void)state;
	for (size_t limit = 1; limit < 2000; limit += 37) {
		struct tls_client *c = tls_client_new();

		pipe_set_room(c->conn, limit);
		tls_play();
		pipe_reset(c->conn);
		tls_play();
		tls_client_free(c);
		if (limit == 1)
			used = heap_figures().used_bytes;
	}
	assert_int_equal(heap_figures().used_bytes, used);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_slow_handshake_ends, clean),
		cmocka_unit_test_teardown(test_silent_clients_hold_nothing,
					  clean),
		cmocka_unit_test_teardown(test_silent_clients_give_way, clean),
		cmocka_unit_test_teardown(test_silent_clients_have_a_second,
					  clean),
		cmocka_unit_test_teardown(test_half_handshakes_give_way, clean),
		cmocka_unit_test_teardown(test_half_record_has_a_deadline,
					  clean),
		cmocka_unit_test_teardown(test_slow_owner_ends_nobody, clean),
		cmocka_unit_test_teardown(test_pool_is_shared, clean),
		cmocka_unit_test_teardown(test_reset_behind_the_end, clean),
		cmocka_unit_test_teardown(test_client_vanishes_at_every_byte,
					  clean),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
