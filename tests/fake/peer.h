// SPDX-License-Identifier: Apache-2.0
// The other end of the wire: makes hostile or honest frames by hand and reads
// what the stack answers. The guest is 10.0.2.15 (and fe80::5054:ff:fe12:3456).
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PEER_FIN 0x01
#define PEER_SYN 0x02
#define PEER_RST 0x04
#define PEER_PSH 0x08
#define PEER_ACK 0x10

// A TCP client at 10.0.2.`host`, by what a client knows.
struct peer {
	uint8_t host;
	uint16_t port;
	uint32_t seq; // next to send
	uint32_t ack; // next expected from the guest
	uint16_t window;
};

// A segment that the guest sent, as the peer sees it.
struct peer_segment {
	uint8_t host;
	uint16_t port;
	uint8_t flags;
	uint32_t seq, ack;
	uint16_t window;
	size_t length;
	uint8_t bytes[1514];
};

// Starts the stack once at 10.0.2.15/24.
void peer_start_stack(void);
// Runs net_poll until nothing happens any more.
void peer_settle(void);
// Lets `ms` pass in steps of 50, with net_poll at each.
void peer_pass_ms(uint32_t ms);
// Sends one segment with options, a multiple of four bytes, and data.
void peer_send(const struct peer *p, uint8_t flags, const void *options,
	       size_t option_bytes, const void *data, size_t length);
// Sends and moves p->seq on.
void peer_send_data(struct peer *p, const void *data, size_t length);
// The next TCP segment from the guest; ARP requests on the way are answered.
// false when there is none.
bool peer_take(struct peer_segment *out);
// Drops all that the guest sent.
void peer_drain(void);
// Opens a connection; false if the guest doesn't answer.
bool peer_connect(struct peer *p);
// Puts an IPv4 or ICMPv6 frame together and sends it.
void peer_send_ipv4(uint8_t host, uint8_t protocol, const void *payload,
		    size_t length);
void peer_send_icmpv6(const uint8_t destination[16], uint8_t hop_limit,
		      const void *message, size_t length);
extern const uint8_t peer_guest6[16]; // the guest's link-local address
extern const uint8_t peer_own6[16];
