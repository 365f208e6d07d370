// SPDX-License-Identifier: Apache-2.0
// The head of a request: what is parsed, what is refused, and that neither
// depends on how the bytes come.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attest/http_chars.h"
#include "attest/http_framing.h"
#include "attest/http_head.h"
#include "base/num.h"

static struct http_head head;
static struct http_framing framing;

// A copy of exactly this length, so that one byte too far is seen.
static enum http_refusal parse(const char *bytes, size_t count)
{
	char *copy = malloc(count + !count);
	enum http_refusal refusal;

	memcpy(copy, bytes, count);
	refusal = http_head_parse((struct text){ copy, count }, &head);
	free(copy);
	return refusal;
}

// Scanned as a server does, then parsed and judged.
static enum http_refusal judge(const char *bytes, size_t count)
{
	struct http_scan scan = { 0 };
	size_t end = 0;
	enum http_refusal refusal;

	if (http_head_scan(&scan, bytes, count, &end) != OK)
		return HTTP_BAD_REQUEST;
	refusal = http_head_parse(
		(struct text){ bytes + scan.start, end - scan.start }, &head);
	return refusal ? refusal : http_framing_judge(&head, &framing);
}

// The table's classes against the grammars themselves.
static void test_chars(void **state)
{
	(void)state;
	for (int c = 0; c < 256; c++) {
		bool alnum = c < 128 && isalnum(c);
		bool mark = c && strchr("-._~", c);
		bool token = alnum || (c && strchr("!#$%&'*+-.^_`|~", c));
		bool path = alnum || mark || (c && strchr("!$&'()*+,;=:@", c));
		bool value = c == '\t' || (c >= ' ' && c != 0x7f);
		bool host = alnum || (c && strchr("-._", c));

		assert_int_equal(http_char_is((char)c, HTTP_CHAR_TOKEN), token);
		assert_int_equal(http_char_is((char)c, HTTP_CHAR_VALUE), value);
		assert_int_equal(http_char_is((char)c, HTTP_CHAR_PATH), path);
		assert_int_equal(http_char_is((char)c, HTTP_CHAR_HOST), host);
		assert_int_equal(http_char_is((char)c, HTTP_CHAR_DIGIT),
				 c >= '0' && c <= '9');
		assert_int_equal(http_char_is((char)c, HTTP_CHAR_UPPER_HEX),
				 c && strchr("0123456789ABCDEF", c));
		assert_int_equal(http_char_is((char)c, HTTP_CHAR_LOWER_HEX),
				 c && strchr("0123456789abcdef", c));
	}
}

static void test_a_head(void **state)
{
	static const char bytes[] = "GET /a?b HTTP/1.1\r\nHost: a\r\n"
				    "X-Y:\t b c \t\r\nEmpty:\r\n\r\n";

	(void)state;
	assert_int_equal(http_head_parse(TEXT(bytes), &head), 0);
	assert_true(text_equal(head.method, TEXT("GET")));
	assert_true(text_equal(head.target, TEXT("/a?b")));
	assert_int_equal(head.minor, 1);
	assert_int_equal(head.field_count, 3);
	assert_true(text_equal(head.fields[1].name, TEXT("X-Y")));
	assert_true(text_equal(head.fields[1].value, TEXT("b c")));
	assert_int_equal(head.fields[2].value.length, 0);
}

#define LINE "GET / HTTP/1.1\r\n"
#define GET LINE "Host: a\r\n"
#define POST "POST / HTTP/1.1\r\nHost: a\r\n"

