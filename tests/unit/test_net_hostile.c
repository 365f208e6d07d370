// SPDX-License-Identifier: Apache-2.0
// Packets made against holes of lwIP 2.2.1 that our patches close. Each ends
// where the frame ends, and one byte behind it traps.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "net/lwip/base.h"

#include "lwip/nd6.h"
#include "lwip/netif.h"

#include "net/limits.h"
#include "net/link.h"
#include "net/net.h"
#include "tests/fake/nic.h"
#include "tests/fake/owner.h"
#include "tests/fake/peer.h"

#define NEIGHBOUR_SOLICITATION 135
#define NEIGHBOUR_ADVERTISEMENT 136
#define OPTION_SOURCE 1
#define OPTION_TARGET 2
#define FLAG_SOLICITED 0x40
#define FLAG_OVERRIDE 0x20

static uint16_t next_port = 30000;

static int start(void **state)
{
	(void)state;
	fake_nic_set_trap(true);
	peer_start_stack();
	owner_listen();
	peer_pass_ms(3000); // duplicate address detection
	peer_drain();
	return 0;
}

static int clean(void **state)
{
	(void)state;
	owner_reset_all();
	peer_settle();
	peer_drain();
	return 0;
}

static struct peer new_peer(void)
{
	return (struct peer){
		.host = 2, .port = next_port++, .seq = 1000, .window = 65535
	};
}

static void test_option_that_ends_with_its_kind(void **state)
{
	static const uint8_t kinds[] = { 2, 3, 4, 5, 8, 254 };
	struct peer_segment s;

	(void)state;
	for (size_t i = 0; i < sizeof(kinds); i++) {
		uint8_t options[4] = { 1, 1, 1, kinds[i] };
		struct peer p = new_peer();

		peer_send(&p, PEER_SYN, options, sizeof(options), NULL, 0);
		peer_settle();
		assert_true(peer_take(&s));
		assert_int_equal(s.flags, PEER_SYN | PEER_ACK);
	}
}

static void test_option_longer_than_the_header(void **state)
{
	static const uint8_t all[][4] = {
		{ 1, 1, 2, 4 }, { 1, 2, 4, 5 },     { 1, 3, 3, 255 },
		{ 1, 1, 3, 3 }, { 254, 255, 0, 0 }, { 254, 0, 0, 0 },
		{ 2, 0, 0, 0 }, { 8, 10, 1, 2 },    { 1, 1, 4, 3 },
	};
	struct peer_segment s;

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct peer p = new_peer();

		peer_send(&p, PEER_SYN, all[i], 4, NULL, 0);
		peer_settle();
		assert_true(peer_take(&s));
		assert_int_equal(s.flags, PEER_SYN | PEER_ACK);
	}
}

static void test_segment_size_stays(void **state)
{
	static const uint8_t small[4] = { 2, 4, 0, 100 };
	static uint8_t bytes[5000];
	struct peer p = new_peer();
	size_t count;

	(void)state;
	p.window = 1000;
	assert_true(peer_connect(&p));
	assert_int_equal(
		conn_write(owner_newest()->conn, bytes, sizeof(bytes), &count),
		OK);
	peer_settle();
	peer_send(&p, PEER_ACK, small, sizeof(small), "x", 1);
	peer_settle();
	assert_int_equal(
		conn_write(owner_newest()->conn, bytes, sizeof(bytes), &count),
		OK);
	peer_settle();
}

static void test_tiny_segment_size(void **state)
{
	static const uint8_t tiny[4] = { 2, 4, 0, 1 };
	static uint8_t bytes[2000];
	struct peer p = new_peer();
	struct peer_segment s;
	size_t count;

	(void)state;
	peer_send(&p, PEER_SYN, tiny, sizeof(tiny), NULL, 0);
	p.seq++;
	peer_settle();
	assert_true(peer_take(&s));
	p.ack = s.seq + 1;
	peer_send(&p, PEER_ACK, NULL, 0, NULL, 0);
	peer_settle();
	assert_int_equal(
		conn_write(owner_newest()->conn, bytes, sizeof(bytes), &count),
		OK);
	peer_settle();
	assert_true(peer_take(&s));
	assert_in_range(s.length, 200, 300);
}

// Sends a neighbour message: type, flags, target, then `options`.
static void send_neighbour(const uint8_t destination[16], uint8_t type,
			   uint8_t flags, const uint8_t target[16],
			   const uint8_t *options, size_t option_bytes)
{
	uint8_t message[64] = { type, 0, 0, 0, flags };

	memcpy(message + 8, target, 16);
	memcpy(message + 24, options, option_bytes);
	peer_send_icmpv6(destination, 255, message, 24 + option_bytes);
	peer_settle();
}

// The hardware address that the guest answers a good solicitation at, or none.
static bool advertised_to(uint8_t mac[6])
{
	static const uint8_t source[8] = { OPTION_SOURCE, 1, 2, 0, 0, 0, 0, 1 };
	uint8_t frame[NIC_FRAME_LIMIT];
	bool found = false;

	while (fake_nic_take(frame) > 0)
		;
	send_neighbour(peer_guest6, NEIGHBOUR_SOLICITATION, 0, peer_guest6,
		       source, sizeof(source));
	while (fake_nic_take(frame) > 0) {
		if (frame[54] != NEIGHBOUR_ADVERTISEMENT)
			continue;
		memcpy(mac, frame, 6);
		found = true;
	}
	return found;
}

