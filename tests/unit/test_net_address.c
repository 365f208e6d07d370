// SPDX-License-Identifier: Apache-2.0
// Addresses by DHCP and router advertisement, from the first frame on.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "kernel/time/clock.h"
#include "net/net.h"
#include "tests/fake/clock.h"
#include "tests/fake/nic.h"
#include "tests/fake/peer.h"

#define DISCOVER 1
#define OFFER 2
#define REQUEST 3
#define ACKNOWLEDGE 5

static const uint8_t guest_mac[6] = { 0x52, 0x54, 0, 0x12, 0x34, 0x56 };
static const uint8_t guest_global[16] = { 0xfd, 0x12, 0,    0,    0, 0,
					  0,    0,    0x50, 0x54, 0, 0xff,
					  0xfe, 0x12, 0x34, 0x56 };
static uint8_t xid[4];

// The type of the next DHCP message that the guest sends; 0 if there is none.
static uint8_t next_message(void)
{
	uint8_t frame[NIC_FRAME_LIMIT];

	while (fake_nic_take(frame) > 0) {
		if (load_be16(frame + 12) != 0x0800 || frame[23] != 17)
			continue;
		assert_int_equal(load_be16(frame + 34), 68);
		assert_int_equal(load_be16(frame + 36), 67);
		assert_memory_equal(frame + 42 + 28, guest_mac, 6);
		assert_int_equal(frame[42 + 240], 53); // comes first
		memcpy(xid, frame + 42 + 4, 4);
		return frame[42 + 242];
	}
	return 0;
}

static void send_message(uint8_t type, const uint8_t its_xid[4])
{
	static const uint8_t options[] = { 54, 4,   10,  0, 2, 2,   51,  4,   0,
					   0,  255, 255, 1, 4, 255, 255, 255, 0,
					   3,  4,   10,  0, 2, 2,   255 };
	uint8_t udp[8 + 240 + 3 + sizeof(options)] = { 0, 67, 0, 68 };

	udp[5] = (uint8_t)sizeof(udp);
	udp[4] = sizeof(udp) >> 8;
	udp[8] = 2;
	udp[9] = 1;
	udp[10] = 6;
	memcpy(udp + 12, its_xid, 4);
	memcpy(udp + 24, "\x0a\0\2\x0f", 4);
	memcpy(udp + 36, guest_mac, 6);
	memcpy(udp + 244, "\x63\x82\x53\x63\x35\1", 6);
	udp[250] = type;
	memcpy(udp + 251, options, sizeof(options));
	peer_send_ipv4(2, 17, udp, sizeof(udp));
	peer_settle();
}

static void test_asks_at_once_and_again(void **state)
{
	struct net_config config = net_config_default();

	(void)state;
	assert_int_equal(net_init(&config), OK);
	assert_int_equal(next_message(), DISCOVER);
	assert_false(net_is_up());
	peer_pass_ms(5000);
	assert_int_equal(next_message(), DISCOVER);
}

static void test_stranger_is_ignored(void **state)
{
	uint8_t other[4];

	(void)state;
	while (next_message() != 0)
		;
	memcpy(other, xid, 4);
	other[0] ^= 1;
	send_message(OFFER, other);
	assert_int_equal(next_message(), 0);
}

static void test_takes_what_it_asked_for(void **state)
{
	(void)state;
	send_message(OFFER, xid);
	assert_int_equal(next_message(), REQUEST);
	assert_false(net_is_up());
	send_message(ACKNOWLEDGE, xid);
	assert_true(net_is_up());
}

static bool is_advertised(const uint8_t target[16])
{
	uint8_t message[32] = { 135, [24] = 1, 1, 2, 0, 0, 0, 0, 1 };
	uint8_t frame[NIC_FRAME_LIMIT];
	bool found = false;

	peer_drain();
	memcpy(message + 8, target, 16);
	peer_send_icmpv6(peer_guest6, 255, message, sizeof(message));
	peer_settle();
	while (fake_nic_take(frame) > 0)
		found = found || (frame[54] == 136 &&
				  memcmp(frame + 62, target, 16) == 0);
	return found;
}

static void test_router_advertisement(void **state)
{
	static const uint8_t all_nodes[16] = { 0xff, 2, [15] = 1 };
	uint8_t message[16 + 32] = { 134, 0, 0, 0, 64, 0, 0x07, 0x08 };

	(void)state;
	peer_pass_ms(3000);
	assert_true(is_advertised(peer_guest6));
	assert_false(is_advertised(guest_global));
	message[16] = 3;
	message[17] = 4;
	message[18] = 64;
	message[19] = 0xc0; // on-link, autonomous
	message[22] = 1;    // valid and preferred for a while
	message[26] = 1;
	memcpy(message + 32, guest_global, 8);
	peer_send_icmpv6(all_nodes, 255, message, sizeof(message));
	peer_pass_ms(3000);
	assert_true(is_advertised(guest_global));
}

// RFC 4861 6.1.2: 255 says that no router forwarded it.
static void test_far_advertisement_is_ignored(void **state)
{
	static const uint8_t all_nodes[16] = { 0xff, 2, [15] = 1 };
	uint8_t message[16 + 32] = { 134, 0, 0, 0, 64, 0, 0x07, 0x08 };
	uint8_t other[16];

	(void)state;
	memcpy(other, guest_global, 16);
	other[1] = 0x77;
	message[16] = 3;
	message[17] = 4;
	message[18] = 64;
	message[19] = 0xc0;
	message[22] = 1;
	message[26] = 1;
	memcpy(message + 32, other, 8);
	peer_send_icmpv6(all_nodes, 254, message, sizeof(message));
	peer_pass_ms(3000);
	assert_false(is_advertised(other));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_asks_at_once_and_again),
		cmocka_unit_test(test_stranger_is_ignored),
		cmocka_unit_test(test_takes_what_it_asked_for),
		cmocka_unit_test(test_router_advertisement),
		cmocka_unit_test(test_far_advertisement_is_ignored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
