// SPDX-License-Identifier: Apache-2.0
// Clients that are slow, silent, gone or too many.
#include "tests/unit/server_play.h"

static void test_client_leaves(void **state)
{
	uint8_t byte;
	size_t count = 0;

	(void)state;
	// While it waits: the request is gone.
	struct tls_session *s = client();
	say(s, GET);
	fake_tls_send_end(s, ERR_RESET);
	settle();
	assert_no_request();
	leave(s);
	// While the app has it: each call says so.
	s = client();
	say(s, GET);
	struct exchange *x = take();
	fake_tls_send_end(s, ERR_RESET);
	settle();
	assert_true(exchange_is_ready(x));
	assert_true(text_equal(exchange_request(x)->path, TEXT("/")));
	assert_int_equal(exchange_read(x, &byte, 1, &count), ERR_RESET);
	assert_int_equal(exchange_reply(x, 200, NULL, 0, 1), ERR_RESET);
	assert_int_equal(exchange_write(x, "a", 1, &count), ERR_RESET);
	exchange_end(x);
	leave(s);
	// In the middle of a body.
	s = client();
	say(s, POST "Content-Length: 3\r\n\r\na");
	fake_tls_send_end(s, ERR_CLOSED);
	settle();
	assert_no_request();
	assert_true(fake_tls_is_aborted(s));
	leave(s);
	// It ended its side only, and still waits for the answer.
	s = client();
	say(s, GET);
	fake_tls_send_end(s, ERR_CLOSED);
	settle();
	reply(take(), 200, "");
	assert_sent(s, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"
		       "Connection: close\r\n\r\n");
	leave(s);
}

static void test_times(void **state)
{
	uint64_t before = server_figures().timeouts;

	(void)state;
	// Nothing after the handshake.
	struct tls_session *s = client();
	pass(HTTP_HEAD_NS - 1);
	assert_false(fake_tls_is_closed(s));
	pass(1);
	assert_sent(s, "");
	leave(s);
	// A head that never ends, byte by byte.
	s = client();
	for (int i = 0; i < 10; i++) {
		assert_false(fake_tls_is_closed(s));
		say(s, "G");
		pass(SECOND);
	}
	assert_status(s, 408);
	pass(HTTP_LINGER_NS);
	leave(s);
	// Idle between requests.
	s = client();
	say(s, GET);
	reply(take(), 200, "");
	pass(HTTP_IDLE_NS - 1);
	assert_false(fake_tls_is_closed(s));
	pass(1);
	leave(s);
	// A request that the app never comes to.
	s = client();
	say(s, GET);
	pass(HTTP_QUEUE_NS);
	assert_status(s, 503);
	assert_no_request();
	pass(HTTP_LINGER_NS);
	leave(s);
	assert_int_equal(server_figures().timeouts, before + 3);
}

#define LONG (1024u * 1024u)

// The client sends `count` bytes of a body, each told by its place.
static void send_body(struct tls_session *s, size_t from, size_t count)
{
	uint8_t *bytes = malloc(count);

	for (size_t i = 0; i < count; i++)
		bytes[i] = (uint8_t)((from + i) * 7 / 3);
	fake_tls_send(s, bytes, count);
	free(bytes);
}

// Reads what is there of a body; returns why no more came.
static enum err read_some(struct exchange *x, size_t *total)
{
	static uint8_t piece[10000];

	for (;;) {
		size_t count = 0;
		enum err e = exchange_read(x, piece, sizeof(piece), &count);

		if (e != OK)
			return e;
		for (size_t i = 0; i < count; i++)
			assert_int_equal(piece[i],
					 (uint8_t)((*total + i) * 7 / 3));
		*total += count;
	}
}

// A long body is shown after 64 KiB, and never more than that is held.
static void test_long_body_streams(void **state)
{
	struct tls_session *s = client();
	size_t total = 0;

	(void)state;
	say(s, POST "Content-Length: 1048576\r\n\r\n");
	send_body(s, 0, EXCHANGE_BODY_WHOLE - 1);
	settle();
	assert_no_request();
	send_body(s, EXCHANGE_BODY_WHOLE - 1, 100000);
	settle();
	assert_int_equal(server_figures().body_bytes_held, EXCHANGE_BODY_WHOLE);
	assert_int_equal(fake_tls_unread(s), 100000 - 1);
	struct exchange *x = take();
	assert_int_equal(read_some(x, &total), ERR_AGAIN);
	assert_int_equal(total, EXCHANGE_BODY_WHOLE - 1 + 100000);
	for (size_t sent = total; sent < LONG; sent += 65536) {
		send_body(s, sent, min_size(65536, LONG - sent));
		settle();
		assert_true(exchange_is_ready(x));
		enum err e = read_some(x, &total);
		assert_int_equal(e, total == LONG ? ERR_CLOSED : ERR_AGAIN);
	}
	assert_int_equal(total, LONG);
	assert_int_equal(server_figures().body_bytes_held, 0);
	reply(x, 200, "");
	assert_sent(s, OK_EMPTY);
	leave(s);
}

