// SPDX-License-Identifier: Apache-2.0
// Connections through the whole stack: lwIP and net/, with frames made by hand.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/num.h"
#include "kernel/time/clock.h"
#include "net/limits.h"
#include "net/net.h"
#include "tests/fake/clock.h"
#include "tests/fake/nic.h"
#include "tests/fake/owner.h"
#include "tests/fake/peer.h"

static uint16_t next_port = 20000;

static struct peer new_peer(void)
{
	return (struct peer){ .host = 2, .port = next_port++, .seq = 1000 };
}

static struct peer connected_peer(void)
{
	struct peer p = new_peer();

	assert_true(peer_connect(&p));
	assert_non_null(owner_newest());
	peer_drain();
	return p;
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
	fake_nic_set_offload(false);
	peer_settle();
	peer_pass_ms(1000);
	peer_drain();
	return 0;
}

// The next segment to this peer's port.
static struct peer_segment next_segment(const struct peer *p)
{
	struct peer_segment s;

	while (peer_take(&s))
		if (s.port == p->port)
			return s;
	fail_msg("no segment");
	return s;
}

static bool is_silent(void)
{
	struct peer_segment s;

	return !peer_take(&s);
}

static void test_is_up(void **state)
{
	(void)state;
	assert_true(net_is_up());
}

static void test_reads_and_ends(void **state)
{
	struct peer p = connected_peer();
	struct owner *o = owner_newest();

	(void)state;
	peer_send_data(&p, "hello", 5);
	peer_settle();
	assert_int_equal(o->count, 5);
	assert_memory_equal(o->bytes, "hello", 5);
	assert_int_equal(o->end, OK);
	peer_send(&p, PEER_FIN | PEER_ACK, NULL, 0, NULL, 0);
	peer_settle();
	assert_int_equal(o->end, ERR_CLOSED);
	assert_int_equal(next_segment(&p).ack, p.seq + 1);
}

static void test_data_with_the_fin_is_read_first(void **state)
{
	struct peer p = connected_peer();
	struct owner *o = owner_newest();

	(void)state;
	peer_send(&p, PEER_FIN | PEER_ACK, NULL, 0, "last", 4);
	peer_settle();
	assert_int_equal(o->count, 4);
	assert_int_equal(o->end, ERR_CLOSED);
}

static void test_echoes_in_one_segment_with_the_ack(void **state)
{
	struct peer p = connected_peer();
	struct peer_segment s;

	(void)state;
	owner_echoes = true;
	peer_send_data(&p, "ping", 4);
	peer_settle();
	s = next_segment(&p);
	assert_int_equal(s.length, 4);
	assert_memory_equal(s.bytes, "ping", 4);
	assert_int_equal(s.ack, p.seq);
	assert_true(s.flags & PEER_PSH);
	assert_true(is_silent());
}

static void test_offloaded_checksums(void **state)
{
	struct peer p;
	struct peer_segment s;

	(void)state;
	fake_nic_set_offload(true);
	p = connected_peer();
	owner_echoes = true;
	peer_send_data(&p, "odd", 3);
	peer_settle();
	s = next_segment(&p); // peer.c checks its sums
	assert_memory_equal(s.bytes, "odd", 3);
}

static void test_bad_checksum_is_dropped(void **state)
{
	struct peer p = connected_peer();
	uint8_t segment[25] = { 0 };

	(void)state;
	segment[12] = 0x50;
	segment[13] = PEER_ACK;
	memcpy(segment, &(uint16_t){ __builtin_bswap16(p.port) }, 2);
	segment[2] = 443 >> 8;
	segment[3] = 443 & 0xff;
	peer_send_ipv4(p.host, 6, segment, sizeof(segment));
	peer_settle();
	assert_int_equal(owner_newest()->count, 0);
	assert_true(is_silent());
}

static void test_puts_out_of_order_data_in_order(void **state)
{
	struct peer p = connected_peer();
	struct owner *o = owner_newest();
	struct peer late = p;

	(void)state;
	late.seq += 3;
	peer_send_data(&late, "def", 3);
	late.seq += 3;
	peer_send_data(&late, "jkl", 3);
	peer_settle();
	assert_int_equal(o->count, 0);
	late.seq = p.seq + 6;
	peer_send_data(&late, "ghi", 3);
	peer_send_data(&p, "abc", 3);
	peer_settle();
	assert_int_equal(o->count, 12);
	assert_memory_equal(o->bytes, "abcdefghijkl", 12);
}

