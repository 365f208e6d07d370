// SPDX-License-Identifier: Apache-2.0
// Clients that wait for evidence, and what a host does to them that throttles,
// or loses the secure processor.
#include "tests/unit/evidence_play.h"

#define CROWD 300

static struct tls_session *crowd[CROWD];

static void crowd_asks(uint32_t first, uint32_t count)
{
	for (uint32_t i = first; i < first + count; i++) {
		crowd[i] = client();
		ask(crowd[i], i);
	}
}

static void crowd_leaves(uint32_t first, uint32_t count)
{
	for (uint32_t i = first; i < first + count; i++)
		leave(crowd[i]);
	run();
}

// The client's connection breaks, and the server sees it.
static void vanish(struct tls_session *s)
{
	fake_tls_send_end(s, ERR_RESET);
	settle();
	assert_true(fake_tls_is_aborted(s));
	fake_tls_free(s);
}

static void test_one_client(void **state)
{
	struct tls_session *s = client();
	struct check_evidence e;
	unsigned int before = fake_snp_requests();

	(void)state;
	ask(s, 7);
	run();
	assert_string_equal(fake_tls_sent(s, NULL), "");
	run_for(BATCH_GATHER_NS);
	expect(s, 7, &e);
	assert_int_equal(e.place.size, 1);
	assert_int_equal(e.place.path_count, 0);
	assert_int_equal(e.certificates_bytes, 0);
	assert_memory_equal(e.claims.spki_sha256.bytes, present_spki().bytes,
			    32);
	assert_int_equal(fake_snp_requests(), before + 1);
	// The same nonce again is another report: nothing is cached.
	ask(s, 7);
	run_for(BATCH_GATHER_NS);
	expect(s, 7, &e);
	assert_int_equal(fake_snp_requests(), before + 2);
	leave(s);
	rest();
}

static void test_a_crowd_costs_one_request(void **state)
{
	static struct check_evidence e[CROWD];
	struct server_figures before = server_figures();
	struct server_figures after;

	(void)state;
	crowd_asks(0, CROWD);
	run_for(BATCH_GATHER_NS);
	for (uint32_t i = 0; i < CROWD; i++) {
		expect(crowd[i], i, &e[i]);
		assert_int_equal(e[i].place.size, CROWD);
		for (uint32_t k = 0; k < i; k++)
			assert_int_not_equal(e[k].place.index,
					     e[i].place.index);
	}
	after = server_figures();
	assert_int_equal(after.reports - before.reports, 1);
	assert_int_equal(after.batches - before.batches, 1);
	assert_int_equal(after.evidence - before.evidence, CROWD);
	crowd_leaves(0, CROWD);
	rest();
}

static void test_more_than_a_tree_holds(void **state)
{
	static struct tls_session *all[EVIDENCE_TREE_LIMIT + 5];
	struct check_evidence e;
	unsigned int before = fake_snp_requests();

	(void)state;
	for (uint32_t i = 0; i < ARRAY_COUNT(all); i++) {
		all[i] = client();
		ask(all[i], i);
	}
	run_for(BATCH_GATHER_NS);
	for (uint32_t i = 0; i < ARRAY_COUNT(all); i++) {
		expect(all[i], i, &e);
		assert_int_equal(e.place.size, i < EVIDENCE_TREE_LIMIT
						       ? EVIDENCE_TREE_LIMIT
						       : 5);
		leave(all[i]);
	}
	assert_int_equal(fake_snp_requests(), before + 2);
	rest();
}

static void test_a_busy_host(void **state)
{
	struct check_evidence e;
	unsigned int requests = fake_snp_requests();
	unsigned int polls = fake_snp_polls();

	(void)state;
	crowd_asks(0, 10);
	fake_snp_busy_until_ns(clock_now_ns() + 2 * SECOND);
	run_for(SECOND);
	assert_int_equal(fake_snp_requests(), requests + 1);
	// 10 ms, doubling.
	assert_true(fake_snp_polls() - polls <= 8);
	// Those who come now are for the next one.
	crowd_asks(10, 10);
	run_for(SECOND / 2);
	assert_string_equal(fake_tls_sent(crowd[0], NULL), "");
	run_for(2 * SECOND);
	for (uint32_t i = 0; i < 20; i++) {
		expect(crowd[i], i, &e);
		assert_int_equal(e.place.size, 10);
	}
	assert_int_equal(fake_snp_requests(), requests + 2);
	assert_true(fake_snp_polls() - polls <= 12);
	crowd_leaves(0, 20);
	rest();
}