// The app answers before a long body is read: the rest ends the connection.
static void test_long_body_unread(void **state)
{
	struct tls_session *s = client();

	(void)state;
	say(s, POST "Content-Length: 1048576\r\n\r\n");
	send_body(s, 0, 500000);
	settle();
	reply(take(), 200, "");
	assert_sent(s, OK_EMPTY);
	pass(HTTP_LINGER_NS);
	leave(s);
	assert_int_equal(server_figures().body_bytes_held, 0);
}

// One byte a second beside 64 clients that are served all the while: it never
// reaches the app, and is ended.
static void test_drip_beside_64(void **state)
{
	struct tls_session *others[64];
	struct tls_session *drip = client();
	unsigned int seconds = 0;

	(void)state;
	say(drip, POST "Content-Length: 1000\r\n\r\n");
	for (size_t i = 0; i < ARRAY_COUNT(others); i++)
		others[i] = client();
	for (; !*fake_tls_sent(drip, NULL); seconds++) {
		fake_tls_send(drip, "a", 1);
		for (size_t i = 0; i < ARRAY_COUNT(others); i++) {
			say(others[i], GET);
			reply(take(), 200, "");
			assert_sent(others[i], OK_EMPTY);
		}
		assert_no_request();
		assert_true(seconds < 60);
		pass(SECOND);
	}
	assert_in_range(seconds, HTTP_GATHER_GRACE_NS / SECOND,
			HTTP_GATHER_GRACE_NS / SECOND + 1);
	assert_status(drip, 408);
	pass(HTTP_LINGER_NS);
	leave(drip);
	for (size_t i = 0; i < ARRAY_COUNT(others); i++)
		leave(others[i]);
}

// A long body that turns into a drip once the app has it holds the app for the
// grace, and no longer.
static void test_drip_while_the_app_waits(void **state)
{
	struct tls_session *drip = client();
	struct tls_session *other = client();
	size_t total = 0;
	unsigned int steps = 0;

	(void)state;
	say(drip, POST "Content-Length: 1048576\r\n\r\n");
	send_body(drip, 0, EXCHANGE_BODY_WHOLE);
	settle();
	struct exchange *x = take();
	say(other, GET);
	while (read_some(x, &total) == ERR_AGAIN) {
		send_body(drip, total, 10);
		pass(SECOND / 4);
		assert_true(++steps < 60);
	}
	assert_in_range(steps, 8, 9);
	assert_status(drip, 408);
	exchange_end(x);
	reply(take(), 200, "");
	assert_sent(other, OK_EMPTY);
	pass(HTTP_LINGER_NS);
	leave(drip);
	leave(other);
}

static struct exchange *begin_endless(struct tls_session *s)
{
	say(s, POST "Content-Length: 4294967296\r\n\r\n");
	send_body(s, 0, EXCHANGE_BODY_WHOLE);
	settle();
	return take();
}

// Goes on at the least pace for `limit` seconds, or until the client is ended:
// returns after how many.
static unsigned int go_on(struct tls_session *s, struct exchange *x,
			  size_t *total, unsigned int limit)
{
	unsigned int seconds = 0;

	while (read_some(x, total) == ERR_AGAIN && seconds < limit) {
		fake_clock_add_ns(SECOND);
		send_body(s, *total, HTTP_PACE_BYTES_PER_SECOND + 100);
		settle();
		seconds++;
	}
	return seconds;
}

// At the least allowed pace a body goes on, but not for ever; and while others
// wait for the app, not for long, whenever they came.
static void test_least_pace(void **state)
{
	struct tls_session *s = client();
	size_t total = 0;

	(void)state;
	struct exchange *x = begin_endless(s);
	assert_int_equal(go_on(s, x, &total, 1000), HTTP_APP_TOTAL_NS / SECOND);
	exchange_end(x);
	pass(HTTP_LINGER_NS);
	leave(s);
	s = client();
	total = 0;
	x = begin_endless(s);
	assert_int_equal(go_on(s, x, &total, 30), 30);
	struct tls_session *other = client();
	say(other, GET);
	assert_int_equal(go_on(s, x, &total, 4), 4);
	// What they waited stays counted when they leave.
	fake_tls_send_end(other, ERR_RESET);
	settle();
	leave(other);
	assert_int_equal(go_on(s, x, &total, 30), 30);
	other = client();
	say(other, GET);
	assert_int_equal(go_on(s, x, &total, 1000),
			 HTTP_APP_CONTENDED_NS / SECOND - 4);
	assert_status(s, 408);
	exchange_end(x);
	reply(take(), 200, "");
	assert_sent(other, OK_EMPTY);
	pass(HTTP_LINGER_NS);
	leave(s);
	leave(other);
}

