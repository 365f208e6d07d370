// SPDX-License-Identifier: Apache-2.0
// Records that a client has sealed well, with content that it must not have,
// or needn't have: who holds the keys isn't thereby a friend.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/num.h"
#include "tests/fake/conn_pipe.h"
#include "tests/fake/tls_client.h"
#include "tests/fake/tls_sealer.h"
#include "tls/record_watch.h"

#define TYPE_DATA 23

#define ALERT_UNEXPECTED_MESSAGE 10
#define ALERT_RECORD_OVERFLOW 22
#define ALERT_DECODE_ERROR 50

static uint8_t zeros[RECORD_CLEAR_LIMIT + 400];

static int start(void **state)
{
	(void)state;
	tls_play_start();
	tls_sealer_start();
	return 0;
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

static struct tls_client *connected(struct tls_sealer *s)
{
	struct tls_client *c = tls_client_kept();

	tls_sealer_init(s);
	return c;
}

// The session ends at once, with this alert, and nothing reached its owner.
static void expect_refused(const void *inner, size_t count, int alert)
{
	struct tls_sealer s;
	struct tls_client *c = connected(&s);
	struct tls_owner *o = tls_newest;

	tls_sealer_send(&s, c->conn, inner, count);
	tls_play();
	assert_int_equal(o->ended, ERR_RESET);
	assert_int_equal(o->count, 0);
	tls_owner_abort(o);
	assert_int_equal(pipe_end(c->conn), PIPE_CLOSED);
	tls_play();
	assert_int_equal(tls_client_alert(c), alert);
	tls_client_free(c);
}

static void expect_read(struct tls_client *c, const char *text)
{
	tls_play();
	assert_int_equal(tls_newest->ended, OK);
	assert_int_equal(tls_newest->count, strlen(text));
	assert_memory_equal(tls_newest->bytes, text, strlen(text));
	assert_int_equal(tls_figures().records_held, 0);
	tls_owner_abort(tls_newest);
	tls_client_free(c);
}

static void test_good_records_are_read(void **state)
{
	struct tls_sealer s;
	struct tls_client *c = connected(&s);

	(void)state;
	tls_sealer_send(&s, c->conn, "abc\x17", 4);
	tls_sealer_send(&s, c->conn, "def\x17\0\0\0", 7);
	expect_read(c, "abcdef");
}

// RFC 8446 5.4.
static void test_records_without_a_type(void **state)
{
	static const size_t counts[] = { 0, 1, 2, 100, RECORD_CLEAR_LIMIT + 1 };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(counts); i++)
		expect_refused(zeros, counts[i], ALERT_UNEXPECTED_MESSAGE);
}

