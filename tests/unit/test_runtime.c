// SPDX-License-Identifier: Apache-2.0
// The app's runtime, with an app that does what the path of each request asks
// for, and notes what its calls said.
#include <stdio.h>

#include "app/call.h"
#include "app/loader.h"
#include "app/request_copy.h"
#include "app/runtime.h"
#include "app/sdk/anchorhold.h"
#include "tests/unit/server_play.h"

static char buffer[APP_REQUEST_BYTES];
static struct app_request request;
static int64_t noted[16]; // results of the app's calls, in order
static unsigned int note_count;
static size_t capacity = sizeof(buffer);
static char body[200000];
static size_t body_bytes;

static void note(int64_t result)
{
	assert_true(note_count < ARRAY_COUNT(noted));
	noted[note_count++] = result;
}

static void do_hello(void)
{
	static const struct app_header type = { "Content-Type", "text/plain" };

	note(app_reply(200, &type, 1, "hello\n", 6));
}

static void do_pieces(void)
{
	note(app_reply_begin(200, NULL, 0, APP_LENGTH_UNKNOWN));
	note(app_reply_write("ab", 2));
	note(app_reply_write("", 0));
	note(app_reply_write("c", 1));
	note(app_reply_end());
	note(app_reply_end());
}

static void do_read(void)
{
	int64_t n;

	body_bytes = 0;
	while ((n = app_read_body(body + body_bytes, 10000)) > 0)
		body_bytes += (size_t)n;
	note(n);
	note(app_reply(200, NULL, 0, "", 0));
}

static void do_large(void)
{
	static char large[100000];

	memset(large, 'x', sizeof(large));
	note(app_reply(200, NULL, 0, large, sizeof(large)));
}

// Each broken rule has its result, and the request can still be answered.
static void do_wrong(void)
{
	static const struct app_header framing = { "Content-Length", "1" };
	static const struct app_header null_name = { NULL, "a" };
	static const struct app_header null_value = { "a", NULL };
	static char endless[9000];
	const struct app_header long_value = { "a", endless };
	size_t n = 1;

	memset(endless, 'a', sizeof(endless) - 1);
	note(app_reply_write("a", 1) == APP_WRONG_STATE);
	note(app_reply_end() == APP_WRONG_STATE);
	note(app_read_body(NULL, 1) == APP_BAD_ARGUMENT &&
	     app_read_body(body, 0) == APP_BAD_ARGUMENT);
	note(app_reply(200, &framing, 1, "", 0) == APP_BAD_ARGUMENT);
	note(app_reply(200, &null_name, 1, "", 0) == APP_BAD_ARGUMENT &&
	     app_reply(200, &null_value, 1, "", 0) == APP_BAD_ARGUMENT &&
	     app_reply(200, NULL, 1, "", 0) == APP_BAD_ARGUMENT &&
	     app_reply(200, NULL, 33, "", 0) == APP_BAD_ARGUMENT &&
	     app_reply(200, NULL, 0, NULL, 1) == APP_BAD_ARGUMENT);
	note(app_reply(200, &long_value, 1, "", 0) == APP_TOO_BIG);
	note(app_reply(99, NULL, 0, "", 0) == APP_BAD_ARGUMENT);
	note(app_next_request(NULL, buffer, 1) == APP_BAD_ARGUMENT);
	note(app_seal("", 0, "a", 1, body, &n) == APP_UNSUPPORTED &&
	     app_unseal("", 0, "a", 1, body, &n) == APP_UNSUPPORTED &&
	     app_log("a") == APP_UNSUPPORTED &&
	     app_connect("a") == APP_UNSUPPORTED);
	struct app_call unknown = { .number = 1000 };
	runtime_call(&unknown);
	note(unknown.result == APP_UNSUPPORTED);
	note(app_random(body, 3) == APP_OK && body[2] == 3 &&
	     app_random(NULL, 3) == APP_BAD_ARGUMENT);
	note(app_time_ns() == clock_now_ns());
	note(app_reply_begin(200, NULL, 0, 1) == APP_OK &&
	     app_reply_begin(200, NULL, 0, 1) == APP_WRONG_STATE &&
	     app_reply(200, NULL, 0, "", 0) == APP_WRONG_STATE);
	note(app_reply_write("ab", 2) == APP_TOO_BIG &&
	     app_reply_write(NULL, 1) == APP_BAD_ARGUMENT);
	note(app_reply_write("a", 1) == APP_OK && app_reply_end() == APP_OK);
	note(app_reply(200, NULL, 0, "", 0) == APP_NO_REQUEST &&
	     app_read_body(body, 1) == APP_NO_REQUEST &&
	     app_reply_write("a", 1) == APP_NO_REQUEST);
}

// Calls that end no request, and a wait for one that breaks the rule.
static void do_calls(void)
{
	for (int i = 0; i < 3000; i++) {
		(void)app_time_ns();
		(void)app_next_request(NULL, NULL, 0);
	}
	note(app_reply(200, NULL, 0, "", 0));
}

