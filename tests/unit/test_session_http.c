// SPDX-License-Identifier: Apache-2.0
// The client's HTTP: what a lying server may send, and what a caller may ask to
// be sent.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/num.h"
#include "client/http_body.h"
#include "client/http_request.h"
#include "client/http_url.h"

#define OK_LINE "HTTP/1.1 200 OK\r\n"

static struct http_answer answer;

static enum err parse(const char *head)
{
	return http_answer_parse(text_of(head), false, &answer);
}

static void test_answer(void **state)
{
	struct text value;

	(void)state;
	assert_int_equal(
		parse(OK_LINE "Content-Length: 5\r\nA:\t b c \r\n\r\n"), OK);
	assert_int_equal(answer.status, 200);
	assert_int_equal(answer.framing, HTTP_LENGTH);
	assert_int_equal(answer.length, 5);
	assert_false(answer.is_last);
	assert_int_equal(http_answer_field(&answer, "a", &value), OK);
	assert_true(text_equal(value, TEXT("b c")));
	assert_int_equal(http_answer_field(&answer, "b", &value),
			 ERR_NOT_FOUND);
	assert_int_equal(parse("HTTP/1.1 404\r\n\r\n"), OK);
	assert_int_equal(answer.framing, HTTP_UNTIL_END);
	assert_true(answer.is_last);
	assert_int_equal(parse("HTTP/1.1 204 x\r\n\r\n"), OK);
	assert_int_equal(answer.framing, HTTP_LENGTH);
	assert_int_equal(parse(OK_LINE "transfer-encoding: Chunked\r\n"
				       "connection: close\r\n\r\n"),
			 OK);
	assert_int_equal(answer.framing, HTTP_CHUNKED);
	assert_true(answer.is_last);
}

static void test_answer_to_head_has_no_body(void **state)
{
	const char *head = OK_LINE "Content-Length: 5\r\n\r\n";

	(void)state;
	assert_int_equal(http_answer_parse(text_of(head), true, &answer), OK);
	assert_int_equal(answer.length, 0);
}

static void test_answers_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"\r\n\r\n",
		"HTTP/1.0 200 OK\r\n\r\n",
		"HTTP/1.1  200 OK\r\n\r\n",
		"HTTP/1.1 20 OK\r\n\r\n",
		"HTTP/1.1 2000 OK\r\n\r\n",
		"HTTP/1.1 099 OK\r\n\r\n",
		"HTTP/1.1 600 OK\r\n\r\n",
		"HTTP/1.1 2x0 OK\r\n\r\n",
		"HTTP/1.1 200 a\x01\r\n\r\n",
		OK_LINE "A\r\n\r\n",
		OK_LINE "A : b\r\n\r\n",
		OK_LINE ": b\r\n\r\n",
		OK_LINE "A: b\r\n c\r\n\r\n",
		OK_LINE "A: b\nC: d\r\n\r\n",
		OK_LINE "A: b\rC: d\r\n\r\n",
		OK_LINE "A: b\r\n",
		OK_LINE "\r\nA: b\r\n\r\n",
		OK_LINE "Content-Length: 5\r\nContent-Length: 5\r\n\r\n",
		OK_LINE "Content-Length: -5\r\n\r\n",
		OK_LINE "Content-Length: +5\r\n\r\n",
		OK_LINE "Content-Length: 5, 5\r\n\r\n",
		OK_LINE "Content-Length: \r\n\r\n",
		OK_LINE "Content-Length: 99999999999999999999\r\n\r\n",
		OK_LINE
		"Content-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n",
		OK_LINE "Transfer-Encoding: gzip, chunked\r\n\r\n",
		OK_LINE "Transfer-Encoding: identity\r\n\r\n",
		OK_LINE "Transfer-Encoding: chunked\r\n"
			"Transfer-Encoding: chunked\r\n\r\n",
	};

	(void)state;
	memset(&answer, 0xa5, sizeof(answer));
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++)
		if (parse(bad[i]) != ERR_BAD_INPUT)
			fail_msg("taken: %s", bad[i]);
	assert_int_equal(answer.status, 0xa5a5a5a5);
}

static void test_too_many_fields(void **state)
{
	char head[4096] = OK_LINE;

	(void)state;
	for (size_t i = 0; i < HTTP_FIELD_LIMIT; i++)
		strcat(head, "a: b\r\n");
	strcat(head, "\r\n");
	assert_int_equal(parse(head), OK);
	strcpy(head + strlen(head) - 2, "a: b\r\n\r\n");
	assert_int_equal(parse(head), ERR_TOO_BIG);
}