static const uint8_t peer_mac[6] = { 2, 0, 0, 0, 0, 1 };

static const struct {
	uint8_t bytes[16];
	size_t count;
} bad_options[] = {
	{ { OPTION_TARGET, 0 }, 2 },
	{ { OPTION_SOURCE, 0 }, 2 },
	{ { OPTION_TARGET }, 1 },
	{ { OPTION_TARGET, 1 }, 2 },
	{ { OPTION_SOURCE, 1, 9, 9, 9, 9, 9 }, 7 },
	{ { OPTION_TARGET, 2, 9, 9, 9, 9, 9, 9 }, 8 },
	{ { OPTION_TARGET, 1, 9, 9, 9, 9, 9, 9, OPTION_SOURCE, 0 }, 10 },
	{ { OPTION_SOURCE, 1, 9, 9, 9, 9, 9, 9, 5, 2 }, 10 },
};

static void test_bad_neighbour_options(void **state)
{
	static const uint8_t all_nodes[16] = { 0xff, 2, [15] = 1 };
	uint64_t bad = net_figures().frames_bad;
	uint8_t mac[6];

	(void)state;
	assert_true(advertised_to(mac));
	assert_memory_equal(mac, peer_mac, 6);
	for (size_t i = 0; i < sizeof(bad_options) / sizeof(bad_options[0]);
	     i++) {
		const uint8_t *bytes = bad_options[i].bytes;
		size_t count = bad_options[i].count;

		send_neighbour(peer_guest6, NEIGHBOUR_SOLICITATION, 0,
			       peer_guest6, bytes, count);
		send_neighbour(peer_guest6, NEIGHBOUR_ADVERTISEMENT,
			       FLAG_SOLICITED | FLAG_OVERRIDE, peer_own6, bytes,
			       count);
		send_neighbour(all_nodes, NEIGHBOUR_ADVERTISEMENT,
			       FLAG_OVERRIDE, peer_own6, bytes, count);
	}
	assert_true(net_figures().frames_bad >= bad + 24);
	assert_true(advertised_to(mac));
	assert_memory_equal(mac, peer_mac, 6);
}

static void test_address_of_the_wrong_type(void **state)
{
	static const uint8_t other[8] = { 14, 1, 9, 9, 9, 9, 9, 9 };
	static const uint8_t both[16] = {
		14, 1, 9, 9, 9, 9, 9, 9, OPTION_TARGET, 1, 2, 0, 0, 0, 0, 7
	};
	uint8_t mac[6];

	(void)state;
	assert_true(advertised_to(mac));
	send_neighbour(peer_guest6, NEIGHBOUR_ADVERTISEMENT,
		       FLAG_SOLICITED | FLAG_OVERRIDE, peer_own6, other,
		       sizeof(other));
	assert_true(advertised_to(mac));
	assert_memory_equal(mac, peer_mac, 6);
	send_neighbour(peer_guest6, NEIGHBOUR_ADVERTISEMENT,
		       FLAG_SOLICITED | FLAG_OVERRIDE, peer_own6, both,
		       sizeof(both));
	assert_true(advertised_to(mac));
	assert_int_equal(mac[5], 7);
	send_neighbour(peer_guest6, NEIGHBOUR_ADVERTISEMENT,
		       FLAG_SOLICITED | FLAG_OVERRIDE, peer_own6,
		       (const uint8_t[]){ OPTION_TARGET, 1, 2, 0, 0, 0, 0, 1 },
		       8);
}

static uint16_t path_mtu_after(uint32_t reported)
{
	uint8_t message[48] = {
		2,   0, 0, 0, 0, 0, (uint8_t)(reported >> 8), (uint8_t)reported,
		0x60
	};
	ip6_addr_t peer6;

	memcpy(message + 8 + 8, peer_guest6, 16);
	memcpy(message + 8 + 24, peer_own6, 16);
	peer_send_icmpv6(peer_guest6, 64, message, sizeof(message));
	peer_settle();
	memcpy(peer6.addr, peer_own6, sizeof(peer6.addr));
	return nd6_get_destination_mtu(&peer6, link_interface());
}

static void test_path_mtu_stays_sane(void **state)
{
	static const uint8_t ping[8] = { 128 };
	uint8_t mac[6];

	(void)state;
	assert_true(advertised_to(mac));
	peer_send_icmpv6(peer_guest6, 64, ping, sizeof(ping));
	peer_settle(); // the answer makes the destination known
	assert_int_equal(path_mtu_after(0), 1500);
	assert_int_equal(path_mtu_after(1279), 1500);
	assert_int_equal(path_mtu_after(65535), 1500);
	assert_int_equal(path_mtu_after(1400), 1400);
	assert_int_equal(path_mtu_after(1500), 1400);
	assert_int_equal(path_mtu_after(1280), 1280);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_option_that_ends_with_its_kind,
					  clean),
		cmocka_unit_test_teardown(test_option_longer_than_the_header,
					  clean),
		cmocka_unit_test_teardown(test_segment_size_stays, clean),
		cmocka_unit_test_teardown(test_tiny_segment_size, clean),
		cmocka_unit_test_teardown(test_bad_neighbour_options, clean),
		cmocka_unit_test_teardown(test_address_of_the_wrong_type,
					  clean),
		cmocka_unit_test_teardown(test_path_mtu_stays_sane, clean),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
