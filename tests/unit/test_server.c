// SPDX-License-Identifier: Apache-2.0
// The server between clients in memory and an app that the test plays itself.
#include "tests/unit/server_play.h"

static void test_keep_alive(void **state)
{
	struct tls_session *s = client();

	(void)state;
	for (int i = 0; i < 3; i++) {
		say(s, GET);
		reply(take(), 200, "hi\n");
		assert_sent(s, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n"
			       "hi\n");
	}
	assert_false(fake_tls_is_closed(s));
	leave(s);
}

static void test_one_flush_a_reply(void **state)
{
	struct tls_session *s = client();

	(void)state;
	say(s, GET);
	unsigned int flushes = fake_tls_flushes(s);
	reply(take(), 200, "hi\n");
	assert_int_equal(fake_tls_flushes(s), flushes + 1);
	leave(s);
}

static void test_the_request(void **state)
{
	struct tls_session *s = client();
	struct exchange *x;

	(void)state;
	say(s, "GET /a/b?c=d HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n");
	x = take();
	const struct exchange_request *r = exchange_request(x);
	assert_true(text_equal(r->method, TEXT("GET")));
	assert_true(text_equal(r->path, TEXT("/a/b")));
	assert_true(text_equal(r->query, TEXT("c=d")));
	assert_int_equal(r->header_count, 2);
	assert_true(text_equal(r->headers[1].value, TEXT("y")));
	assert_true(!r->has_body && r->body_length_known);
	reply(x, 204, "");
	assert_sent(s, "HTTP/1.1 204 No Content\r\n\r\n");
	leave(s);
}

static void test_pipelining(void **state)
{
	struct tls_session *s = client();
	char *head = calloc(1, 4000);

	(void)state;
	// The second head is longer than the first buffer.
	strcpy(head, "GET /2 HTTP/1.1\r\nHost: a\r\nX: ");
	memset(head + strlen(head), 'a', 3000);
	strcat(head, "\r\n\r\n");
	fake_tls_send(s, GET, sizeof(GET) - 1);
	fake_tls_send(s, head, strlen(head));
	say(s, POST "Content-Length: 3\r\n\r\nabc" GET);
	free(head);

	reply(take(), 200, "1");
	struct exchange *x = take();
	assert_true(text_equal(exchange_request(x)->path, TEXT("/2")));
	assert_no_request();
	reply(x, 200, "2");
	x = take();
	uint8_t body[8];
	size_t count = 0;
	assert_int_equal(exchange_read(x, body, sizeof(body), &count), OK);
	assert_memory_equal(body, "abc", count);
	assert_int_equal(exchange_read(x, body, sizeof(body), &count),
			 ERR_CLOSED);
	reply(x, 200, "3");
	reply(take(), 200, "4");
	assert_no_request();
	leave(s);
}

static void test_unread_body_is_skipped(void **state)
{
	struct tls_session *s = client();

	(void)state;
	say(s, POST
	    "Content-Length: 28\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n  " GET);
	reply(take(), 200, "");
	struct exchange *x = take();
	assert_true(text_equal(exchange_request(x)->path, TEXT("/")));
	reply(x, 200, "");
	leave(s);
}

