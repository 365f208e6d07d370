// SPDX-License-Identifier: Apache-2.0
// The server short of memory: each allocation of a run of requests fails in
// turn, and the budget for bodies is used up. The client then gets 503, or its
// connection ends; nothing leaks, and the next client is served.
#include "tests/unit/server_play.h"

#undef malloc
#undef calloc
#undef realloc

void *scarce_malloc(size_t bytes);
void *scarce_calloc(size_t count, size_t bytes);
void *scarce_realloc(void *old, size_t bytes);
extern void *malloc(size_t bytes);
extern void *calloc(size_t count, size_t bytes);
extern void *realloc(void *old, size_t bytes);

static unsigned int countdown; // the allocation that fails; 0: none does

static bool is_refused(void)
{
	return countdown && --countdown == 0;
}

void *scarce_malloc(size_t bytes)
{
	return is_refused() ? NULL : malloc(bytes);
}

void *scarce_calloc(size_t count, size_t bytes)
{
	return is_refused() ? NULL : calloc(count, bytes);
}

void *scarce_realloc(void *old, size_t bytes)
{
	return is_refused() ? NULL : realloc(old, bytes);
}

// Serves what waits, in rooms that make the server keep bytes back.
static void serve(struct tls_session *s)
{
	struct exchange *x = NULL;
	uint8_t body[3000];
	size_t count = 0;

	while (exchange_next(&x) == OK) {
		while (exchange_read(x, body, sizeof(body), &count) == OK)
			continue;
		if (!fake_tls_is_closed(s))
			fake_tls_set_room(s, 10);
		if (exchange_reply(x, 200, NULL, 0, 0) != OK)
			count = 0;
		exchange_end(x);
		if (!fake_tls_is_closed(s))
			fake_tls_set_room(s, SIZE_MAX);
		settle();
	}
}

static bool run(unsigned int fails, const char *bytes, size_t count)
{
	struct tls_session *s = client();
	bool is_served;

	fake_tls_send(s, bytes, count);
	countdown = fails;
	settle();
	serve(s);
	is_served = countdown > 0;
	countdown = 0;
	if (!fake_tls_is_closed(s)) {
		fake_tls_send_end(s, ERR_CLOSED);
		settle();
	}
	assert_true(fake_tls_is_closed(s));
	const char *sent = fake_tls_sent(s, NULL);
	if (is_served)
		assert_non_null(strstr(sent, "200 OK"));
	fake_tls_free(s);
	assert_int_equal(server_figures().clients, 0);
	assert_int_equal(server_figures().body_bytes_held, 0);
	assert_int_equal(http_body_figures().reserved, 0);
	return is_served;
}

static void test_each_failure(void **state)
{
	static char bytes[20000];
	size_t count;
	unsigned int fails = 1;

	(void)state;
	// A head that outgrows its buffer twice, then a body of pieces.
	strcpy(bytes, POST "Content-Length: 9000\r\nX: ");
	memset(bytes + strlen(bytes), 'a', 5000);
	strcat(bytes, "\r\n\r\n");
	count = strlen(bytes) + 9000;
	while (!run(fails, bytes, count)) {
		fails++;
		assert_true(fails < 100);
	}
	assert_true(fails > 5);
	assert_true(run(1000, bytes, count));
}

static void test_no_client(void **state)
{
	(void)state;
	countdown = 1;
	assert_null(fake_tls_open());
	assert_int_equal(server_figures().clients, 0);
	leave(client());
}

static const uint8_t zeros[EXCHANGE_BODY_WHOLE];

