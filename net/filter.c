// SPDX-License-Identifier: Apache-2.0
// Everything in a frame is hostile. The stack judges again what passes here;
// this only keeps its rarely walked paths (options, extension headers,
// fragments, redirects) out of reach.
#include "net/filter.h"

#include "base/bytes.h"

#define ETHERNET_BYTES 14
#define ETHERTYPE_IPV4 0x0800
#define ETHERTYPE_ARP 0x0806
#define ETHERTYPE_IPV6 0x86dd

#define ARP_BYTES 28 // RFC 826 for Ethernet and IPv4
#define IPV4_BYTES 20
#define IPV6_BYTES 40
#define TCP_BYTES 20
#define UDP_BYTES 8
#define ICMP_BYTES 8
#define MULTICAST_QUERY_BYTES 24 // RFC 2710 3

#define PROTOCOL_HOP_BY_HOP 0
#define PROTOCOL_ICMP 1
#define PROTOCOL_TCP 6
#define PROTOCOL_UDP 17
#define PROTOCOL_ICMPV6 58

#define IPV4_FRAGMENT_MASK 0x3fff // RFC 791 3.1: more fragments, offset
#define DHCP_CLIENT_PORT 68
#define ICMP_ECHO_REQUEST 8

enum icmpv6_type { // RFC 4443, RFC 2710, RFC 4861
	PACKET_TOO_BIG = 2,
	ECHO_REQUEST = 128,
	MULTICAST_QUERY = 130,
	MULTICAST_REPORT = 131,
	ROUTER_ADVERTISEMENT = 134,
	NEIGHBOUR_SOLICITATION = 135,
	NEIGHBOUR_ADVERTISEMENT = 136,
};

static enum filter_verdict pass_if(bool condition)
{
	return condition ? FILTER_PASS : FILTER_REFUSE;
}

static enum filter_verdict judge_icmpv4(const uint8_t *message, size_t length)
{
	if (length < ICMP_BYTES || message[0] != ICMP_ECHO_REQUEST)
		return FILTER_REFUSE;
	return FILTER_ECHO;
}

static enum filter_verdict judge_ipv4(const uint8_t *packet, size_t length)
{
	size_t total, payload;

	if (length < IPV4_BYTES || packet[0] != 0x45)
		return FILTER_REFUSE;
	total = load_be16(packet + 2);
	if (total < IPV4_BYTES || total > length)
		return FILTER_REFUSE;
	if ((load_be16(packet + 6) & IPV4_FRAGMENT_MASK) != 0)
		return FILTER_REFUSE;
	payload = total - IPV4_BYTES;
	switch (packet[9]) {
	case PROTOCOL_TCP:
		return pass_if(payload >= TCP_BYTES);
	case PROTOCOL_UDP:
		return pass_if(payload >= UDP_BYTES &&
			       load_be16(packet + IPV4_BYTES + 2) ==
				       DHCP_CLIENT_PORT);
	case PROTOCOL_ICMP:
		return judge_icmpv4(packet + IPV4_BYTES, payload);
	default:
		return FILTER_REFUSE;
	}
}

static enum filter_verdict judge_icmpv6(const uint8_t *message, size_t length)
{
	if (length < ICMP_BYTES)
		return FILTER_REFUSE;
	switch (message[0]) {
	case ECHO_REQUEST:
		return FILTER_ECHO;
	case PACKET_TOO_BIG:
	case ROUTER_ADVERTISEMENT:
	case NEIGHBOUR_SOLICITATION:
	case NEIGHBOUR_ADVERTISEMENT:
		return FILTER_PASS;
	default: // a redirect too: one router is enough for a server
		return FILTER_REFUSE;
	}
}

// RFC 2710 3: queries and reports come with a router alert (RFC 2711) and
// padding, which is exactly eight bytes.
static enum filter_verdict judge_hop_by_hop(const uint8_t *header,
					    size_t length)
{
	const uint8_t *message = header + 8;

	if (length < 8 + MULTICAST_QUERY_BYTES)
		return FILTER_REFUSE;
	if (header[0] != PROTOCOL_ICMPV6 || header[1] != 0 || header[2] != 5 ||
	    header[3] != 2 || header[6] != 1 || header[7] != 0)
		return FILTER_REFUSE;
	return pass_if(message[0] == MULTICAST_QUERY ||
		       message[0] == MULTICAST_REPORT);
}

static enum filter_verdict judge_ipv6(const uint8_t *packet, size_t length)
{
	size_t payload;

	if (length < IPV6_BYTES || packet[0] >> 4 != 6)
		return FILTER_REFUSE;
	payload = load_be16(packet + 4);
	if (payload > length - IPV6_BYTES)
		return FILTER_REFUSE;
	switch (packet[6]) {
	case PROTOCOL_TCP:
		return pass_if(payload >= TCP_BYTES);
	case PROTOCOL_ICMPV6:
		return judge_icmpv6(packet + IPV6_BYTES, payload);
	case PROTOCOL_HOP_BY_HOP:
		return judge_hop_by_hop(packet + IPV6_BYTES, payload);
	default:
		return FILTER_REFUSE;
	}
}

enum filter_verdict filter_frame(const uint8_t *frame, size_t length)
{
	if (length < ETHERNET_BYTES)
		return FILTER_REFUSE;
	switch (load_be16(frame + 12)) {
	case ETHERTYPE_IPV4:
		return judge_ipv4(frame + ETHERNET_BYTES,
				  length - ETHERNET_BYTES);
	case ETHERTYPE_IPV6:
		return judge_ipv6(frame + ETHERNET_BYTES,
				  length - ETHERNET_BYTES);
	case ETHERTYPE_ARP:
		return pass_if(length >= ETHERNET_BYTES + ARP_BYTES);
	default:
		return FILTER_REFUSE;
	}
}