static const struct {
	const char *bytes;
	enum http_refusal refusal;
} heads[] = {
	{ GET "\r\n", 0 },
	{ "\r\n" GET "\r\n", 0 },
	{ "\r\n\r\n" GET "\r\n", 400 },
	{ "GET / HTTP/1.0\r\n\r\n", 0 },
	{ "get / HTTP/1.0\r\n\r\n", 0 },
	// request-line (RFC 9112 3)
	{ "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400 },
	{ "GET /  HTTP/1.1\r\nHost: a\r\n\r\n", 400 },
	{ "GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 400 },
	{ " GET / HTTP/1.1\r\nHost: a\r\n\r\n", 400 },
	{ "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", 400 },
	{ "GET /\tHTTP/1.1\r\nHost: a\r\n\r\n", 400 },
	{ "GET /\r\nHost: a\r\n\r\n", 400 },
	{ "GET\r\nHost: a\r\n\r\n", 400 },
	{ "GET  HTTP/1.1\r\nHost: a\r\n\r\n", 400 },
	{ "G(T / HTTP/1.1\r\nHost: a\r\n\r\n", 400 },
	{ "GET /\xff HTTP/1.1\r\nHost: a\r\n\r\n", 400 },
	{ "GET /\r HTTP/1.1\r\nHost: a\r\n\r\n", 400 },
	// HTTP-version (RFC 9112 2.3)
	{ "GET / http/1.1\r\nHost: a\r\n\r\n", 400 },
	{ "GET / HTTP/1.\r\nHost: a\r\n\r\n", 400 },
	{ "GET / HTTP/1.11\r\nHost: a\r\n\r\n", 400 },
	{ "GET / HTTP/11\r\nHost: a\r\n\r\n", 400 },
	{ "GET / HTTP/0.9\r\nHost: a\r\n\r\n", 505 },
	{ "GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505 },
	{ "GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505 },
	{ "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505 },
	// lines (RFC 9112 2.2)
	{ "GET / HTTP/1.1\nHost: a\r\n\r\n", 400 },
	{ GET "X: a\n\r\n", 400 },
	{ GET "\n", 400 },
	{ GET "X: a\rb\r\n\r\n", 400 },
	{ GET "X: a\r\r\n\r\n", 400 },
	// field-line (RFC 9112 5)
	{ GET "X : a\r\n\r\n", 400 },
	{ GET "X\t: a\r\n\r\n", 400 },
	{ GET "X: a\r\n b\r\n\r\n", 400 },
	{ GET "X: a\r\n\tb\r\n\r\n", 400 },
	{ LINE " X: a\r\nHost: a\r\n\r\n", 400 },
	{ GET ": a\r\n\r\n", 400 },
	{ GET "X\r\n\r\n", 400 },
	{ GET "X\xe9: a\r\n\r\n", 400 },
	{ GET "X: \x01\r\n\r\n", 400 },
	{ GET "X: \x7f\r\n\r\n", 400 },
	{ GET "X: \xe9\r\n\r\n", 0 },
	// Host (RFC 9112 3.2)
	{ LINE "\r\n", 400 },
	{ LINE "Host:\r\n\r\n", 400 },
	{ GET "Host: a\r\n\r\n", 400 },
	{ GET "host: b\r\n\r\n", 400 },
	{ LINE "Host: a:8443\r\n\r\n", 0 },
	{ LINE "Host: 1.2.3.4\r\n\r\n", 0 },
	{ LINE "Host: [::1]\r\n\r\n", 0 },
	{ LINE "Host: [fd00::1]:443\r\n\r\n", 0 },
	{ LINE "Host: [::1\r\n\r\n", 400 },
	{ LINE "Host: [::1]x\r\n\r\n", 400 },
	{ LINE "Host: []\r\n\r\n", 400 },
	{ LINE "Host: [a]\r\n\r\n", 400 },
	{ LINE "Host: [::1%25eth0]\r\n\r\n", 400 },
	{ LINE "Host: a:\r\n\r\n", 400 },
	{ LINE "Host: a:0x1\r\n\r\n", 400 },
	{ LINE "Host: a:65536\r\n\r\n", 400 },
	{ LINE "Host: :443\r\n\r\n", 400 },
	{ LINE "Host: a b\r\n\r\n", 400 },
	{ LINE "Host: a,b\r\n\r\n", 400 },
	{ LINE "Host: u@a\r\n\r\n", 400 },
	{ LINE "Host: a/b\r\n\r\n", 400 },
	{ LINE "Host: a%61\r\n\r\n", 400 },
	{ "GET / HTTP/1.0\r\nHost: a b\r\n\r\n", 400 },
	// Content-Length (RFC 9110 8.6)
	{ POST "Content-Length: 0\r\n\r\n", 0 },
	{ POST "Content-Length: 007\r\n\r\n", 0 },
	{ POST "Content-Length: 4294967296\r\n\r\n", 0 },
	{ POST "Content-Length: 4294967297\r\n\r\n", 413 },
	{ POST "Content-Length: 18446744073709551616\r\n\r\n", 413 },
	{ POST "Content-Length: 18446744073709551616x\r\n\r\n", 400 },
	{ POST "Content-Length: 5\r\nContent-Length: 5\r\n\r\n", 400 },
	{ POST "Content-Length: 5, 5\r\n\r\n", 400 },
	{ POST "Content-Length: +5\r\n\r\n", 400 },
	{ POST "Content-Length: -5\r\n\r\n", 400 },
	{ POST "Content-Length: 0x5\r\n\r\n", 400 },
	{ POST "Content-Length: 5 5\r\n\r\n", 400 },
	{ POST "Content-Length: \r\n\r\n", 400 },
	{ POST "Content-Length: 5.0\r\n\r\n", 400 },
	// Transfer-Encoding (RFC 9112 6.1)
	{ POST "Transfer-Encoding: chunked\r\n\r\n", 0 },
	{ POST "transfer-encoding: CHUNKED\r\n\r\n", 0 },
	{ POST "Transfer-Encoding: gzip\r\n\r\n", 501 },
	{ POST "Transfer-Encoding: gzip, chunked\r\n\r\n", 501 },
	{ POST "Transfer-Encoding: identity\r\n\r\n", 501 },
	{ POST "Transfer-Encoding: xchunked\r\n\r\n", 501 },
	{ POST "Transfer-Encoding: chunked, chunked\r\n\r\n", 400 },
	{ POST "Transfer-Encoding: chunked, gzip\r\n\r\n", 400 },
	{ POST "Transfer-Encoding: \"chunked\"\r\n\r\n", 400 },
	{ POST "Transfer-Encoding: chunked;q=1\r\n\r\n", 400 },
	{ POST "Transfer-Encoding: \x0b"
	       "chunked\r\n\r\n",
	  400 },
	{ POST "Transfer-Encoding:\r\n\r\n", 400 },
	{ POST "Transfer-Encoding: chunked\r\n"
	       "Transfer-Encoding: chunked\r\n\r\n",
	  400 },
	{ POST "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", 400 },
	{ POST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 400 },
	{ "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400 },
	// Expect (RFC 9110 10.1.1)
	{ POST "Expect: 100-Continue\r\n\r\n", 0 },
	{ POST "Expect: more\r\n\r\n", 417 },
	{ POST "Expect: 100-continue, more\r\n\r\n", 417 },
	{ "POST / HTTP/1.0\r\nExpect: more\r\n\r\n", 0 },
	// Connection (RFC 9110 7.6.1)
	{ GET "Connection: a, ,close,\r\n\r\n", 0 },
	{ GET "Connection: a b\r\n\r\n", 400 },
};

static void test_refusals(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(heads); i++) {
		enum http_refusal refusal =
			judge(heads[i].bytes, strlen(heads[i].bytes));
		if (refusal != heads[i].refusal)
			fail_msg("%d: %s", (int)refusal, heads[i].bytes);
	}
}

static void test_nul_is_refused(void **state)
{
	static const char in_value[] = GET "X: a\0b\r\n\r\n";
	static const char in_target[] = "GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n";

	(void)state;
	assert_int_equal(judge(in_value, sizeof(in_value) - 1), 400);
	assert_int_equal(judge(in_target, sizeof(in_target) - 1), 400);
}

static void test_what_the_app_sees(void **state)
{
	static const char bytes[] = POST
		"A: 1\r\nContent-Length: 5\r\nConnection: close\r\n"
		"B: 2\r\nExpect: 100-continue\r\nTE: trailers\r\n"
		"Upgrade: x\r\nKeep-Alive: 5\r\nTrailer: X\r\n\r\n";

	(void)state;
	assert_int_equal(judge(bytes, sizeof(bytes) - 1), 0);
	assert_int_equal(head.field_count, 3);
	assert_true(text_equal(head.fields[0].name, TEXT("Host")));
	assert_true(text_equal(head.fields[1].name, TEXT("A")));
	assert_true(text_equal(head.fields[2].name, TEXT("B")));
	assert_true(framing.expects_continue && !framing.keep_alive);
	assert_int_equal(framing.length, 5);
}

static const struct {
	const char *bytes;
	bool keep_alive;
} connections[] = {
	{ GET "\r\n", true },
	{ GET "Connection: close\r\n\r\n", false },
	{ GET "Connection: Close\r\n\r\n", false },
	{ GET "Connection: x, close\r\n\r\n", false },
	{ GET "Connection: x\r\nConnection: close\r\n\r\n", false },
	{ GET "Connection: closed\r\n\r\n", true },
	{ GET "Connection: keep-alive, close\r\n\r\n", false },
	{ "GET / HTTP/1.0\r\n\r\n", false },
	{ "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true },
};

static void test_connections(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(connections); i++) {
		assert_int_equal(judge(connections[i].bytes,
				       strlen(connections[i].bytes)),
				 0);
		assert_int_equal(framing.keep_alive, connections[i].keep_alive);
	}
}

static void test_limits(void **state)
{
	static char bytes[HTTP_HEAD_LIMIT];
	int n = snprintf(bytes, sizeof(bytes), GET);

	(void)state;
	for (int i = 1; i < EXCHANGE_HEADER_LIMIT; i++)
		n += snprintf(bytes + n, sizeof(bytes) - (size_t)n, "X: a\r\n");
	memcpy(bytes + n, "\r\n", 2);
	assert_int_equal(judge(bytes, (size_t)n + 2), 0);
	assert_int_equal(head.field_count, EXCHANGE_HEADER_LIMIT);
	memcpy(bytes + n, "X: a\r\n\r\n", 8);
	assert_int_equal(judge(bytes, (size_t)n + 8), 431);

	for (size_t extra = 0; extra < 2; extra++) {
		size_t target = HTTP_LINE_LIMIT - 13 + extra;

		memcpy(bytes, "GET ", 4);
		memset(bytes + 4, '/', target);
		memcpy(bytes + 4 + target, " HTTP/1.0\r\n\r\n", 13);
		assert_int_equal(parse(bytes, target + 17), extra ? 414 : 0);
	}
}

static const char whole[] = "\r\n" POST "X-Y:  a b \r\nContent-Length: 5\r\n"
			    "Connection: a, keep-alive\r\n\r\n";

// Every truncation waits or is refused; nothing is read beyond it.
static void test_truncations(void **state)
{
	(void)state;
	for (size_t n = 0; n < sizeof(whole) - 1; n++) {
		char *copy = malloc(n + 1);
		struct http_scan scan = { 0 };
		size_t end = 0;

		memcpy(copy, whole, n);
		assert_int_equal(http_head_scan(&scan, copy, n, &end),
				 ERR_AGAIN);
		assert_int_equal(end, 0);
		free(copy);
		assert_int_equal(parse(whole, n), HTTP_BAD_REQUEST);
	}
}

// The scan finds the same end, however the bytes come.
static void test_pieces(void **state)
{
	(void)state;
	for (size_t step = 1; step < sizeof(whole); step++) {
		struct http_scan scan = { 0 };
		size_t end = 0;
		enum err e = ERR_AGAIN;

		for (size_t n = step; e == ERR_AGAIN; n += step)
			e = http_head_scan(&scan, whole,
					   min_size(n, sizeof(whole) - 1),
					   &end);
		assert_int_equal(e, OK);
		assert_int_equal(end, sizeof(whole) - 1);
		assert_int_equal(scan.start, 2);
	}
}

static void test_bit_flips(void **state)
{
	(void)state;
	for (size_t bit = 0; bit < (sizeof(whole) - 3) * 8; bit++) {
		char *copy = malloc(sizeof(whole) - 3);
		enum http_refusal refusal;

		memcpy(copy, whole + 2, sizeof(whole) - 3);
		copy[bit / 8] ^= (char)(1 << bit % 8);
		refusal = judge(copy, sizeof(whole) - 3);
		assert_true(refusal == 0 || (refusal >= 400 && refusal < 600));
		refusal = parse(copy, sizeof(whole) - 3);
		assert_true(refusal == 0 || (refusal >= 400 && refusal < 600));
		free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_chars),
		cmocka_unit_test(test_a_head),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_nul_is_refused),
		cmocka_unit_test(test_what_the_app_sees),
		cmocka_unit_test(test_connections),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_truncations),
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_bit_flips),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