static void test_those_who_go_away(void **state)
{
	struct check_evidence e;

	(void)state;
	crowd_asks(0, 9);
	// Before the request: no leaf.
	for (uint32_t i = 0; i < 3; i++)
		vanish(crowd[i]);
	fake_snp_busy_until_ns(clock_now_ns() + SECOND);
	run_for(BATCH_GATHER_NS);
	// After it: the leaf stays.
	vanish(crowd[3]);
	vanish(crowd[4]);
	// One that only ends its own side is answered.
	fake_tls_send_end(crowd[5], ERR_CLOSED);
	run_for(2 * SECOND);
	for (uint32_t i = 5; i < 9; i++) {
		expect(crowd[i], i, &e);
		assert_int_equal(e.place.size, 6);
	}
	crowd_leaves(5, 4);
	rest();
}

static void test_a_flood_is_bounded(void **state)
{
	struct tls_session *s = client();
	unsigned int before = fake_snp_requests();
	struct check_evidence e;

	(void)state;
	for (uint32_t i = 0; i < 10; i++) {
		uint64_t since_ns = clock_now_ns();

		ask(s, i);
		while (*fake_tls_sent(s, NULL) == '\0')
			run_for(BATCH_GATHER_NS);
		expect(s, i, &e);
		assert_true(clock_now_ns() - since_ns <=
			    BATCH_PERIOD_NS + BATCH_GATHER_NS);
		assert_true(i >= BATCH_BURST ||
			    clock_now_ns() - since_ns == BATCH_GATHER_NS);
	}
	assert_int_equal(fake_snp_requests(), before + 10);
	leave(s);
	rest();
}

// One client asks again and again over a session of the old key, another once
// over one of the new key.
static void test_no_generation_starves(void **state)
{
	struct tls_session *old = client();
	struct tls_session *new;
	struct check_evidence e;
	uint64_t since_ns;
	uint32_t n = 0;

	(void)state;
	identity_renew();
	run();
	new = client();
	for (; n < 2 * BATCH_BURST; n++) {
		ask(old, n);
		run_for(BATCH_PERIOD_NS / 4);
		while (*fake_tls_sent(old, NULL) == '\0')
			run_for(BATCH_GATHER_NS);
		expect(old, n, &e);
	}
	ask(old, n);
	run_for(1);
	ask(new, 9999);
	since_ns = clock_now_ns();
	while (*fake_tls_sent(new, NULL) == '\0') {
		run_for(BATCH_GATHER_NS);
		assert_true(clock_now_ns() - since_ns <= 3 * BATCH_PERIOD_NS);
		if (*fake_tls_sent(old, NULL) == '\0')
			continue;
		expect(old, n++, &e);
		ask(old, n);
	}
	expect(new, 9999, &e);
	assert_memory_equal(e.claims.spki_sha256.bytes, present_spki().bytes,
			    32);
	run_for(3 * BATCH_PERIOD_NS);
	expect(old, n, &e);
	leave(old);
	leave(new);
	rest();
}

// Nobody holds a place by a body that never comes, or by bytes that fill the
// buffer, once the connection is gone.
static void test_the_dead_are_seen(void **state)
{
	static char many[8000];
	struct tls_session *s;

	(void)state;
	fake_snp_busy_until_ns(UINT64_MAX);
	s = client();
	ask_with(s, "GET", 1, "Content-Length: 5\r\n");
	run_for(SECOND);
	vanish(s);
	s = client();
	ask_with(s, "GET", 2, "Transfer-Encoding: chunked\r\n");
	vanish(s);
	// Its body can't become whole any more.
	s = client();
	ask_with(s, "GET", 3, "Content-Length: 5\r\n");
	fake_tls_send_end(s, ERR_CLOSED);
	settle();
	assert_true(fake_tls_is_aborted(s));
	fake_tls_free(s);
	// The end of its side, then a reset.
	s = client();
	ask(s, 4);
	fake_tls_send_end(s, ERR_CLOSED);
	settle();
	assert_false(fake_tls_is_closed(s));
	vanish(s);
	s = client();
	ask(s, 5);
	fake_tls_send(s, many, sizeof(many));
	settle();
	assert_true(fake_tls_unread(s) > 0);
	vanish(s);
	fake_snp_busy_until_ns(0);
	rest();
}

