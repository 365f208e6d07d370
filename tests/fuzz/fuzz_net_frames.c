// SPDX-License-Identifier: Apache-2.0
// Frames, time and an owner's calls against the whole stack. An input is a
// list of steps: a kind, a length, that many bytes. Most kinds put right what
// a random frame would get wrong (addresses, sums, numbers of the connection
// at hand), so that what lies behind is reached. Built with libFuzzer, or with
// replay.c to run saved inputs.
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/bytes.h"
#include "base/num.h"
#include "net/net.h"
#include "tests/fake/clock.h"
#include "tests/fake/nic.h"
#include "tests/fake/owner.h"

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t length);

enum step {
	STEP_RAW,       // the frame as it is
	STEP_IPV4,      // behind a good IPv4 header
	STEP_IPV6,      // behind a good IPv6 header
	STEP_SEGMENT,   // behind good headers of the last connection
	STEP_DHCP,      // behind a good DHCP header
	STEP_NEIGHBOUR, // ICMPv6 with a good sum and hop limit
	STEP_TIME,
	STEP_OWNER,
	STEP_COUNT,
};

static const uint8_t guest_mac[6] = { 0x52, 0x54, 0, 0x12, 0x34, 0x56 };
static const uint8_t guest6[16] = {
	0xfe, 0x80, 0, 0,    0,    0,    0,    0,
	0x50, 0x54, 0, 0xff, 0xfe, 0x12, 0x34, 0x56
};

// What the guest said last, as far as an answer needs it.
static uint8_t dhcp_xid[4];
static uint8_t tcp_port[2] = { 0x50, 0 };
static uint32_t tcp_seq, tcp_ack;