static void test_reset_must_hit_the_exact_number(void **state)
{
	struct peer p = connected_peer();
	struct owner *o = owner_newest();
	struct peer forged = p;

	(void)state;
	forged.seq += 100; // in the window: RFC 5961 3.2 challenges
	peer_send(&forged, PEER_RST, NULL, 0, NULL, 0);
	peer_settle();
	assert_int_equal(o->end, OK);
	assert_int_equal(next_segment(&p).flags, PEER_ACK);
	forged.seq = p.seq - 100000; // outside
	peer_send(&forged, PEER_RST, NULL, 0, NULL, 0);
	peer_settle();
	assert_int_equal(o->end, OK);
	peer_send(&p, PEER_RST, NULL, 0, NULL, 0);
	peer_settle();
	assert_int_equal(o->end, ERR_RESET);
}

static void test_injected_data_is_refused(void **state)
{
	struct peer p = connected_peer();
	struct peer forged = p;
	uint64_t resets = net_figures().resets;

	(void)state;
	forged.ack += 1000; // acknowledges what was never sent
	peer_send(&forged, PEER_ACK, NULL, 0, "evil", 4);
	forged.ack = p.ack - 100000; // and what is long over
	peer_send(&forged, PEER_ACK, NULL, 0, "evil", 4);
	peer_send(&p, 0, NULL, 0, "evil", 4); // acknowledges nothing
	peer_send(&p, PEER_SYN, NULL, 0, NULL, 0);
	peer_settle();
	assert_int_equal(owner_newest()->count, 0);
	assert_int_equal(net_figures().resets, resets);
	peer_drain();
	peer_send_data(&p, "good", 4);
	peer_settle();
	assert_int_equal(owner_newest()->count, 4);
}

static void test_refused_by_its_owner(void **state)
{
	struct peer p = new_peer();

	(void)state;
	owner_refuses = true;
	assert_true(peer_connect(&p));
	assert_true(next_segment(&p).flags & PEER_RST);
	assert_int_equal(owner_count(), 0);
}

static void acknowledge_all(struct peer *p, size_t *received)
{
	struct peer_segment s;

	while (peer_take(&s)) {
		if (s.port != p->port || s.seq != p->ack)
			continue;
		p->ack += (uint32_t)s.length + (s.flags & PEER_FIN);
		*received += s.length;
		peer_send(p, PEER_ACK, NULL, 0, NULL, 0);
	}
	peer_settle();
}

static void test_close_delivers_what_was_written(void **state)
{
	struct peer p = connected_peer();
	static uint8_t bytes[40000];
	size_t count, received = 0;
	uint64_t resets = net_figures().resets;
	struct owner *o = owner_newest();

	(void)state;
	memset(bytes, 'x', sizeof(bytes));
	assert_int_equal(conn_write(o->conn, bytes, sizeof(bytes), &count), OK);
	assert_int_equal(count, sizeof(bytes));
	conn_close(o->conn);
	o->conn = NULL;
	peer_settle();
	// The client still sends; that is no reason to reset it.
	peer_send_data(&p, "more", 4);
	for (int i = 0; i < 50; i++)
		acknowledge_all(&p, &received);
	assert_int_equal(received, sizeof(bytes));
	peer_send(&p, PEER_FIN | PEER_ACK, NULL, 0, NULL, 0);
	peer_settle();
	assert_int_equal(next_segment(&p).ack, p.seq + 1);
	assert_int_equal(net_figures().resets, resets);
}

static void test_close_ends_in_bounded_time(void **state)
{
	struct peer p = connected_peer();
	struct peer_segment s;
	bool reset = false;

	(void)state;
	conn_close(owner_newest()->conn);
	owner_newest()->conn = NULL;
	peer_settle();
	s = next_segment(&p);
	assert_true(s.flags & PEER_FIN);
	p.ack = s.seq + 1;
	peer_send(&p, PEER_ACK, NULL, 0, NULL, 0); // and never its own FIN
	peer_pass_ms(NET_CLOSE_NS / NS_PER_MS + 500);
	while (peer_take(&s))
		reset = reset || (s.flags & PEER_RST);
	assert_true(reset);
}

static void test_writer_is_called_when_there_is_room(void **state)
{
	struct peer p = connected_peer();
	static uint8_t bytes[NET_SEND_QUEUE + 1000];
	struct owner *o = owner_newest();
	size_t count, received = 0;
	unsigned int calls;

	(void)state;
	assert_int_equal(conn_write(o->conn, bytes, sizeof(bytes), &count), OK);
	assert_in_range(count, NET_SEND_FLOOR, NET_SEND_QUEUE);
	assert_int_equal(conn_write(o->conn, bytes, 1, &(size_t){ 0 }),
			 ERR_AGAIN);
	calls = o->calls;
	peer_settle();
	assert_int_equal(o->calls, calls);
	for (int i = 0; i < 100; i++)
		acknowledge_all(&p, &received);
	assert_int_equal(received, count);
	assert_true(o->calls > calls);
	assert_int_equal(conn_write_room(o->conn), NET_SEND_QUEUE);
}

