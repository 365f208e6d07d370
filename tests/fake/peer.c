// SPDX-License-Identifier: Apache-2.0
#include "tests/fake/peer.h"

#include <string.h>

#include "base/check.h"
#include "base/num.h"
#include "kernel/time/clock.h"
#include "net/net.h"
#include "tests/fake/clock.h"
#include "tests/fake/nic.h"

#define GUEST_HOST 15
#define SERVER_PORT 443

static const uint8_t guest_mac[6] = { 0x52, 0x54, 0, 0x12, 0x34, 0x56 };
static const uint8_t peer_mac[6] = { 0x02, 0, 0, 0, 0, 1 };

const uint8_t peer_guest6[16] = { 0xfe, 0x80, 0, 0,    0,    0,    0,    0,
				  0x50, 0x54, 0, 0xff, 0xfe, 0x12, 0x34, 0x56 };
const uint8_t peer_own6[16] = { 0xfe, 0x80, 0, 0, 0, 0, 0, 0,
				0,    0,    0, 0, 0, 0, 0, 1 };

static void put16(uint8_t *at, uint32_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static void put32(uint8_t *at, uint32_t value)
{
	put16(at, value >> 16);
	put16(at + 2, value);
}

static uint32_t get16(const uint8_t *at)
{
	return (uint32_t)at[0] << 8 | at[1];
}

static uint32_t get32(const uint8_t *at)
{
	return get16(at) << 16 | get16(at + 2);
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

void peer_start_stack(void)
{
	struct net_config config;
	enum err e =
		net_config_parse(TEXT("10.0.2.15/24,gw=10.0.2.2"), &config);

	CHECK(e == OK && net_init(&config) == OK);
}

void peer_settle(void)
{
	for (int i = 0; i < 10000 && net_poll(); i++)
		;
}

void peer_pass_ms(uint32_t ms)
{
	for (uint32_t passed = 0; passed < ms; passed += 50) {
		fake_clock_add_ns(50 * NS_PER_MS);
		peer_settle();
	}
}

static uint8_t *ethernet_head(uint8_t *frame, uint16_t type)
{
	memcpy(frame, guest_mac, 6);
	memcpy(frame + 6, peer_mac, 6);
	put16(frame + 12, type);
	return frame + 14;
}

void peer_send_ipv4(uint8_t host, uint8_t protocol, const void *payload,
		    size_t length)
{
	uint8_t frame[NIC_FRAME_LIMIT] = { 0 };
	uint8_t *ip = ethernet_head(frame, 0x0800);

	CHECK(length <= sizeof(frame) - 34);
	ip[0] = 0x45;
	put16(ip + 2, (uint32_t)(20 + length));
	ip[8] = 64;
	ip[9] = protocol;
	put32(ip + 12, 0x0a000200u | host);
	put32(ip + 16, 0x0a000200u | GUEST_HOST);
	put16(ip + 10, finish(add(0, ip, 20)));
	memcpy(ip + 20, payload, length);
	fake_nic_put(frame, 34 + length);
}

void peer_send_icmpv6(const uint8_t destination[16], uint8_t hop_limit,
		      const void *message, size_t length)
{
	uint8_t frame[NIC_FRAME_LIMIT] = { 0 };
	uint8_t *ip = ethernet_head(frame, 0x86dd);
	uint32_t sum;

	if (destination[0] == 0xff) {
		put16(frame, 0x3333);
		memcpy(frame + 2, destination + 12, 4);
	}
	ip[0] = 0x60;
	put16(ip + 4, (uint32_t)length);
	ip[6] = 58;
	ip[7] = hop_limit;
	memcpy(ip + 8, peer_own6, 16);
	memcpy(ip + 24, destination, 16);
	memcpy(ip + 40, message, length);
	put16(ip + 42, 0);
	sum = add(add(58 + (uint32_t)length, ip + 8, 32), ip + 40, length);
	put16(ip + 42, finish(sum));
	fake_nic_put(frame, 54 + length);
}

void peer_send(const struct peer *p, uint8_t flags, const void *options,
	       size_t option_bytes, const void *data, size_t length)
{
	uint8_t segment[1480] = { 0 };
	uint8_t pseudo[12] = { 10, 0, 2, p->host, 10, 0, 2, GUEST_HOST, 0, 6 };
	size_t total = 20 + option_bytes + length;

	CHECK(option_bytes % 4 == 0 && total <= sizeof(segment));
	put16(segment, p->port);
	put16(segment + 2, SERVER_PORT);
	put32(segment + 4, p->seq);
	put32(segment + 8, p->ack);
	segment[12] = (uint8_t)((20 + option_bytes) / 4 << 4);
	segment[13] = flags;
	put16(segment + 14, p->window);
	if (option_bytes > 0)
		memcpy(segment + 20, options, option_bytes);
	if (length > 0)
		memcpy(segment + 20 + option_bytes, data, length);
	put16(pseudo + 10, (uint32_t)total);
	put16(segment + 16, finish(add(add(0, pseudo, 12), segment, total)));
	peer_send_ipv4(p->host, 6, segment, total);
}

void peer_send_data(struct peer *p, const void *data, size_t length)
{
	peer_send(p, PEER_ACK | PEER_PSH, NULL, 0, data, length);
	p->seq += (uint32_t)length;
}

static void answer_arp(const uint8_t *request)
{
	uint8_t frame[60] = { 0 };
	uint8_t *arp = ethernet_head(frame, 0x0806);

	memcpy(arp, "\x00\x01\x08\x00\x06\x04\x00\x02", 8);
	memcpy(arp + 8, peer_mac, 6);
	memcpy(arp + 14, request + 24, 4);
	memcpy(arp + 18, guest_mac, 6);
	memcpy(arp + 24, request + 14, 4);
	fake_nic_put(frame, sizeof(frame));
	peer_settle();
}

static bool parse_segment(const uint8_t *frame, size_t length,
			  struct peer_segment *out)
{
	const uint8_t *ip = frame + 14, *tcp = ip + 20;
	size_t total, head;
	uint8_t pseudo[12] = { 0 };

	if (length < 54 || get16(frame + 12) != 0x0800 || ip[9] != 6)
		return false;
	total = get16(ip + 2) - 20;
	memcpy(pseudo, ip + 12, 8);
	pseudo[9] = 6;
	put16(pseudo + 10, (uint32_t)total);
	CHECK(finish(add(0, ip, 20)) == 0);
	CHECK(finish(add(add(0, pseudo, 12), tcp, total)) == 0);
	head = (size_t)(tcp[12] >> 4) * 4;
	out->host = ip[19];
	out->port = (uint16_t)get16(tcp + 2);
	out->flags = tcp[13];
	out->seq = get32(tcp + 4);
	out->ack = get32(tcp + 8);
	out->window = (uint16_t)get16(tcp + 14);
	out->length = total - head;
	memcpy(out->bytes, tcp + head, out->length);
	return true;
}

bool peer_take(struct peer_segment *out)
{
	uint8_t frame[NIC_FRAME_LIMIT];
	size_t length;

	while ((length = fake_nic_take(frame)) > 0) {
		if (get16(frame + 12) == 0x0806 && get16(frame + 20) == 1)
			answer_arp(frame + 14);
		else if (parse_segment(frame, length, out))
			return true;
	}
	return false;
}

void peer_drain(void)
{
	struct peer_segment s;

	while (peer_take(&s))
		;
}

bool peer_connect(struct peer *p)
{
	static const uint8_t mss[4] = { 2, 4, 0x05, 0xb4 };
	struct peer_segment s;

	p->ack = 0;
	if (p->window == 0)
		p->window = 65535;
	peer_send(p, PEER_SYN, mss, sizeof(mss), NULL, 0);
	p->seq++;
	peer_settle();
	while (peer_take(&s)) {
		if (s.port != p->port || s.host != p->host ||
		    s.flags != (PEER_SYN | PEER_ACK))
			continue;
		p->ack = s.seq + 1;
		peer_send(p, PEER_ACK, NULL, 0, NULL, 0);
		peer_settle();
		return true;
	}
	return false;
}