static void put16(uint8_t *at, size_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static void put32(uint8_t *at, uint32_t value)
{
	put16(at, value >> 16);
	put16(at + 2, value & 0xffff);
}

static uint32_t add(uint32_t sum, const uint8_t *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		sum += i % 2 ? bytes[i] : (uint32_t)bytes[i] << 8;
	return sum;
}

static uint16_t finish(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static void answer_arp(const uint8_t *request)
{
	uint8_t frame[42] = { 0 };

	memcpy(frame, guest_mac, 6);
	memcpy(frame + 6, "\x02\0\0\0\0\1", 6);
	memcpy(frame + 12, "\x08\x06\0\1\x08\0\6\4\0\2", 10);
	memcpy(frame + 22, "\x02\0\0\0\0\1", 6);
	memcpy(frame + 28, request + 38, 4);
	memcpy(frame + 32, request + 22, 10);
	fake_nic_put(frame, sizeof(frame));
}

static void note_sent(const uint8_t *frame, size_t length)
{
	size_t total;

	if (length >= 42 && load_be16(frame + 12) == 0x0806 && frame[21] == 1)
		answer_arp(frame);
	if (length >= 54 && frame[12] == 8 && frame[13] == 0 &&
	    frame[23] == 6) {
		total = (size_t)load_be16(frame + 16) - 20 -
			(size_t)(frame[46] >> 4) * 4;
		memcpy(tcp_port, frame + 36, 2);
		tcp_seq = load_be32(frame + 38) + (uint32_t)total +
			  ((frame[47] & 3) != 0);
		tcp_ack = load_be32(frame + 42);
	} else if (length > 50 && frame[23] == 17 && frame[37] == 67) {
		memcpy(dhcp_xid, frame + 46, 4);
	}
}

static void settle(void)
{
	uint8_t frame[NIC_FRAME_LIMIT];
	size_t length;

	for (int i = 0, busy = 1; i < 100 && busy; i++) {
		busy = net_poll();
		while ((length = fake_nic_take(frame)) > 0) {
			note_sent(frame, length);
			busy = 1;
		}
	}
}

static uint8_t *put_ethernet(uint8_t *frame, uint16_t type)
{
	memcpy(frame, guest_mac, 6);
	memcpy(frame + 6, "\x02\0\0\0\0\1", 6);
	put16(frame + 12, type);
	return frame + 14;
}

static void send_ipv4(uint8_t *frame, uint8_t protocol, size_t payload)
{
	uint8_t *ip = put_ethernet(frame, 0x0800);

	memset(ip, 0, 20);
	ip[0] = 0x45;
	put16(ip + 2, 20 + payload);
	ip[8] = 64;
	ip[9] = protocol;
	memcpy(ip + 12, "\x0a\0\2\2\x0a\0\2\x0f", 8);
	put16(ip + 10, finish(add(0, ip, 20)));
	if (protocol == 1 && payload >= 4) {
		put16(ip + 22, 0);
		put16(ip + 22, finish(add(0, ip + 20, payload)));
	}
	fake_nic_put(frame, 34 + payload);
}

static void send_ipv6(uint8_t *frame, uint8_t protocol, uint8_t hops,
		      size_t payload)
{
	uint8_t *ip = put_ethernet(frame, 0x86dd);
	uint32_t sum;

	memset(ip, 0, 40);
	ip[0] = 0x60;
	put16(ip + 4, payload);
	ip[6] = protocol;
	ip[7] = hops;
	memcpy(ip + 8, "\xfe\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\1", 16);
	memcpy(ip + 24, guest6, 16);
	if (protocol == 58 && payload >= 4) {
		put16(ip + 42, 0);
		sum = add((uint32_t)(58 + payload), ip + 8, 32);
		put16(ip + 42, finish(add(sum, ip + 40, payload)));
	}
	fake_nic_put(frame, 54 + payload);
}

// bytes: what to add to both numbers, flags, data offset, options and data.
static void send_segment(uint8_t *frame, const uint8_t *bytes, size_t count)
{
	uint8_t *tcp = frame + 34;
	int8_t seq_off, ack_off;

	if (count < 5)
		return;
	seq_off = (int8_t)bytes[0];
	ack_off = (int8_t)bytes[1];
	count = min_size(count - 4, 1400);
	memset(tcp, 0, 20);
	memcpy(tcp, tcp_port, 2);
	put16(tcp + 2, 443);
	put32(tcp + 4, tcp_ack + (uint32_t)(seq_off / 8 * 100));
	put32(tcp + 8, tcp_seq + (uint32_t)(ack_off / 8 * 100));
	tcp[12] = bytes[3] < 128 ? 0x50 : bytes[3];
	tcp[13] = bytes[2];
	put16(tcp + 14, (size_t)bytes[4] << 8);
	memcpy(tcp + 20, bytes + 4, count);
	send_ipv4(frame, 6, 20 + count);
}

static void send_dhcp(uint8_t *frame, const uint8_t *bytes, size_t count)
{
	uint8_t *udp = frame + 34;

	count = min_size(count, 1200);
	memset(udp, 0, 8 + 240);
	put16(udp, 67);
	put16(udp + 2, 68);
	put16(udp + 4, 8 + 240 + count);
	udp[8] = 2;
	udp[9] = 1;
	udp[10] = 6;
	memcpy(udp + 12, dhcp_xid, 4);
	memcpy(udp + 24, "\x0a\0\2\x0f", 4);
	memcpy(udp + 36, guest_mac, 6);
	memcpy(udp + 8 + 236, "\x63\x82\x53\x63", 4);
	memcpy(udp + 8 + 240, bytes, count);
	send_ipv4(frame, 17, 8 + 240 + count);
}

static void act_as_owner(const uint8_t *bytes, size_t count)
{
	struct owner *o = owner_newest();
	size_t written;

	if (count == 0)
		return;
	owner_holds = bytes[0] & 1;
	owner_echoes = bytes[0] & 2;
	owner_closes = bytes[0] & 4;
	if (o == NULL || o->conn == NULL)
		return;
	if (bytes[0] & 8)
		(void)!conn_write(o->conn, bytes, count, &written);
	if (bytes[0] & 0x30) {
		if (bytes[0] & 0x10)
			conn_close(o->conn);
		else
			conn_abort(o->conn);
		o->conn = NULL;
	}
}

static void do_step(enum step step, const uint8_t *bytes, size_t count)
{
	uint8_t frame[NIC_FRAME_LIMIT] = { 0 };
	uint8_t protocol = count > 0 ? bytes[0] : 0;

	switch (step) {
	case STEP_RAW:
		memcpy(frame, bytes, min_size(count, sizeof(frame)));
		fake_nic_put(frame, min_size(count, sizeof(frame)));
		break;
	case STEP_IPV4:
		count = min_size(count, 1460);
		memcpy(frame + 34, bytes, count);
		send_ipv4(frame, protocol == 8 ? 1 : protocol, count);
		break;
	case STEP_IPV6:
		count = min_size(count, 1460);
		memcpy(frame + 54, bytes, count);
		send_ipv6(frame, protocol, 255, count);
		break;
	case STEP_NEIGHBOUR:
		count = min_size(count, 1460);
		memcpy(frame + 54, bytes, count);
		send_ipv6(frame, 58, 255, count);
		break;
	case STEP_SEGMENT:
		send_segment(frame, bytes, count);
		break;
	case STEP_DHCP:
		send_dhcp(frame, bytes, count);
		break;
	case STEP_TIME:
		fake_clock_add_ns(protocol * 100 * NS_PER_MS);
		break;
	default:
		act_as_owner(bytes, count);
		break;
	}
	settle();
}

// An address by DHCP, as QEMU gives it, and a neighbour that has sent a SYN.
static void start(void)
{
	static const uint8_t offer[] = { 53, 1,   2,   54,  4, 10, 0,   2,
					 2,  51,  4,   0,   1, 81, 128, 1,
					 4,  255, 255, 255, 0, 255 };
	struct net_config config = net_config_default();
	uint8_t answer[sizeof(offer)];

	fake_nic_set_offload(true);
	(void)!net_init(&config);
	owner_listen();
	settle();
	memcpy(answer, offer, sizeof(answer));
	do_step(STEP_DHCP, answer, sizeof(answer));
	answer[2] = 5;
	do_step(STEP_DHCP, answer, sizeof(answer));
	for (int i = 0; i < 30; i++)
		do_step(STEP_TIME, (const uint8_t[]){ 1 }, 1);
}

static void put_back(void)
{
	owner_reset_all();
	for (int i = 0; i < 30; i++)
		do_step(STEP_TIME, (const uint8_t[]){ 10 }, 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t length)
{
	static bool started;
	const uint8_t *bytes = input;

	if (!started)
		start();
	started = true;
	while (length >= 3) {
		size_t count = load_be16(bytes + 1);

		count = min_size(count, length - 3);
		do_step((enum step)(bytes[0] % STEP_COUNT), bytes + 3, count);
		bytes += 3 + count;
		length -= 3 + count;
	}
	put_back();
	return 0;
}
