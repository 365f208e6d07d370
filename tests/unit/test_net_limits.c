// SPDX-License-Identifier: Apache-2.0
// What floods, slow readers and waiting uploads cost: net/limits.h, held.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/num.h"
#include "net/limits.h"
#include "net/memory.h"
#include "net/net.h"
#include "tests/fake/clock.h"
#include "tests/fake/nic.h"
#include "tests/fake/owner.h"
#include "tests/fake/peer.h"

static uint16_t next_port = 20000;
static struct peer peers[CONN_LIMIT];

static struct peer new_peer(void)
{
	return (struct peer){ .host = 2, .port = next_port++, .seq = 1000 };
}

static int start(void **state)
{
	(void)state;
	peer_start_stack();
	owner_listen();
	return 0;
}

static int clean(void **state)
{
	(void)state;
	owner_reset_all();
	peer_settle();
	peer_pass_ms(40000);
	peer_drain();
	return 0;
}

static void connect_all(void)
{
	for (size_t i = 0; i < CONN_LIMIT; i++) {
		peers[i] = new_peer();
		assert_true(peer_connect(&peers[i]));
		peer_drain();
	}
	assert_int_equal(owner_count(), CONN_LIMIT);
	assert_int_equal(net_figures().connections, CONN_LIMIT);
}

static void test_one_more_than_the_limit(void **state)
{
	struct peer late = new_peer();
	uint64_t refused;

	(void)state;
	connect_all();
	refused = net_figures().refused;
	assert_false(peer_connect(&late));
	assert_int_equal(net_figures().refused, refused + 1);
	assert_int_equal(owner_count(), CONN_LIMIT);
	conn_close(owners[7].conn);
	owners[7].conn = NULL;
	late = new_peer();
	assert_true(peer_connect(&late));
	assert_int_equal(owner_count(), CONN_LIMIT);
}

static void test_syn_flood(void **state)
{
	uint64_t before = memory_figures().used_bytes;
	struct peer client;
	struct peer flood;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		flood = (struct peer){ .host = (uint8_t)(3 + i % 8),
				       .port = (uint16_t)(1024 + i),
				       .seq = (uint32_t)i,
				       .window = 1000 };
		peer_send(&flood, PEER_SYN, NULL, 0, NULL, 0);
		net_poll();
		if (i % 1000 != 999)
			continue;
		peer_drain();
		client = new_peer();
		assert_true(peer_connect(&client));
		peer_drain();
	}
	assert_int_equal(owner_count(), 20);
	assert_in_range(memory_figures().used_bytes - before, 0,
			(NET_HALF_OPEN_LIMIT + 20) * 3 * KIB);
	owner_reset_all();
	peer_pass_ms(40000); // and it passes
	assert_in_range(memory_figures().used_bytes, 0, before + 64 * KIB);
}

// Each uploads as much as it is let, and nobody reads.
static void test_waiting_uploads(void **state)
{
	static uint8_t bytes[1460];
	uint64_t held = 0;

	(void)state;
	owner_holds = true;
	connect_all();
	for (int round = 0; round < 30; round++)
		for (size_t i = 0; i < CONN_LIMIT; i++) {
			peer_send_data(&peers[i], bytes, sizeof(bytes));
			net_poll();
			peer_drain();
		}
	peer_settle();
	for (size_t i = 0; i < CONN_LIMIT; i++) {
		owner_read(&owners[i]);
		held += owners[i].total;
		assert_in_range(owners[i].total, NET_WINDOW_FLOOR - 1460,
				NET_WINDOW_FLOOR);
	}
	assert_true(held > 0);
	assert_in_range(memory_figures().peak_bytes, held, NET_MEMORY_LIMIT);
	assert_in_range(memory_figures().peak_bytes, held,
			CONN_LIMIT * NET_WINDOW_FLOOR * 22 / 10 + 2 * MIB);
}

static void test_bytes_in_tiny_segments(void **state)
{
	struct peer p = new_peer();
	uint64_t before;

	(void)state;
	owner_holds = true;
	assert_true(peer_connect(&p));
	peer_drain();
	before = memory_figures().used_bytes;
	for (int i = 0; i < NET_WINDOW_FLOOR; i++) {
		peer_send_data(&p, "x", 1);
		net_poll();
		if (i % 1000 == 0)
			peer_drain();
	}
	assert_in_range(memory_figures().used_bytes - before, NET_WINDOW_FLOOR,
			NET_WINDOW_FLOOR * 22 / 10);
	owner_read(owner_newest());
	assert_int_equal(owner_newest()->total, NET_WINDOW_FLOOR);
}