// Work for the processor: as many turns as it takes.
static void do_random(void)
{
	static uint8_t large[(9u << 20) / 2];

	note(app_random(large, sizeof(large)));
	note(large[sizeof(large) - 2] == 0xff);
	note(app_reply(200, NULL, 0, "", 0));
}

static void do_seal(void)
{
	static uint8_t plain[1 << 20], sealed[(1 << 20) + APP_SEAL_ADDS];

	for (int i = 0; i < 8; i++) {
		size_t n = sizeof(sealed);

		(void)app_seal("", 0, plain, sizeof(plain), sealed, &n);
		(void)app_unseal("", 0, plain, sizeof(plain), sealed, &n);
	}
	note(app_reply(200, NULL, 0, "", 0));
}

static void do_part(void)
{
	note(app_reply_begin(200, NULL, 0, APP_LENGTH_UNKNOWN));
	note(app_reply_write("a part", 6));
}

static void do_nothing(void)
{
}

static const struct {
	const char *path;
	void (*act)(void);
} acts[] = {
	{ "/hello", do_hello },   { "/pieces", do_pieces },
	{ "/read", do_read },     { "/large", do_large },
	{ "/wrong", do_wrong },   { "/calls", do_calls },
	{ "/random", do_random }, { "/seal", do_seal },
	{ "/part", do_part },     { "/nothing", do_nothing },
};

int app_entry(void)
{
	for (;;) {
		int result = app_next_request(&request, buffer, capacity);

		note_count = 0;
		if (result) {
			note(result);
			continue;
		}
		for (size_t i = 0; i < ARRAY_COUNT(acts); i++)
			if (strcmp(request.path, acts[i].path) == 0)
				acts[i].act();
	}
}

static void run(void)
{
	do
		settle();
	while (runtime_poll());
}

static struct tls_session *ask(const char *text)
{
	struct tls_session *s = client();

	say(s, text);
	run();
	return s;
}

static void test_hello(void **state)
{
	struct tls_session *s = ask("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");

	(void)state;
	assert_sent(s, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
		       "Content-Length: 6\r\n\r\nhello\n");
	assert_int_equal(noted[0], APP_OK);
	assert_false(runtime_poll());
	leave(s);
}

static void test_request_in_the_apps_memory(void **state)
{
	struct tls_session *s = ask("POST /nothing?q=1 HTTP/1.1\r\nHost: h\r\n"
				    "X: y\r\nContent-Length: 2\r\n\r\nab");

	(void)state;
	assert_string_equal(request.method, "POST");
	assert_string_equal(request.path, "/nothing");
	assert_string_equal(request.query, "q=1");
	assert_int_equal(request.header_count, 2);
	assert_string_equal(request.headers[0].name, "Host");
	assert_string_equal(request.headers[1].value, "y");
	assert_int_equal(request.body_length, 2);
	assert_in_range((uintptr_t)request.query, (uintptr_t)buffer,
			(uintptr_t)buffer + sizeof(buffer));
	// Nobody answered it.
	assert_status(s, 500);
	leave(s);
}

