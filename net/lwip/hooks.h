// SPDX-License-Identifier: Apache-2.0
// Our functions that lwIP calls at its hooks (lwip/opt.h, "Hooks").
#pragma once

#include <stdint.h>

#include "net/lwip/base.h"

#include "lwip/ip_addr.h"

struct netif;
struct pbuf;
struct tcp_hdr;
struct tcp_pcb;

uint32_t sequence_first(const ip_addr_t *local, uint16_t local_port,
			const ip_addr_t *remote, uint16_t remote_port);
#define LWIP_HOOK_TCP_ISN sequence_first

err_t segment_judge(struct tcp_pcb *pcb, const struct tcp_hdr *header);
#define LWIP_HOOK_TCP_INPACKET_PCB(pcb, header, options, options1, options2, \
				   p)                                        \
	segment_judge((pcb), (header))

const ip6_addr_t *link_gateway6(struct netif *netif, const ip6_addr_t *dest);
#define LWIP_HOOK_ND6_GET_GW(netif, dest) link_gateway6((netif), (dest))
