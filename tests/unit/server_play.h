// SPDX-License-Identifier: Apache-2.0
// What the tests of the server share: clients that speak, and an app that the
// test plays itself.
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "attest/exchange.h"
#include "attest/http_client.h"
#include "attest/server.h"
#include "base/num.h"
#include "kernel/time/clock.h"
#include "tests/fake/clock.h"
#include "tests/fake/tls_session.h"

#define GET "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
#define POST "POST /p HTTP/1.1\r\nHost: a\r\n"
#define OK_EMPTY "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
#define SECOND NS_PER_SECOND

static inline void settle(void)
{
	while (fake_tls_turn())
		continue;
}

static inline void pass(uint64_t ns)
{
	fake_clock_add_ns(ns);
	settle();
}

static inline void say(struct tls_session *s, const char *text)
{
	fake_tls_send(s, text, strlen(text));
	settle();
}

static inline struct tls_session *client(void)
{
	struct tls_session *s = fake_tls_open();

	assert_non_null(s);
	settle();
	return s;
}

static inline struct exchange *take(void)
{
	struct exchange *x = NULL;

	assert_int_equal(exchange_next(&x), OK);
	return x;
}

static inline void assert_no_request(void)
{
	struct exchange *x = NULL;

	assert_int_equal(exchange_next(&x), ERR_AGAIN);
}

static inline void assert_sent(struct tls_session *s, const char *text)
{
	size_t count = 0;
	const char *sent = fake_tls_sent(s, &count);

	assert_string_equal(sent, text);
	assert_int_equal(count, strlen(text));
	fake_tls_forget(s);
}

static inline void assert_status(struct tls_session *s, unsigned int status)
{
	const char *sent = fake_tls_sent(s, NULL);

	if (strncmp(sent, "HTTP/1.1 ", 9) != 0 ||
	    (unsigned int)atoi(sent + 9) != status)
		fail_msg("not %u: %s", status, sent);
	fake_tls_forget(s);
}

static inline void reply(struct exchange *x, unsigned int status,
			 const char *body)
{
	size_t count = 0;

	assert_int_equal(exchange_reply(x, status, NULL, 0, strlen(body)), OK);
	if (*body) {
		assert_int_equal(exchange_write(x, body, strlen(body), &count),
				 OK);
		assert_int_equal(count, strlen(body));
	}
	exchange_end(x);
}

// Ends a client that keeps its connection, and its memory.
static inline void leave(struct tls_session *s)
{
	if (!fake_tls_is_closed(s)) {
		fake_tls_send_end(s, ERR_CLOSED);
		settle();
	}
	assert_true(fake_tls_is_closed(s));
	fake_tls_free(s);
}

// Starts the server; a listener that fails first must be reported.
static inline bool play_start(void)
{
	fake_tls_fail_listen(ERR_NO_MEMORY);
	if (server_init(443) != ERR_NO_MEMORY)
		return false;
	fake_tls_fail_listen(OK);
	return server_init(443) == OK;
}