// Reads its reply at 20 KB/s while another waits: likewise.
static void test_slow_reader_while_others_wait(void **state)
{
	static const char piece[20000];
	struct tls_session *s = client();
	struct tls_session *other = client();
	unsigned int seconds = 0;
	size_t count;

	(void)state;
	say(s, GET);
	struct exchange *x = take();
	assert_int_equal(exchange_reply(x, 200, NULL, 0, 4u * MIB), OK);
	fake_tls_set_room(s, 0);
	say(other, GET);
	while (exchange_write(x, piece, sizeof(piece), &count) != ERR_RESET) {
		pass(SECOND);
		if (fake_tls_is_closed(s))
			continue;
		fake_tls_set_room(s, sizeof(piece));
		settle();
		assert_int_equal(
			exchange_write(x, piece, sizeof(piece), &count), OK);
		seconds++;
	}
	assert_int_equal(seconds, HTTP_APP_CONTENDED_NS / SECOND - 1);
	assert_true(fake_tls_is_aborted(s));
	exchange_end(x);
	reply(take(), 200, "");
	leave(s);
	leave(other);
}

// A client that doesn't read holds the app for the grace.
static void test_slow_reader(void **state)
{
	struct tls_session *s = client();
	size_t count = 0;

	(void)state;
	say(s, GET);
	struct exchange *x = take();
	assert_int_equal(exchange_reply(x, 200, NULL, 0, 1000), OK);
	fake_tls_set_room(s, 5);
	assert_int_equal(exchange_write(x, "0123456789", 10, &count), OK);
	assert_int_equal(count, 5);
	assert_int_equal(exchange_write(x, "56789", 5, &count), ERR_AGAIN);
	pass(HTTP_APP_GRACE_NS - 1);
	assert_false(exchange_is_ready(x));
	pass(1);
	assert_true(exchange_is_ready(x));
	assert_int_equal(exchange_write(x, "56789", 5, &count), ERR_RESET);
	exchange_end(x);
	assert_true(fake_tls_is_aborted(s));
	leave(s);
	// And one that doesn't read the end of an answer.
	s = client();
	say(s, GET);
	x = take();
	fake_tls_set_room(s, 5);
	reply(x, 200, "");
	pass(HTTP_FINISH_NS - 1);
	assert_false(fake_tls_is_closed(s));
	pass(1);
	assert_true(fake_tls_is_aborted(s));
	leave(s);
}

// The next request of a connection waits until the last answer is sent; an
// error and a lingering end wait as well.
static void test_answers_wait_to_be_sent(void **state)
{
	struct tls_session *s = client();

	(void)state;
	fake_tls_set_stuck(s, true);
	say(s, GET GET);
	reply(take(), 200, "");
	assert_no_request();
	assert_sent(s, "");
	fake_tls_set_stuck(s, false);
	settle();
	assert_sent(s, OK_EMPTY);
	fake_tls_set_stuck(s, true);
	reply(take(), 200, "");
	say(s, "bad\r\n\r\n");
	fake_tls_set_stuck(s, false);
	settle();
	assert_status(s, 200);
	fake_tls_set_stuck(s, true);
	say(s, "bad\r\n\r\n");
	pass(HTTP_FINISH_NS - 1);
	assert_true(fake_tls_is_closed(s));
	leave(s);
	s = client();
	fake_tls_set_stuck(s, true);
	say(s, "bad\r\n\r\n");
	pass(HTTP_FINISH_NS - 1);
	assert_false(fake_tls_is_closed(s));
	pass(1);
	assert_true(fake_tls_is_aborted(s));
	leave(s);
}

// Near the limit, those who have idled longest make room.
static void test_crowd(void **state)
{
	struct tls_session *s[HTTP_CROWD + 1];

	(void)state;
	for (size_t i = 0; i < HTTP_CROWD; i++)
		s[i] = client();
	say(s[0], GET);
	reply(take(), 200, "");
	pass(HTTP_IDLE_CROWDED_NS + 1);
	assert_true(fake_tls_is_closed(s[0]));
	assert_false(fake_tls_is_closed(s[1]));
	say(s[1], GET);
	struct tls_session *filler = client();
	struct tls_session *newer = client();
	assert_false(fake_tls_is_closed(s[1]));
	assert_true(fake_tls_is_closed(s[2]));
	assert_false(fake_tls_is_closed(s[3]));
	reply(take(), 200, "");
	leave(filler);
	leave(newer);
	for (size_t i = 0; i < HTTP_CROWD; i++)
		leave(s[i]);
	assert_int_equal(server_figures().clients, 0);
}

// What an idle client costs beside its connection and its session.
static void test_idle_bytes(void **state)
{
	(void)state;
	assert_in_range(sizeof(struct http_client), 1, 160);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_client_leaves),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_long_body_streams),
		cmocka_unit_test(test_long_body_unread),
		cmocka_unit_test(test_drip_beside_64),
		cmocka_unit_test(test_drip_while_the_app_waits),
		cmocka_unit_test(test_least_pace),
		cmocka_unit_test(test_slow_reader),
		cmocka_unit_test(test_slow_reader_while_others_wait),
		cmocka_unit_test(test_answers_wait_to_be_sent),
		cmocka_unit_test(test_crowd),
		cmocka_unit_test(test_idle_bytes),
	};

	return play_start() ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
