// SPDX-License-Identifier: Apache-2.0
// The server without memory: each allocation of a run of requests fails in
// turn. The client then gets 503, or its connection ends; nothing leaks, and
// the next client is served.
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_failure),
		cmocka_unit_test(test_no_client),
	};

	return play_start() ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
