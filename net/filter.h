// SPDX-License-Identifier: Apache-2.0
// The first judgement of a received frame: what this guest has no use for
// never reaches the stack. Pure.
#pragma once

#include <stddef.h>
#include <stdint.h>

enum filter_verdict {
	FILTER_PASS,
	FILTER_ECHO,   // an echo request: pass within a rate
	FILTER_REFUSE, // malformed, or nothing that a TCP server needs
};

// What passes is ARP, IPv4 without options and fragments (TCP, DHCP replies,
// echo requests), and IPv6 with no extension header (TCP and the ICMPv6 that
// addresses and neighbours need) but the one that multicast queries carry.
enum filter_verdict filter_frame(const uint8_t *frame, size_t length);