static void test_head_too_large_for_the_app(void **state)
{
	struct tls_session *s;

	(void)state;
	// The app waits with the old capacity already; the next call has this.
	capacity = 20;
	leave(ask("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"));
	s = ask("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
	assert_status(s, 500);
	assert_int_equal(noted[0], APP_TOO_BIG);
	assert_string_equal(request.path, "/hello");
	capacity = sizeof(buffer);
	leave(s);
	leave(ask("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"));
}

// Whatever the capacity and the alignment, nothing is written outside.
static void test_copy_bounds(void **state)
{
	const struct exchange_header headers[] = {
		{ TEXT("Host"), TEXT("a") },
		{ TEXT("X"), TEXT("") },
	};
	const struct exchange_request r = {
		.method = TEXT("GET"),
		.path = TEXT("/"),
		.query = TEXT(""),
		.headers = headers,
		.header_count = 2,
	};
	size_t fits = 0;

	(void)state;
	for (size_t skew = 0; skew < 8; skew++)
		for (size_t n = 0; n < 80; n++) {
			char *memory = malloc(n + skew);
			struct app_request copy = { .path = "untouched" };
			enum err e = request_copy(&r, memory + skew, n, &copy);

			if (e == OK)
				fits++;
			else
				assert_string_equal(copy.path, "untouched");
			free(memory);
		}
	assert_true(fits > 0);
}

static void test_pieces(void **state)
{
	static const int64_t results[] = { APP_OK, APP_OK, APP_OK,
					   APP_OK, APP_OK, APP_NO_REQUEST };
	struct tls_session *s = ask("GET /pieces HTTP/1.1\r\nHost: a\r\n\r\n");

	(void)state;
	assert_sent(s, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
		       "2\r\nab\r\n1\r\nc\r\n0\r\n\r\n");
	assert_memory_equal(noted, results, sizeof(results));
	leave(s);
}

static void test_long_body(void **state)
{
	struct tls_session *s = client();

	(void)state;
	say(s,
	    "POST /read HTTP/1.1\r\nHost: a\r\nContent-Length: 150000\r\n\r\n");
	for (int i = 0; i < 15; i++) {
		char piece[10000];
		memset(piece, 'a' + i, sizeof(piece));
		fake_tls_send(s, piece, sizeof(piece));
		run();
	}
	assert_int_equal(noted[0], 0);
	assert_int_equal(body_bytes, 150000);
	assert_int_equal(body[149999], 'a' + 14);
	assert_sent(s, OK_EMPTY);
	leave(s);
}

static void test_client_goes(void **state)
{
	struct tls_session *s = client();

	(void)state;
	say(s,
	    "POST /read HTTP/1.1\r\nHost: a\r\nContent-Length: 150000\r\n\r\n");
	fake_tls_send(s, body, 70000);
	run();
	fake_tls_send_end(s, ERR_RESET);
	run();
	assert_int_equal(noted[0], APP_CLIENT_GONE);
	assert_int_equal(noted[1], APP_CLIENT_GONE);
	leave(s);
	leave(ask("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"));
}

// One call's body goes out in as many turns as the client needs.
static void test_large_reply(void **state)
{
	struct tls_session *s = client();
	size_t total = 0;

	(void)state;
	fake_tls_set_room(s, 0);
	say(s, "GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
	while (total < 100000) {
		size_t count = 0;

		run();
		fake_tls_set_room(s, 30000);
		run();
		fake_tls_sent(s, &count);
		total += count;
		fake_tls_forget(s);
	}
	assert_int_equal(total, 100000 + strlen("HTTP/1.1 200 OK\r\n"
						"Content-Length: 100000\r\n"
						"\r\n"));
	assert_int_equal(noted[0], APP_OK);
	leave(s);
}

static void test_wrong_calls(void **state)
{
	struct tls_session *s = ask("GET /wrong HTTP/1.1\r\nHost: a\r\n\r\n");

	(void)state;
	assert_int_equal(note_count, 16);
	for (unsigned int i = 0; i < note_count; i++)
		if (!noted[i])
			fail_msg("call %u", i);
	assert_sent(s, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na");
	leave(s);
}

// Many waiting requests don't keep the loop from its other work.
static void test_turns_are_bounded(void **state)
{
	struct tls_session *s[40];
	unsigned int turns = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(s); i++) {
		s[i] = client();
		say(s[i], "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
	}
	while (runtime_poll())
		turns++;
	assert_in_range(turns, 3, 4);
	for (size_t i = 0; i < ARRAY_COUNT(s); i++) {
		assert_status(s[i], 200);
		leave(s[i]);
	}
}

// An app that calls without end doesn't keep the loop from the network.
static void test_calls_are_bounded(void **state)
{
	struct tls_session *s = client();
	unsigned int turns = 0;

	(void)state;
	say(s, "GET /calls HTTP/1.1\r\nHost: a\r\n\r\n");
	while (runtime_poll())
		turns++;
	assert_in_range(turns, 5, 7);
	assert_status(s, 200);
	leave(s);
}

static unsigned int turns_of(const char *text)
{
	struct tls_session *s = client();
	unsigned int turns = 0;

	say(s, text);
	while (runtime_poll())
		turns++;
	assert_status(s, 200);
	leave(s);
	return turns;
}

static void test_crypto_is_bounded(void **state)
{
	(void)state;
	assert_in_range(turns_of("GET /random HTTP/1.1\r\nHost: a\r\n\r\n"), 5,
			6);
	assert_int_equal(noted[0], APP_OK);
	assert_int_equal(noted[1], 1);
	assert_in_range(turns_of("GET /seal HTTP/1.1\r\nHost: a\r\n\r\n"), 16,
			18);
}

// An app that goes on without app_reply_end: the client can't take what came
// for the whole, whatever its version; for HEAD nothing is missing.
static void test_part_is_not_the_whole(void **state)
{
	struct tls_session *s = ask("GET /part HTTP/1.1\r\nHost: a\r\n\r\n");

	(void)state;
	assert_true(fake_tls_is_aborted(s));
	assert_null(strstr(fake_tls_sent(s, NULL), "\r\n0\r\n\r\n"));
	fake_tls_free(s);
	s = ask("GET /part HTTP/1.0\r\n\r\n");
	assert_true(fake_tls_is_aborted(s));
	fake_tls_free(s);
	s = ask("HEAD /part HTTP/1.1\r\nHost: a\r\n\r\n");
	assert_false(fake_tls_is_closed(s));
	assert_status(s, 200);
	leave(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hello),
		cmocka_unit_test(test_request_in_the_apps_memory),
		cmocka_unit_test(test_head_too_large_for_the_app),
		cmocka_unit_test(test_copy_bounds),
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_long_body),
		cmocka_unit_test(test_client_goes),
		cmocka_unit_test(test_large_reply),
		cmocka_unit_test(test_wrong_calls),
		cmocka_unit_test(test_turns_are_bounded),
		cmocka_unit_test(test_calls_are_bounded),
		cmocka_unit_test(test_crypto_is_bounded),
		cmocka_unit_test(test_part_is_not_the_whole),
	};

	if (!play_start() || runtime_init() != OK)
		return 1;
	run();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
