// SPDX-License-Identifier: Apache-2.0
// Frames come from the host and the network: hostile both. nic.h has copied
// them to private memory and bounded their length; filter.h judges them first.
#include "net/link.h"

#include <string.h>

#include "net/lwip/base.h"

#include "lwip/dhcp.h"
#include "lwip/etharp.h"
#include "lwip/ethip6.h"
#include "lwip/init.h"
#include "lwip/netif.h"
#include "lwip/pbuf.h"
#include "lwip/priv/tcp_priv.h"
#include "netif/ethernet.h"
#include "net/lwip/hooks.h"

#include "base/bytes.h"
#include "kernel/dev/nic.h"
#include "kernel/halt.h"
#include "net/checksum.h"
#include "net/filter.h"
#include "net/limits.h"
#include "net/rate.h"

#define ETHERNET_MTU 1500
#define PIECES_LIMIT 16
// Frames below this carry no data worth keeping; they are let through even
// when there is no memory for the next one.
#define SMALL_FRAME 100

static struct netif interface;
static ip6_addr_t gateway6;
static bool has_gateway6;
static struct pbuf *spare; // for the next frame
static bool ring_was_full;
static struct rate echo_rate;
static uint64_t refused;

struct netif *link_interface(void)
{
	return &interface;
}

uint64_t link_refused(void)
{
	return refused;
}

// Sending

static uint32_t add_words(uint32_t sum, const uint8_t *bytes, int count)
{
	return sum + checksum_of(bytes, count);
}