static void test_head_bytes(void **state)
{
	(void)state;
	assert_int_equal(http_head_bytes("a\r\n\r\nb", 6), 5);
	assert_int_equal(http_head_bytes("a\r\n\r", 4), 0);
	assert_int_equal(http_head_bytes("a\n\nb", 4), 0);
}

// Feeds `in` in pieces of `piece` bytes; what came out is in `out`.
static enum err feed(struct http_body *body, const char *in, size_t piece,
		     char *out)
{
	size_t left = strlen(in), used;
	struct text data;

	*out = '\0';
	while (left > 0 && !body->is_done) {
		TRY(http_body_take(body, (const uint8_t *)in,
				   min_size(left, piece), &used, &data));
		assert_true(used > 0 && used <= min_size(left, piece));
		strncat(out, data.at, data.length);
		in += used;
		left -= used;
	}
	return left == 0 ? OK : ERR_TOO_BIG;
}

static struct http_body chunked(void)
{
	answer = (struct http_answer){ .framing = HTTP_CHUNKED };
	return http_body_of(&answer);
}

static void test_chunks(void **state)
{
	static const char in[] = "5;a=b\r\nhello\r\nA \r\n and more.\r\n"
				 "0\r\nT: v\r\nU:\r\n\r\n";
	char out[64];

	(void)state;
	for (size_t piece = 1; piece <= sizeof(in); piece++) {
		struct http_body body = chunked();

		assert_int_equal(feed(&body, in, piece, out), OK);
		assert_true(body.is_done);
		assert_string_equal(out, "hello and more.");
	}
}

static void test_half_chunks_are_not_whole(void **state)
{
	static const char in[] = "5\r\nhello\r\n0\r\n\r\n";
	char out[64], half[sizeof(in)];

	(void)state;
	for (size_t count = 0; count < sizeof(in) - 1; count++) {
		struct http_body body = chunked();

		snprintf(half, sizeof(half), "%.*s", (int)count, in);
		assert_int_equal(feed(&body, half, 3, out), OK);
		assert_false(http_body_end(&body));
	}
}

static void test_bad_chunks(void **state)
{
	static const char *const bad[] = {
		"\r\n",        ";\r\n",
		"g\r\n",       "-1\r\n",
		"0x5\r\n",     "5\nhello\r\n",
		"5\r\nhello!", "5\r\nhello\n",
		"5;a\nhello",  "0\r\na\nb\r\n\r\n",
	};
	char out[64];

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
		struct http_body body = chunked();

		if (feed(&body, bad[i], 64, out) != ERR_BAD_INPUT)
			fail_msg("taken: %s", bad[i]);
	}
}

static void test_endless_lines(void **state)
{
	static char in[3 * HTTP_TRAILER_LIMIT];
	static char out[64];
	struct http_body body = chunked();

	(void)state;
	assert_int_equal(feed(&body, "fffffffffffffffff", 1, out), ERR_TOO_BIG);
	body = chunked();
	memset(in, '0', HTTP_CHUNK_LINE_LIMIT + 1);
	assert_int_equal(feed(&body, in, 64, out), ERR_TOO_BIG);
	body = chunked();
	strcpy(in, "0\r\n");
	for (size_t i = 0; i < HTTP_TRAILER_LIMIT / 6 + 1; i++)
		strcat(in, "a: b\r\n");
	assert_int_equal(feed(&body, in, 64, out), ERR_TOO_BIG);
}

static void test_length(void **state)
{
	struct http_body body;
	char out[64];

	(void)state;
	answer = (struct http_answer){ .framing = HTTP_LENGTH, .length = 5 };
	body = http_body_of(&answer);
	assert_int_equal(feed(&body, "hell", 2, out), OK);
	assert_false(http_body_end(&body));
	// What is behind it isn't taken.
	assert_int_equal(feed(&body, "oHTTP", 5, out), ERR_TOO_BIG);
	assert_string_equal(out, "o");
	assert_true(body.is_done);
	answer.length = 0;
	body = http_body_of(&answer);
	assert_true(body.is_done);
}

static void test_until_end(void **state)
{
	struct http_body body;
	char out[64];

	(void)state;
	answer = (struct http_answer){ .framing = HTTP_UNTIL_END };
	body = http_body_of(&answer);
	assert_int_equal(feed(&body, "hello", 2, out), OK);
	assert_false(body.is_done);
	assert_true(http_body_end(&body));
}