static void test_connection_close(void **state)
{
	struct tls_session *s = client();

	(void)state;
	say(s, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" GET);
	reply(take(), 200, "");
	assert_sent(s, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"
		       "Connection: close\r\n\r\n");
	assert_true(fake_tls_is_closed(s) && !fake_tls_is_aborted(s));
	assert_no_request();
	leave(s);
}

static void test_http10(void **state)
{
	struct tls_session *s = client();
	size_t count = 0;

	(void)state;
	say(s, "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
	reply(take(), 200, "");
	assert_sent(s, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"
		       "Connection: keep-alive\r\n\r\n");
	// No chunks for it: the end of the connection ends the body.
	say(s, "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
	struct exchange *x = take();
	assert_int_equal(exchange_reply(x, 200, NULL, 0, EXCHANGE_CHUNKED), OK);
	assert_int_equal(exchange_write(x, "ab", 2, &count), OK);
	exchange_end(x);
	assert_sent(s, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nab");
	assert_true(fake_tls_is_closed(s) && !fake_tls_is_aborted(s));
	leave(s);
}

static void test_head_method(void **state)
{
	struct tls_session *s = client();

	(void)state;
	say(s, "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
	reply(take(), 200, "hi\n");
	assert_sent(s, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n");
	// It may be ended without its body, too.
	say(s, "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
	struct exchange *x = take();
	assert_int_equal(exchange_reply(x, 200, NULL, 0, 1000), OK);
	exchange_end(x);
	assert_sent(s, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
	leave(s);
}

static void test_chunked_both_ways(void **state)
{
	struct tls_session *s = client();
	uint8_t body[16];
	size_t count = 0;

	(void)state;
	say(s, POST "Transfer-Encoding: chunked\r\n\r\n5\r\nhel");
	assert_no_request();
	say(s, "lo\r\n0\r\nX: y\r\n\r\n" GET);
	struct exchange *x = take();
	assert_true(exchange_request(x)->has_body);
	assert_false(exchange_request(x)->body_length_known);
	assert_int_equal(exchange_read(x, body, sizeof(body), &count), OK);
	assert_int_equal(count, 5);
	assert_int_equal(exchange_reply(x, 200, NULL, 0, EXCHANGE_CHUNKED), OK);
	assert_int_equal(exchange_write(x, "hello", 5, &count), OK);
	assert_int_equal(exchange_write(x, "", 0, &count), OK);
	assert_int_equal(exchange_write(x, "again and again", 15, &count), OK);
	exchange_end(x);
	assert_sent(s, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
		       "5\r\nhello\r\nf\r\nagain and again\r\n0\r\n\r\n");
	reply(take(), 200, "");
	leave(s);
}

// Whatever the room, the same bytes come out.
static void test_small_rooms(void **state)
{
	static const char wanted[] =
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
		"5\r\nhello\r\n0\r\n\r\n";

	(void)state;
	for (size_t room = 0; room < sizeof(wanted); room++) {
		struct tls_session *s = client();
		size_t written = 0;

		say(s, GET);
		struct exchange *x = take();
		fake_tls_set_room(s, room);
		assert_int_equal(
			exchange_reply(x, 200, NULL, 0, EXCHANGE_CHUNKED), OK);
		while (written < 5) {
			size_t n = 0;
			enum err e = exchange_write(x, &"hello"[written],
						    5 - written, &n);
			written += n;
			if (e == ERR_AGAIN) {
				assert_false(exchange_is_ready(x));
				fake_tls_set_room(s, 1);
				settle();
				assert_true(exchange_is_ready(x));
			} else {
				assert_int_equal(e, OK);
			}
		}
		exchange_end(x);
		settle();
		fake_tls_set_room(s, SIZE_MAX);
		settle();
		assert_sent(s, wanted);
		say(s, GET);
		reply(take(), 200, "");
		leave(s);
	}
}

// One byte at a time reads the same as all at once.
static void test_single_bytes(void **state)
{
	static const char requests[] = POST
		"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n" POST
		"Content-Length: 4\r\n\r\nabcd" GET;
	struct tls_session *s = client();
	unsigned int answered = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(requests) - 1; i++) {
		struct exchange *x = NULL;

		fake_tls_send(s, requests + i, 1);
		settle();
		if (exchange_next(&x) == OK) {
			reply(x, 200, "");
			answered++;
		}
	}
	assert_int_equal(answered, 3);
	leave(s);
}

static void test_expect_continue(void **state)
{
	struct tls_session *s = client();

	(void)state;
	say(s, POST "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n");
	assert_sent(s, "HTTP/1.1 100 Continue\r\n\r\n");
	assert_no_request();
	say(s, "ab");
	reply(take(), 200, "");
	assert_sent(s, OK_EMPTY);
	// The body is there already: nothing to wait for.
	say(s, POST "Expect: 100-continue\r\nContent-Length: 2\r\n\r\nab");
	reply(take(), 200, "");
	assert_sent(s, OK_EMPTY);
	// No body, or an old client: no 100.
	say(s, "GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n");
	reply(take(), 200, "");
	assert_sent(s, OK_EMPTY);
	say(s, "POST / HTTP/1.0\r\nExpect: 100-continue\r\n"
	       "Content-Length: 2\r\n\r\n");
	assert_sent(s, "");
	leave(s);
}

static void test_body_not_wanted(void **state)
{
	struct tls_session *s = client();

	(void)state;
	say(s, POST "Expect: 100-continue\r\n"
		    "Content-Length: 4294967297\r\n\r\n");
	assert_status(s, 413);
	pass(2 * SECOND);
	leave(s);
}

static const struct {
	const char *bytes;
	unsigned int status;
} refused[] = {
	{ "GET / HTTP/1.1\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\nHost: a\r\n\r\n", 400 },
	{ "GET //a HTTP/1.1\r\nHost: a\r\n\r\n", 400 },
	{ "GET https://b/ HTTP/1.1\r\nHost: a\r\n\r\n", 400 },
	{ "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", 501 },
	{ "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505 },
	{ POST "Expect: x\r\n\r\n", 417 },
	{ POST "Transfer-Encoding: gzip\r\n\r\n", 501 },
	{ POST "Transfer-Encoding: chunked\r\n\r\n5\nhello", 400 },
	{ POST "Transfer-Encoding: chunked\r\n\r\nz", 400 },
};

// One refusal, marked as the end, and nothing behind it is looked at.
static void test_refusals(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(refused); i++) {
		uint64_t before = server_figures().refused;
		struct tls_session *s = client();

		fake_tls_send(s, refused[i].bytes, strlen(refused[i].bytes));
		say(s, GET);
		assert_non_null(strstr(fake_tls_sent(s, NULL),
				       "Connection: close\r\n"));
		assert_status(s, refused[i].status);
		assert_no_request();
		say(s, GET);
		assert_int_equal(fake_tls_unread(s), 0);
		pass(HTTP_LINGER_NS);
		assert_true(fake_tls_is_closed(s) && !fake_tls_is_aborted(s));
		assert_sent(s, "");
		assert_int_equal(server_figures().refused, before + 1);
		leave(s);
	}
}

static void test_long_heads(void **state)
{
	char *bytes = malloc(40000);
	struct tls_session *s = client();

	(void)state;
	memset(bytes, 'a', 40000);
	memcpy(bytes, "GET /", 5);
	fake_tls_send(s, bytes, 40000);
	settle();
	assert_status(s, 414);
	pass(HTTP_LINGER_NS);
	leave(s);

	s = client();
	memcpy(bytes, GET, sizeof(GET) - 1);
	bytes[sizeof(GET) - 3] = 'X';
	bytes[sizeof(GET) - 2] = ':';
	fake_tls_send(s, bytes, 40000);
	settle();
	assert_status(s, 431);
	pass(HTTP_LINGER_NS);
	leave(s);
	free(bytes);
}

static const struct {
	const char *line;
	unsigned int status;
	const char *text;
} well_known[] = {
	{ "GET /.well-known/anchorhold", 200, "not running under SEV-SNP" },
	{ "GET /.well-known/anchorhold/", 200, "not running under SEV-SNP" },
	{ "GET /.well-known/anchorhold/evidence?nonce="
	  "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
	  501, "no evidence" },
	{ "GET /.well-known/anchorhold/evidence", 501, "no evidence" },
	{ "GET /.well-known/anchorhold/evidence?nonce=AA", 501, "no evidence" },
	{ "GET /.well-known/anchorhold/policy", 200, "\r\n\r\n\xa0" },
	{ "GET /.well-known/anchorhold/x", 404, "not-found" },
	{ "POST /.well-known/anchorhold/", 405, "Allow: GET, HEAD\r\n" },
};

static void test_well_known(void **state)
{
	struct tls_session *s = client();

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(well_known); i++) {
		say(s, well_known[i].line);
		say(s, " HTTP/1.1\r\nHost: a\r\n\r\n");
		const char *sent = fake_tls_sent(s, NULL);
		assert_non_null(strstr(sent, well_known[i].text));
		assert_non_null(strstr(sent, "Cache-Control: no-store\r\n"));
		assert_status(s, well_known[i].status);
		assert_no_request();
	}
	say(s, "HEAD /.well-known/anchorhold/ HTTP/1.1\r\nHost: a\r\n\r\n");
	const char *sent = fake_tls_sent(s, NULL);
	assert_string_equal(sent + strlen(sent) - 4, "\r\n\r\n");
	assert_status(s, 200);
	// A body is read over, and the next request is found behind it.
	say(s, "POST /.well-known/anchorhold/ HTTP/1.1\r\nHost: a\r\n"
	       "Content-Length: 3\r\n\r\nabc" GET);
	assert_status(s, 405);
	reply(take(), 200, "");
	say(s, "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n");
	leave(s);
}

static void test_reply_checks(void **state)
{
	static const struct exchange_header bad[] = {
		{ { "Content-Length", 14 }, { "1", 1 } },
		{ { "transfer-encoding", 17 }, { "chunked", 7 } },
		{ { "Connection", 10 }, { "close", 5 } },
		{ { "Date", 4 }, { "x", 1 } },
		{ { "X Y", 3 }, { "a", 1 } },
		{ { "", 0 }, { "a", 1 } },
		{ { "X", 1 }, { "a\r\nY: b", 7 } },
		{ { "X", 1 }, { "a\0b", 3 } },
		{ { "X:", 2 }, { "a", 1 } },
	};
	struct tls_session *s = client();

	(void)state;
	say(s, GET);
	struct exchange *x = take();
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++)
		assert_int_equal(exchange_reply(x, 200, &bad[i], 1, 0),
				 ERR_BAD_INPUT);
	assert_int_equal(exchange_reply(x, 199, NULL, 0, 0), ERR_BAD_INPUT);
	assert_int_equal(exchange_reply(x, 600, NULL, 0, 0), ERR_BAD_INPUT);
	assert_int_equal(exchange_reply(x, 204, NULL, 0, 1), ERR_BAD_INPUT);
	assert_int_equal(exchange_reply(x, 304, NULL, 0, EXCHANGE_CHUNKED),
			 ERR_BAD_INPUT);
	static char large[9000];
	memset(large, 'a', sizeof(large));
	const struct exchange_header big = { TEXT("X"),
					     { large, sizeof(large) } };
	assert_int_equal(exchange_reply(x, 200, &big, 1, 0), ERR_TOO_BIG);
	reply(x, 200, "");
	assert_sent(s, OK_EMPTY);
	leave(s);
}

static void test_answers_that_fall_short(void **state)
{
	struct tls_session *s = client();
	size_t count = 0;

	(void)state;
	// None at all: 500, and the connection goes on.
	say(s, GET);
	exchange_end(take());
	assert_status(s, 500);
	// More than announced is refused, less breaks the connection.
	say(s, GET);
	struct exchange *x = take();
	assert_int_equal(exchange_reply(x, 200, NULL, 0, 4), OK);
	assert_int_equal(exchange_write(x, "abcde", 5, &count), ERR_TOO_BIG);
	assert_int_equal(exchange_write(x, "abc", 3, &count), OK);
	exchange_end(x);
	assert_true(fake_tls_is_aborted(s));
	leave(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keep_alive),
		cmocka_unit_test(test_one_flush_a_reply),
		cmocka_unit_test(test_the_request),
		cmocka_unit_test(test_pipelining),
		cmocka_unit_test(test_unread_body_is_skipped),
		cmocka_unit_test(test_connection_close),
		cmocka_unit_test(test_http10),
		cmocka_unit_test(test_head_method),
		cmocka_unit_test(test_chunked_both_ways),
		cmocka_unit_test(test_small_rooms),
		cmocka_unit_test(test_single_bytes),
		cmocka_unit_test(test_expect_continue),
		cmocka_unit_test(test_body_not_wanted),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_long_heads),
		cmocka_unit_test(test_well_known),
		cmocka_unit_test(test_reply_checks),
		cmocka_unit_test(test_answers_that_fall_short),
	};

	return play_start() ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