static void test_dead_client_is_given_up(void **state)
{
	struct peer p = connected_peer();
	struct owner *o = owner_newest();
	size_t count;

	(void)state;
	(void)p;
	assert_int_equal(conn_write(o->conn, (const uint8_t *)"x", 1, &count),
			 OK);
	peer_pass_ms(10000);
	assert_int_equal(o->end, OK);
	peer_pass_ms(150000);
	assert_int_equal(o->end, ERR_RESET);
	assert_int_equal(conn_write(o->conn, (const uint8_t *)"x", 1, &count),
			 ERR_RESET);
}

static void test_full_ring_delays_but_loses_nothing(void **state)
{
	struct peer p = connected_peer();
	static uint8_t bytes[30000];
	size_t count, received = 0;
	uint64_t before_ns = clock_now_ns();

	(void)state;
	fake_nic_set_ring(3);
	assert_int_equal(
		conn_write(owner_newest()->conn, bytes, sizeof(bytes), &count),
		OK);
	for (int i = 0; i < 200 && received < count; i++) {
		net_poll();
		acknowledge_all(&p, &received);
	}
	fake_nic_set_ring(4096);
	assert_int_equal(received, count);
	assert_true(clock_now_ns() == before_ns); // no retransmission timer
}

static void test_wake_calls_once(void **state)
{
	struct owner *o;
	unsigned int calls;

	(void)state;
	(void)connected_peer();
	o = owner_newest();
	calls = o->calls;
	conn_wake(o->conn);
	conn_wake(o->conn);
	assert_true(net_deadline_ns() <= clock_now_ns());
	peer_settle();
	assert_int_equal(o->calls, calls + 1);
}

static void test_acknowledges_when_asked(void **state)
{
	struct peer p = connected_peer();
	struct peer_segment s;

	(void)state;
	peer_send_data(&p, "short", 5);
	net_poll();
	assert_false(peer_take(&s)); // an answer might carry it
	conn_acknowledge(owner_newest()->conn);
	net_poll();
	assert_true(peer_take(&s));
	assert_int_equal(s.ack, p.seq);
	assert_int_equal(s.length, 0);
	conn_acknowledge(owner_newest()->conn);
	net_poll();
	assert_false(peer_take(&s));
}

static void test_first_sequence_numbers_are_unlike(void **state)
{
	struct peer a = connected_peer();
	struct peer b = connected_peer();
	struct peer c = connected_peer();

	(void)state;
	assert_true(b.ack - a.ack != c.ack - b.ack);
	assert_true(b.ack - a.ack > 1000000 || a.ack - b.ack > 1000000);
}

static void test_sleeps_when_idle(void **state)
{
	uint64_t end_ns;
	int wakes = 0;

	(void)state;
	owner_reset_all();
	peer_pass_ms(120000); // TIME_WAIT and all
	end_ns = clock_now_ns() + 10 * NS_PER_SECOND;
	for (; clock_now_ns() < end_ns; wakes++) {
		fake_clock_set_ns(net_deadline_ns());
		peer_settle();
	}
	assert_in_range(wakes, 1, 11); // ARP's and ND's ageing, together
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_is_up, clean),
		cmocka_unit_test_teardown(test_reads_and_ends, clean),
		cmocka_unit_test_teardown(test_data_with_the_fin_is_read_first,
					  clean),
		cmocka_unit_test_teardown(
			test_echoes_in_one_segment_with_the_ack, clean),
		cmocka_unit_test_teardown(test_offloaded_checksums, clean),
		cmocka_unit_test_teardown(test_bad_checksum_is_dropped, clean),
		cmocka_unit_test_teardown(test_puts_out_of_order_data_in_order,
					  clean),
		cmocka_unit_test_teardown(test_reset_must_hit_the_exact_number,
					  clean),
		cmocka_unit_test_teardown(test_injected_data_is_refused, clean),
		cmocka_unit_test_teardown(test_refused_by_its_owner, clean),
		cmocka_unit_test_teardown(test_close_delivers_what_was_written,
					  clean),
		cmocka_unit_test_teardown(test_close_ends_in_bounded_time,
					  clean),
		cmocka_unit_test_teardown(
			test_writer_is_called_when_there_is_room, clean),
		cmocka_unit_test_teardown(test_dead_client_is_given_up, clean),
		cmocka_unit_test_teardown(
			test_full_ring_delays_but_loses_nothing, clean),
		cmocka_unit_test_teardown(test_wake_calls_once, clean),
		cmocka_unit_test_teardown(test_acknowledges_when_asked, clean),
		cmocka_unit_test_teardown(
			test_first_sequence_numbers_are_unlike, clean),
		cmocka_unit_test_teardown(test_sleeps_when_idle, clean),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
