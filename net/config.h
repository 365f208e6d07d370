// SPDX-License-Identifier: Apache-2.0
// How the interface gets its addresses: by DHCP and router advertisement, or
// as one line of text says. The text comes from the measured command line
// (`ip=`, development) or from the fw_cfg item opt/org.anchorhold/net (the
// host's word: hostile input). The network is untrusted either way.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"

#define NET_CONFIG_TEXT_LIMIT 256
#define NET_PREFIX6 64 // bits: the one length that hosts use (RFC 4291 2.5.1)

struct net_config {
	bool dhcp; // IPv4 by DHCP; else the four fields below
	uint8_t address4[4], gateway4[4];
	uint8_t prefix4; // bits, 0..32
	bool has_gateway4;
	bool has_address6; // static IPv6 besides the advertised ones
	uint8_t address6[16], gateway6[16];
	uint8_t prefix6; // bits, NET_PREFIX6
	bool has_gateway6;
};

// DHCP and router advertisement.
struct net_config net_config_default(void);
// Parses `dhcp`, or comma-separated `ADDRESS/PREFIX` and `gw=ADDRESS` items,
// IPv4 and IPv6 in any order, each at most once per family:
//   10.0.2.15/24,gw=10.0.2.2,fd00::15/64,gw=fd00::2
// A gateway needs an address of its family; without an IPv4 address there is
// DHCP. Numbers have no leading zeros, and addresses are unicast.
// ERR_BAD_INPUT for anything else, with *out untouched. Pure.
enum err net_config_parse(struct text line, struct net_config *out);