static void test_window_grows_for_a_reader(void **state)
{
	static const uint8_t options[] = { 2, 4, 0x05, 0xb4, 1, 3, 3, 7 };
	static uint8_t bytes[1460];
	struct peer p = new_peer();
	struct peer_segment s = { 0 };
	uint32_t widest = 0;

	(void)state;
	p.window = 65535;
	peer_send(&p, PEER_SYN, options, sizeof(options), NULL, 0);
	p.seq++;
	peer_settle();
	assert_true(peer_take(&s));
	assert_int_equal(s.window, NET_WINDOW_FLOOR);
	p.ack = s.seq + 1;
	peer_send(&p, PEER_ACK, NULL, 0, NULL, 0);
	for (int i = 0; i < 1000; i++) {
		peer_send_data(&p, bytes, sizeof(bytes));
		peer_settle();
		while (peer_take(&s))
			widest = s.window > widest ? s.window : widest;
	}
	assert_int_equal(owner_newest()->total, 1000 * sizeof(bytes));
	assert_in_range(widest << 3, NET_RECEIVE_WINDOW * 9 / 10,
			NET_RECEIVE_WINDOW);
}

// Each is sent as much as it is let, and none acknowledges any of it.
static void test_slow_readers(void **state)
{
	static uint8_t bytes[NET_SEND_QUEUE];
	size_t sent_to[CONN_LIMIT] = { 0 };
	uint64_t sent = 0;
	size_t count;

	(void)state;
	connect_all();
	for (int round = 0; round < 3; round++)
		for (size_t i = 0; i < CONN_LIMIT; i++)
			if (conn_write(owners[i].conn, bytes, sizeof(bytes),
				       &count) == OK)
				sent_to[i] += count;
	for (size_t i = 0; i < CONN_LIMIT; i++) {
		assert_true(sent_to[i] >= NET_SEND_FLOOR);
		sent += sent_to[i];
	}
	assert_in_range(sent, CONN_LIMIT * NET_SEND_FLOOR,
			CONN_LIMIT * NET_SEND_FLOOR + NET_SEND_SHARED);
	assert_in_range(memory_figures().used_bytes, sent,
			sent * 14 / 10 + MIB);
	owner_reset_all();
	assert_in_range(memory_figures().used_bytes, 0, 64 * KIB);
}

static void test_tiny_window_bounds_the_pieces(void **state)
{
	static uint8_t bytes[NET_SEND_QUEUE];
	struct peer p = new_peer();
	uint64_t before;
	size_t count, sent = 0;

	(void)state;
	p.window = 2;
	assert_true(peer_connect(&p));
	before = memory_figures().used_bytes;
	while (conn_write(owner_newest()->conn, bytes, sizeof(bytes), &count) ==
	       OK)
		sent += count;
	assert_true(sent > 0);
	assert_in_range(memory_figures().used_bytes - before, 0, 256 * KIB);
}

static void test_closing_ones_are_bounded(void **state)
{
	static uint8_t bytes[NET_SEND_FLOOR];
	size_t count;

	(void)state;
	for (int round = 0; round < 4; round++) {
		connect_all();
		for (size_t i = 0; i < CONN_LIMIT; i++) {
			assert_int_equal(conn_write(owners[i].conn, bytes,
						    sizeof(bytes), &count),
					 OK);
			conn_close(owners[i].conn);
			owners[i].conn = NULL;
		}
		peer_settle();
		peer_drain();
	}
	assert_int_equal(net_figures().connections, 0);
	assert_in_range(memory_figures().used_bytes, 0,
			NET_CLOSING_QUEUED * 14 / 10 + MIB);
	peer_pass_ms(NET_CLOSE_NS / NS_PER_MS + 500);
	assert_in_range(memory_figures().used_bytes, 0, 64 * KIB);
}