// Who sends a body is answered, and the next request is found behind it.
static void test_a_body_is_read_over(void **state)
{
	struct tls_session *s = client();
	struct check_evidence e;

	(void)state;
	ask_with(s, "GET", 1, "Content-Length: 5\r\n");
	run_for(BATCH_GATHER_NS);
	expect(s, 1, &e);
	say(s, "12345" GET);
	reply(take(), 200, "");
	assert_status(s, 200);
	leave(s);
	rest();
}

static void test_a_host_that_never_answers(void **state)
{
	struct tls_session *s = client();

	(void)state;
	ask(s, 1);
	fake_snp_busy_until_ns(UINT64_MAX);
	run_for(120 * SECOND);
	assert_string_equal(fake_tls_sent(s, NULL), "");
	run_for(31 * SECOND);
	assert_non_null(strstr(fake_tls_sent(s, NULL), "Retry-After: 5\r\n"));
	expect_error(s, 503, "\"busy\"");
	// The connection lives on, and the request under way is over once.
	ask(s, 2);
	fake_snp_busy_until_ns(0);
	run_for(2 * SECOND);
	assert_status(s, 200);
	leave(s);
	rest();
}

static void test_a_report_that_fails(void **state)
{
	struct tls_session *s = client();
	struct check_evidence e;

	(void)state;
	ask(s, 1);
	fake_snp_fail(ERR_DEVICE);
	run_for(BATCH_GATHER_NS);
	expect_error(s, 503, "\"busy\"");
	ask(s, 2);
	run_for(BATCH_GATHER_NS);
	expect(s, 2, &e);
	leave(s);
	rest();
}

static void test_the_key_is_lost(void **state)
{
	(void)state;
	crowd_asks(0, 5);
	fake_snp_busy_until_ns(clock_now_ns() + SECOND);
	run_for(BATCH_GATHER_NS);
	crowd_asks(5, 5);
	fake_snp_fail(ERR_CLOSED);
	run_for(2 * SECOND);
	for (uint32_t i = 0; i < 10; i++)
		expect_error(crowd[i], 503, "\"evidence-lost\"");
	// At once from now on, for a HEAD too; all else is served.
	ask(crowd[0], 1);
	expect_error(crowd[0], 503, "\"evidence-lost\"");
	ask_with(crowd[0], "HEAD", 1, "");
	assert_status(crowd[0], 503);
	say(crowd[0], GET);
	reply(take(), 200, "hi\n");
	assert_status(crowd[0], 200);
	run_for(2 * IDENTITY_AGE_NS);
	fake_snp_revive();
	for (uint32_t i = 0; i < 10; i++)
		leave(crowd[i]);
}

static void test_pipelined(void **state)
{
	struct tls_session *s = client();
	size_t count;

	(void)state;
	ask(s, 1);
	say(s, GET);
	assert_no_request();
	run_for(BATCH_GATHER_NS);
	reply(take(), 200, "hi\n");
	assert_non_null(fake_tls_sent(s, &count));
	assert_memory_equal(fake_tls_sent(s, NULL) + count - 3, "hi\n", 3);
	leave(s);
	rest();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_client),
		cmocka_unit_test(test_a_crowd_costs_one_request),
		cmocka_unit_test(test_more_than_a_tree_holds),
		cmocka_unit_test(test_a_busy_host),
		cmocka_unit_test(test_those_who_go_away),
		cmocka_unit_test(test_a_flood_is_bounded),
		cmocka_unit_test(test_no_generation_starves),
		cmocka_unit_test(test_the_dead_are_seen),
		cmocka_unit_test(test_a_body_is_read_over),
		cmocka_unit_test(test_a_host_that_never_answers),
		cmocka_unit_test(test_a_report_that_fails),
		cmocka_unit_test(test_pipelined),
		cmocka_unit_test(test_the_key_is_lost),
	};

	return cmocka_run_group_tests(tests, evidence_start, NULL);
}