// All bodies together have a budget. Whoever comes later waits, oldest first,
// then gets 503.
static void test_body_budget(void **state)
{
	enum { FULL = HTTP_BODY_BUDGET / HTTP_BODY_WINDOW };
	struct tls_session *s[FULL + 3];

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(s); i++) {
		s[i] = client();
		say(s[i], POST "Content-Length: 65536\r\n"
			       "Expect: 100-continue\r\n\r\n");
		if (i < FULL)
			assert_status(s[i], 100);
		else
			assert_sent(s[i], "");
	}
	pass(SECOND);
	// One leaves: one may come.
	fake_tls_send_end(s[0], ERR_RESET);
	settle();
	leave(s[0]);
	assert_status(s[FULL], 100);
	assert_sent(s[FULL + 1], "");
	// One is served: the next may come.
	fake_tls_send(s[1], zeros, EXCHANGE_BODY_WHOLE);
	settle();
	assert_int_equal(server_figures().body_bytes_held, EXCHANGE_BODY_WHOLE);
	reply(take(), 200, "");
	settle();
	assert_status(s[FULL + 1], 100);
	assert_sent(s[FULL + 2], "");
	pass(HTTP_ADMIT_NS - SECOND);
	assert_non_null(
		strstr(fake_tls_sent(s[FULL + 2], NULL), "Retry-After: 5\r\n"));
	assert_status(s[FULL + 2], 503);
	for (size_t i = 1; i < ARRAY_COUNT(s); i++) {
		fake_tls_send_end(s[i], ERR_RESET);
		settle();
		leave(s[i]);
	}
	assert_int_equal(http_body_figures().reserved, 0);
	assert_int_equal(server_figures().body_bytes_held, 0);
}

// Who gives up waiting lets those behind ask at once: they may need less.
static void test_body_budget_of_the_next(void **state)
{
	enum { FULL = HTTP_BODY_BUDGET / HTTP_BODY_WINDOW };
	struct tls_session *s[FULL + 2];

	(void)state;
	for (size_t i = 0; i < FULL; i++) {
		s[i] = client();
		say(s[i], i ? POST "Content-Length: 65536\r\n"
				   "Expect: 100-continue\r\n\r\n"
			    : POST "Content-Length: 32768\r\n"
				   "Expect: 100-continue\r\n\r\n");
		assert_status(s[i], 100);
	}
	s[FULL] = client();
	say(s[FULL], POST "Content-Length: 65536\r\n\r\n");
	pass(SECOND);
	// Those who have a share keep the pace, and so their share.
	for (size_t i = 0; i < FULL; i++)
		fake_tls_send(s[i], zeros, 16384);
	settle();
	s[FULL + 1] = client();
	say(s[FULL + 1], POST "Content-Length: 9\r\n"
			      "Expect: 100-continue\r\n\r\n");
	assert_sent(s[FULL + 1], "");
	pass(HTTP_ADMIT_NS - SECOND);
	assert_status(s[FULL], 503);
	assert_status(s[FULL + 1], 100);
	for (size_t i = 0; i < ARRAY_COUNT(s); i++) {
		fake_tls_send_end(s[i], ERR_RESET);
		settle();
		leave(s[i]);
	}
	assert_int_equal(http_body_figures().reserved, 0);
}

// Who is reset or ends while it waits, doesn't block the line.
static void test_body_budget_of_the_gone(void **state)
{
	enum { FULL = HTTP_BODY_BUDGET / HTTP_BODY_WINDOW };
	struct tls_session *s[FULL + 3];

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(s); i++) {
		s[i] = client();
		say(s[i], i ? POST "Content-Length: 65536\r\n\r\n"
			    : POST "Content-Length: 32768\r\n\r\n");
	}
	struct tls_session *small = client();
	say(small, POST "Content-Length: 9\r\n\r\n123456789");
	assert_no_request();
	fake_tls_send_end(s[FULL + 1], ERR_RESET);
	fake_tls_send_end(s[FULL + 2], ERR_CLOSED);
	settle();
	assert_no_request();
	// The first in line; its end comes at once with a part of its body.
	fake_tls_send(s[FULL], "a part", 6);
	fake_tls_send_end(s[FULL], ERR_CLOSED);
	settle();
	reply(take(), 200, "");
	assert_sent(small, OK_EMPTY);
	leave(small);
	for (size_t i = 0; i < ARRAY_COUNT(s); i++) {
		fake_tls_send_end(s[i], ERR_RESET);
		settle();
		leave(s[i]);
	}
	assert_int_equal(http_body_figures().reserved, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_failure),
		cmocka_unit_test(test_no_client),
		cmocka_unit_test(test_body_budget),
		cmocka_unit_test(test_body_budget_of_the_next),
		cmocka_unit_test(test_body_budget_of_the_gone),
	};

	return play_start() ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