// A client that is answered and left; it acknowledges all, or nothing.
static uint16_t answered_and_closed(bool acknowledges)
{
	struct peer p = new_peer();
	struct peer_segment s;
	size_t count;

	assert_true(peer_connect(&p));
	peer_drain();
	assert_int_equal(conn_write(owner_newest()->conn,
				    (const uint8_t *)"answer", 6, &count),
			 OK);
	conn_close(owner_newest()->conn);
	owner_newest()->conn = NULL;
	peer_settle();
	while (acknowledges && peer_take(&s))
		if (s.port == p.port)
			p.ack = s.seq + (uint32_t)s.length +
				(s.flags & PEER_FIN);
	if (acknowledges)
		peer_send(&p, PEER_ACK, NULL, 0, NULL, 0);
	peer_settle();
	return p.port;
}

// Only what is delivered gives way to what isn't yet.
static void test_closing_ones_are_delivered_first(void **state)
{
	uint16_t first_delivered = 0;
	uint64_t before = net_figures().closing;
	struct peer_segment s;

	(void)state;
	for (int i = 0; i < NET_CLOSING_LIMIT - 10; i++)
		(void)answered_and_closed(false);
	first_delivered = next_port;
	for (int i = 0; i < 100; i++) {
		(void)answered_and_closed(true);
		while (peer_take(&s))
			assert_true(!(s.flags & PEER_RST) ||
				    s.port >= first_delivered);
	}
	for (int i = 0; i < 10; i++)
		(void)answered_and_closed(false);
	while (peer_take(&s))
		assert_true(!(s.flags & PEER_RST) || s.port >= first_delivered);
	assert_int_equal(net_figures().closing - before, NET_CLOSING_LIMIT);
}

// What the guest says to what a stranger sends 500 times into a connection.
static int answers_to_forged(const struct peer *p, uint8_t flags)
{
	struct peer_segment s;
	int answers = 0;

	for (int i = 0; i < 500; i++) {
		peer_send(p, flags, NULL, 0, NULL, 0);
		peer_settle();
		while (peer_take(&s))
			answers += s.port == p->port;
	}
	return answers;
}

static void test_challenges_are_at_a_rate(void **state)
{
	static const struct {
		uint8_t flags;
		uint32_t seq_off, ack_off;
	} cases[] = {
		{ PEER_ACK, 0, 1000 },
		{ PEER_RST, 100, 0 },
		{ PEER_SYN, 0, 0 },
	};
	struct peer p = new_peer();

	(void)state;
	assert_true(peer_connect(&p));
	peer_drain();
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct peer forged = p;

		peer_pass_ms(1000);
		forged.seq += cases[i].seq_off;
		forged.ack += cases[i].ack_off;
		assert_int_equal(answers_to_forged(&forged, cases[i].flags),
				 NET_CHALLENGE_RATE);
	}
	// The connection is none the worse for it.
	peer_send_data(&p, "good", 4);
	peer_settle();
	assert_int_equal(owner_newest()->count, 4);
}

static void test_echo_is_answered_at_a_rate(void **state)
{
	static const uint8_t ping[12] = { 8, 0, 0xf7, 0xff };
	uint8_t frame[NIC_FRAME_LIMIT];
	int answers = 0;

	(void)state;
	peer_drain();
	for (int i = 0; i < 500; i++) {
		peer_send_ipv4(2, 1, ping, sizeof(ping));
		peer_settle();
		while (fake_nic_take(frame) > 0)
			answers += frame[23] == 1 && frame[34] == 0;
	}
	assert_int_equal(answers, NET_ECHO_RATE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_one_more_than_the_limit, clean),
		cmocka_unit_test_teardown(test_syn_flood, clean),
		cmocka_unit_test_teardown(test_slow_readers, clean),
		cmocka_unit_test_teardown(test_waiting_uploads, clean),
		cmocka_unit_test_teardown(test_bytes_in_tiny_segments, clean),
		cmocka_unit_test_teardown(test_window_grows_for_a_reader,
					  clean),
		cmocka_unit_test_teardown(test_tiny_window_bounds_the_pieces,
					  clean),
		cmocka_unit_test_teardown(test_closing_ones_are_bounded, clean),
		cmocka_unit_test_teardown(test_closing_ones_are_delivered_first,
					  clean),
		cmocka_unit_test_teardown(test_challenges_are_at_a_rate, clean),
		cmocka_unit_test_teardown(test_echo_is_answered_at_a_rate,
					  clean),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