static void test_urls(void **state)
{
	struct http_url url;

	(void)state;
	assert_int_equal(http_url_parse("HTTPS://a-b.example:8443/p?q#f", &url),
			 OK);
	assert_string_equal(url.host, "a-b.example");
	assert_string_equal(url.authority, "a-b.example:8443");
	assert_string_equal(url.target, "/p?q");
	assert_int_equal(url.port, 8443);
	assert_false(url.is_address);
	assert_int_equal(http_url_parse("https://127.0.0.1?q", &url), OK);
	assert_string_equal(url.target, "/?q");
	assert_int_equal(url.port, 443);
	assert_true(url.is_address);
	assert_int_equal(http_url_parse("https://[::1]:9/", &url), OK);
	assert_string_equal(url.host, "::1");
	assert_string_equal(url.authority, "[::1]:9");
	assert_true(url.is_address);
}

static void test_urls_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"a",
		"https://",
		"https:///",
		"https://:443/",
		"https://user@host/",
		"https://u:p@host/",
		"https://host:/",
		"https://host:0/",
		"https://host:65536/",
		"https://host:x/",
		"https://host:1:2/",
		"https://[::1/",
		"https://[::1]x/",
		"https://[host]/",
		"https://[127.0.0.1]/",
		"https://ho st/",
		"https://host/a b",
		"https://host/\x7f",
		"https://host/\r\nX: y",
		"https://h\xc3\xb6st/",
	};
	struct http_url url;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++)
		if (http_url_parse(bad[i], &url) != ERR_BAD_INPUT)
			fail_msg("taken: %s", bad[i]);
	assert_int_equal(http_url_parse("http://host/", &url), ERR_UNSUPPORTED);
}

static enum err write(const struct anchorhold_request *request, char *out,
		      size_t capacity)
{
	struct writer w = writer_of(out, capacity - 1);
	const char *why = NULL;
	enum err e = http_request_write(&w, "host:1", request, &why);

	out[w.used] = '\0';
	assert_true(e == OK || why);
	return e;
}

static void test_request(void **state)
{
	const struct anchorhold_field field = { "X-A", "b" };
	const struct anchorhold_request request = {
		.method = "POST",
		.target = "/p",
		.fields = &field,
		.field_count = 1,
		.has_body = true,
		.body = { (const uint8_t *)"xyz", 3 },
	};
	char out[256];

	(void)state;
	assert_int_equal(write(&request, out, sizeof(out)), OK);
	assert_string_equal(out, "POST /p HTTP/1.1\r\nHost: host:1\r\n"
				 "X-A: b\r\nContent-Length: 3\r\n\r\n");
	assert_int_equal(write(&request, out, 40), ERR_TOO_BIG);
}

static void test_requests_refused(void **state)
{
	static const struct anchorhold_field bad[] = {
		{ "", "b" },           { "A B", "b" },
		{ "A:", "b" },         { "A", "b\r\nC: d" },
		{ "A", "b\n" },        { "A\r\nB", "c" },
		{ "Host", "other" },   { "content-length", "3" },
		{ "Connection", "x" }, { "TRANSFER-ENCODING", "chunked" },
		{ "Expect", "x" },     { "Upgrade", "x" },
	};
	struct anchorhold_request request = { .method = "GET", .target = "/" };
	char out[256];

	(void)state;
	assert_int_equal(write(&request, out, sizeof(out)), OK);
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
		request.fields = &bad[i];
		request.field_count = 1;
		if (write(&request, out, sizeof(out)) != ERR_BAD_INPUT)
			fail_msg("taken: %s: %s", bad[i].name, bad[i].value);
	}
	request.field_count = 0;
	request.method = "GE T";
	assert_int_equal(write(&request, out, sizeof(out)), ERR_BAD_INPUT);
	request.method = "GET";
	request.target = "p";
	assert_int_equal(write(&request, out, sizeof(out)), ERR_BAD_INPUT);
	request.target = "/a b";
	assert_int_equal(write(&request, out, sizeof(out)), ERR_BAD_INPUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answer),
		cmocka_unit_test(test_answer_to_head_has_no_body),
		cmocka_unit_test(test_answers_refused),
		cmocka_unit_test(test_too_many_fields),
		cmocka_unit_test(test_head_bytes),
		cmocka_unit_test(test_chunks),
		cmocka_unit_test(test_half_chunks_are_not_whole),
		cmocka_unit_test(test_bad_chunks),
		cmocka_unit_test(test_endless_lines),
		cmocka_unit_test(test_length),
		cmocka_unit_test(test_until_end),
		cmocka_unit_test(test_urls),
		cmocka_unit_test(test_urls_refused),
		cmocka_unit_test(test_request),
		cmocka_unit_test(test_requests_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