static uint16_t fold(uint32_t sum)
{
	while (sum >> 16 != 0)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

// For TCP the device adds up the segment; the sum of the pseudo header (RFC
// 9293 3.1, RFC 8200 8.1) must stand in the field already (virtio 1.2,
// 5.1.6.2). lwIP keeps the headers in the first piece.
static struct nic_checksum offload(const struct pbuf *p)
{
	uint8_t *frame = p->payload;
	uint8_t tail[4] = { 0, 6 };
	uint16_t start, length;
	uint32_t sum;

	if (p->len >= 14 + 20 + 20 && load_be16(frame + 12) == 0x0800 &&
	    frame[14 + 9] == 6) {
		start = 14 + 20;
		sum = checksum_of(frame + 14 + 12, 8);
	} else if (p->len >= 14 + 40 + 20 && load_be16(frame + 12) == 0x86dd &&
		   frame[14 + 6] == 6) {
		start = 14 + 40;
		sum = checksum_of(frame + 14 + 8, 32);
	} else {
		return (struct nic_checksum){ .wanted = false };
	}
	length = (uint16_t)(p->tot_len - start);
	tail[2] = (uint8_t)(length >> 8);
	tail[3] = (uint8_t)length;
	sum = fold(add_words(sum, tail, sizeof(tail)));
	memcpy(frame + start + 16, &(uint16_t){ (uint16_t)sum }, 2);
	return (struct nic_checksum){ .wanted = true,
				      .start = start,
				      .offset = 16 };
}

// What didn't fit is kept by TCP and sent again by link_retry().
static err_t send_status(enum err e)
{
	if (e == ERR_AGAIN)
		ring_was_full = true;
	return e == OK ? ERR_OK : ERR_IF;
}

static err_t send_pieces(const struct pbuf *p)
{
	struct nic_piece pieces[PIECES_LIMIT];
	struct nic_checksum checksum = { .wanted = false };
	size_t count = 0;

	for (const struct pbuf *q = p; q != NULL; q = q->next)
		pieces[count++] = (struct nic_piece){ q->payload, q->len };
	if (nic_offloads_checksum())
		checksum = offload(p);
	return send_status(nic_send(pieces, count, checksum));
}

static err_t link_output(struct netif *netif, struct pbuf *p)
{
	struct pbuf *whole;
	err_t status;

	(void)netif;
	if (pbuf_clen(p) <= PIECES_LIMIT)
		return send_pieces(p);
	whole = pbuf_clone(PBUF_RAW, PBUF_RAM, p);
	if (whole == NULL)
		return ERR_MEM;
	status = send_pieces(whole);
	pbuf_free(whole);
	return status;
}

bool link_retry(void)
{
	bool was_full = ring_was_full;

	ring_was_full = false;
	if (was_full)
		tcp_txnow();
	return was_full;
}

// Receiving

__attribute__((noreturn)) static void end_without_device(void)
{
	halt(HALT_DEVICE, "the network card broke its contract");
}

void link_flush(void)
{
	if (nic_flush() != OK)
		end_without_device();
}

static bool is_welcome(const struct pbuf *p, uint64_t now_ns)
{
	switch (filter_frame(p->payload, p->len)) {
	case FILTER_PASS:
		return true;
	case FILTER_ECHO:
		return rate_take(&echo_rate, now_ns, NET_ECHO_RATE);
	default:
		return false;
	}
}

static bool take_spare(void)
{
	if (spare == NULL)
		spare = pbuf_alloc(PBUF_RAW, NIC_FRAME_LIMIT, PBUF_POOL);
	return spare != NULL;
}

static void pass_frame(const struct nic_frame *frame, uint64_t now_ns)
{
	struct pbuf *p = spare;
	uint16_t checks = NETIF_CHECKSUM_ENABLE_ALL;

	p->len = (u16_t)frame->length;
	p->tot_len = (u16_t)frame->length;
	if (!is_welcome(p, now_ns)) {
		refused++;
		return;
	}
	spare = NULL;
	if (!take_spare() && p->len > SMALL_FRAME) {
		spare = p;
		return;
	}
	if (frame->checksum_is_valid)
		checks &= (uint16_t)~NETIF_CHECKSUM_CHECK_TCP;
	if (nic_offloads_checksum())
		checks &= (uint16_t)~NETIF_CHECKSUM_GEN_TCP;
	NETIF_SET_CHECKSUM_CTRL(&interface, checks);
	if (interface.input(p, &interface) != ERR_OK)
		pbuf_free(p);
}

bool link_receive(uint64_t now_ns)
{
	struct nic_frame frame;
	enum err e;
	int count;

	PBUF_CHECK_FREE_OOSEQ();
	for (count = 0; count < NET_FRAMES_PER_TURN && take_spare(); count++) {
		e = nic_receive(spare->payload, NIC_FRAME_LIMIT, &frame);
		if (e == ERR_AGAIN)
			break;
		if (e != OK)
			end_without_device();
		pass_frame(&frame, now_ns);
	}
	return count > 0;
}

// Addresses

static ip4_addr_t address4(const uint8_t bytes[4])
{
	ip4_addr_t address = { 0 };

	memcpy(&address.addr, bytes, sizeof(address.addr));
	return address;
}

static ip6_addr_t address6(const uint8_t bytes[16])
{
	ip6_addr_t address = { 0 };

	memcpy(address.addr, bytes, sizeof(address.addr));
	return address;
}

static ip4_addr_t mask4(uint8_t prefix)
{
	uint32_t bits = prefix == 0 ? 0 : UINT32_MAX << (32 - prefix);

	return (ip4_addr_t){ .addr = lwip_htonl(bits) };
}

// lwIP's LWIP_HOOK_ND6_GET_GW.
const ip6_addr_t *link_gateway6(struct netif *netif, const ip6_addr_t *dest)
{
	(void)netif;
	(void)dest;
	return has_gateway6 ? &gateway6 : NULL;
}

static err_t set_up_interface(struct netif *netif)
{
	netif->name[0] = 'v';
	netif->name[1] = 'n';
	netif->mtu = ETHERNET_MTU;
	netif->hwaddr_len = NIC_MAC_BYTES;
	nic_mac(netif->hwaddr);
	netif->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP |
		       NETIF_FLAG_ETHERNET | NETIF_FLAG_MLD6;
	netif->output = etharp_output;
	netif->output_ip6 = ethip6_output;
	netif->linkoutput = link_output;
	return ERR_OK;
}

static void set_address6(const struct net_config *config)
{
	ip6_addr_t address = address6(config->address6);
	s8_t index = 0;

	ip6_addr_assign_zone(&address, IP6_UNICAST, &interface);
	(void)netif_add_ip6_address(&interface, &address, &index);
	has_gateway6 = config->has_gateway6;
	gateway6 = address6(config->gateway6);
	ip6_addr_assign_zone(&gateway6, IP6_UNICAST, &interface);
}

static enum err set_address4(const struct net_config *config)
{
	ip4_addr_t address = address4(config->address4);
	ip4_addr_t mask = mask4(config->prefix4);
	ip4_addr_t gateway = address4(config->gateway4);

	if (config->dhcp)
		return dhcp_start(&interface) == ERR_OK ? OK : ERR_NO_MEMORY;
	netif_set_addr(&interface, &address, &mask, &gateway);
	return OK;
}

enum err link_init(const struct net_config *config)
{
	lwip_init();
	if (netif_add(&interface, NULL, NULL, NULL, NULL, set_up_interface,
		      ethernet_input) == NULL)
		return ERR_NO_MEMORY;
	netif_set_default(&interface);
	netif_set_link_up(&interface);
	netif_set_up(&interface);
	netif_create_ip6_linklocal_address(&interface, 1);
	interface.ip6_autoconfig_enabled = 1;
	if (config->has_address6)
		set_address6(config);
	return set_address4(config);
}

bool link_has_address(void)
{
	if (!ip4_addr_isany(netif_ip4_addr(&interface)))
		return true;
	for (int i = 1; i < LWIP_IPV6_NUM_ADDRESSES; i++)
		if (ip6_addr_isvalid(netif_ip6_addr_state(&interface, i)))
			return true;
	return false;
}