// RFC 8446 5 and 5.4: the types that may come, and none of them empty.
static void test_records_of_a_wrong_type(void **state)
{
	static const struct {
		const char *inner;
		size_t count;
		int alert;
	} cases[] = {
		{ "\x14", 1, ALERT_UNEXPECTED_MESSAGE },
		{ "\x15", 1, ALERT_UNEXPECTED_MESSAGE },
		{ "\x16", 1, ALERT_UNEXPECTED_MESSAGE },
		{ "\x16\0\0\0", 4, ALERT_UNEXPECTED_MESSAGE },
		{ "\x01\x14", 2, ALERT_UNEXPECTED_MESSAGE },
		{ "\x02\x14", 2, ALERT_UNEXPECTED_MESSAGE },
		{ "\x01\x01\x14", 3, ALERT_UNEXPECTED_MESSAGE },
		{ "abc\x18", 4, ALERT_UNEXPECTED_MESSAGE },
		{ "abc\x63", 4, ALERT_UNEXPECTED_MESSAGE },
		{ "\x02\x15", 2, ALERT_DECODE_ERROR },
		// Handshake messages: whole, a part, no more than a header.
		{ "\x18\0\0\x01\0\x16", 6, ALERT_UNEXPECTED_MESSAGE },
		{ "\x18\0\0\x01\x16", 5, ALERT_UNEXPECTED_MESSAGE },
		{ "\x0b\0\x10\0abc\x16", 8, ALERT_UNEXPECTED_MESSAGE },
		{ "\x01\xff\xff\xff\x16", 5, ALERT_UNEXPECTED_MESSAGE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
		expect_refused(cases[i].inner, cases[i].count, cases[i].alert);
}

// RFC 8446 6: whatever the level. Nothing is said to who is leaving.
static void test_alerts_end_the_session(void **state)
{
	static const char *const alerts[] = {
		"\x01\x28\x15", "\x02\x28\x15", "\x01\x64\x15",
		"\x01\xff\x15", "\x03\x28\x15", "\xff\x0a\x15",
	};

	(void)state;
	for (size_t i = 0; i < 2 * ARRAY_COUNT(alerts); i++) {
		struct tls_sealer s;
		struct tls_client *c = connected(&s);

		tls_sealer_send(&s, c->conn, alerts[i / 2], 3);
		if (i % 2 == 0)
			tls_sealer_send(&s, c->conn, "abc\x17", 4);
		tls_play();
		assert_int_equal(tls_newest->ended, ERR_RESET);
		assert_int_equal(tls_newest->count, 0);
		tls_owner_abort(tls_newest);
		assert_int_equal(pipe_end(c->conn), PIPE_ABORTED);
		assert_int_equal(tls_client_alert(c), 0);
		tls_client_free(c);
	}
}

// RFC 8446 6.1: user_canceled is a closure alert, and close_notify follows it.
static void test_user_canceled_is_no_error(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		struct tls_sealer s;
		struct tls_client *c = connected(&s);

		tls_sealer_send(&s, c->conn, "\x01\x5a\x15", 3);
		if (i == 1)
			tls_play();
		tls_sealer_send(&s, c->conn, "abc\x17", 4);
		tls_play();
		assert_int_equal(tls_newest->count, 3);
		tls_sealer_send(&s, c->conn, "\x01\0\x15", 3);
		tls_play();
		assert_int_equal(tls_newest->ended, ERR_CLOSED);
		tls_owner_abort(tls_newest);
		tls_client_free(c);
	}
}

// RFC 8446 5.2. The limit itself is read, as data.
static void test_length_of_a_record(void **state)
{
	static uint8_t inner[RECORD_CLEAR_LIMIT + 256];
	struct tls_sealer s;
	struct tls_client *c = connected(&s);

	(void)state;
	memset(inner, 'x', sizeof(inner));
	inner[RECORD_CLEAR_LIMIT] = TYPE_DATA;
	tls_sealer_send(&s, c->conn, inner, RECORD_CLEAR_LIMIT + 1);
	tls_play();
	assert_int_equal(tls_newest->count, RECORD_CLEAR_LIMIT);
	tls_owner_abort(tls_newest);
	tls_client_free(c);
	for (size_t n = RECORD_CLEAR_LIMIT + 1; n < sizeof(inner); n += 17) {
		inner[n - 1] = 'x';
		inner[n] = TYPE_DATA;
		expect_refused(inner, n + 1, ALERT_RECORD_OVERFLOW);
		inner[n] = 'x';
	}
	for (size_t n = 2; n <= 16; n++)
		expect_refused(zeros, RECORD_CLEAR_LIMIT + n,
			       ALERT_RECORD_OVERFLOW);
}

static void send_empty(struct tls_sealer *s, struct tls_client *c,
		       unsigned int count)
{
	for (unsigned int i = 0; i < count; i++)
		tls_sealer_send(s, c->conn, "\x17\0\0", 1 + i % 3);
}

// RFC 8446 5.1 allows them.
static void test_empty_records_are_skipped(void **state)
{
	struct tls_sealer s;
	struct tls_client *c = connected(&s);

	(void)state;
	send_empty(&s, c, RECORD_BARREN_LIMIT - 1);
	tls_sealer_send(&s, c->conn, "abc\x17", 4);
	send_empty(&s, c, RECORD_BARREN_LIMIT - 1);
	tls_sealer_send(&s, c->conn, "def\x17", 4);
	expect_read(c, "abcdef");
}

// The same, in a loop turn each, so that each comes without a buffer.
static void test_empty_records_one_by_one(void **state)
{
	struct tls_sealer s;
	struct tls_client *c = connected(&s);

	(void)state;
	for (unsigned int i = 0; i < RECORD_BARREN_LIMIT - 1; i++) {
		send_empty(&s, c, 1);
		tls_play();
		assert_int_equal(tls_figures().records_held, 0);
	}
	tls_sealer_send(&s, c->conn, "abc\x17", 4);
	expect_read(c, "abc");
}

static void test_empty_records_have_a_bound(void **state)
{
	struct tls_sealer s;
	struct tls_client *c = connected(&s);
	struct tls_owner *o = tls_newest;

	(void)state;
	send_empty(&s, c, RECORD_BARREN_LIMIT);
	tls_play();
	assert_int_equal(o->ended, OK);
	send_empty(&s, c, 1);
	tls_play();
	assert_int_equal(o->ended, ERR_RESET);
	tls_owner_abort(o);
	tls_play();
	assert_int_equal(tls_client_alert(c), ALERT_UNEXPECTED_MESSAGE);
	tls_client_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_good_records_are_read, clean),
		cmocka_unit_test_teardown(test_records_without_a_type, clean),
		cmocka_unit_test_teardown(test_records_of_a_wrong_type, clean),
		cmocka_unit_test_teardown(test_alerts_end_the_session, clean),
		cmocka_unit_test_teardown(test_user_canceled_is_no_error,
					  clean),
		cmocka_unit_test_teardown(test_length_of_a_record, clean),
		cmocka_unit_test_teardown(test_empty_records_are_skipped,
					  clean),
		cmocka_unit_test_teardown(test_empty_records_one_by_one, clean),
		cmocka_unit_test_teardown(test_empty_records_have_a_bound,
					  clean),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
