// SPDX-License-Identifier: Apache-2.0
// lwIP's configuration: raw API only, one interface, TCP servers, and as little
// else as IPv4 and IPv6 allow. Limits of our own stand in net/limits.h.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "net/limits.h"

// One thread, no sockets.
#define NO_SYS 1
#define SYS_LIGHTWEIGHT_PROT 0
#define LWIP_NETCONN 0
#define LWIP_SOCKET 0
#define LWIP_CALLBACK_API 1
#define LWIP_ALTCP 0
#define LWIP_SINGLE_NETIF 1
#define LWIP_HOOK_FILENAME "net/lwip/hooks.h"

// net/timers.c runs lwIP's timers, so that none ticks without need.
#define LWIP_TIMERS 1
#define LWIP_TIMERS_CUSTOM 1
#define LWIP_TESTMODE 0

// All memory comes from net/memory.c, which bounds the sum; the counts of
// MEMP_NUM_... bound nothing then.
#define MEM_ALIGNMENT 8
#define MEM_CUSTOM_ALLOCATOR 1
#define MEM_CUSTOM_MALLOC memory_take
#define MEM_CUSTOM_CALLOC memory_take_zeroed
#define MEM_CUSTOM_FREE memory_give
void *memory_take(size_t bytes);
void *memory_take_zeroed(size_t count, size_t bytes);
void memory_give(void *block);
#define MEMP_MEM_MALLOC 1
#define PBUF_POOL_BUFSIZE 1520 // one whole frame, so that it is contiguous

// Link and IPv4. Fragments are refused, not reassembled: TLS needs none.
#define LWIP_ARP 1
#define ARP_TABLE_SIZE 32
#define ARP_QUEUEING 0
#define LWIP_NETIF_HWADDRHINT 1
#define LWIP_IPV4 1
#define IP_FORWARD 0
#define IP_REASSEMBLY 0
#define IP_FRAG 0
#define IP_OPTIONS_ALLOWED 0
#define LWIP_ICMP 1
#define LWIP_BROADCAST_PING 0
#define LWIP_MULTICAST_PING 0
#define LWIP_IGMP 0
#define LWIP_RAW 0
#define LWIP_DNS 0
#define LWIP_AUTOIP 0
#define LWIP_ACD 0
#define LWIP_DHCP 1
#define LWIP_DHCP_DOES_ACD_CHECK 0
#define LWIP_DHCP_BOOTP_FILE 0
#define LWIP_DHCP_GET_NTP_SRV 0
#define LWIP_UDP 1 // for DHCP alone
#define LWIP_UDPLITE 0

// IPv6 with router advertisement.
#define LWIP_IPV6 1
#define LWIP_IPV6_FORWARD 0
#define LWIP_IPV6_REASS 0
#define LWIP_IPV6_FRAG 0
#define LWIP_IPV6_AUTOCONFIG 1
#define LWIP_IPV6_DHCP6 0
#define LWIP_IPV6_MLD 1
#define LWIP_ICMP6 1
#define LWIP_IPV6_SEND_ROUTER_SOLICIT 1
#define LWIP_IPV6_NUM_ADDRESSES 4
#define LWIP_ND6_NUM_NEIGHBORS 32
#define LWIP_ND6_NUM_DESTINATIONS 64
#define LWIP_ND6_NUM_PREFIXES 4
#define LWIP_ND6_NUM_ROUTERS 2
#define LWIP_ND6_QUEUEING 0
#define LWIP_ND6_ALLOW_RA_UPDATES 1
#define LWIP_ND6_RDNSS_MAX_DNS_SERVERS 0
#define MEMP_NUM_MLD6_GROUP 8

// TCP.
#define LWIP_TCP 1
#define TCP_MSS 1460
#define LWIP_WND_SCALE 1
#define TCP_RCV_SCALE 3
#define TCP_WND NET_RECEIVE_WINDOW
#define TCP_SND_BUF NET_SEND_QUEUE
#define TCP_SNDLOWAT NET_SEND_FLOOR // of APIs that are configured out
// Pieces in one connection's send queue: three times what full segments need.
// A client that announces a tiny window can't turn bytes into pieces without
// end.
#define TCP_SND_QUEUELEN (3 * NET_SEND_QUEUE / TCP_MSS)
#define MEMP_NUM_TCP_SEG (2 * TCP_SND_QUEUELEN)
#define TCP_LISTEN_BACKLOG 1
#define TCP_QUEUE_OOSEQ 1
#define LWIP_TCP_SACK_OUT 1
#define LWIP_TCP_MAX_SACK_NUM 3
#define TCP_OOSEQ_PBUFS_LIMIT(pcb) memory_reorder_limit()
uint16_t memory_reorder_limit(void);
#define LWIP_TCP_TIMESTAMPS 0
#define LWIP_TCP_PCB_NUM_EXT_ARGS 1
// RFC 6298 2.1; a peer that answers nothing is given up after about a minute.
#define LWIP_TCP_RTO_TIME 1000
#define TCP_MAXRTX 6
#define TCP_SYNMAXRTX 4
#define TCP_MSL 15000
// RFC 6928: ten segments.
#define LWIP_TCP_CALC_INITIAL_CWND(mss) ((tcpwnd_size_t)(10u * (mss)))

// The device may vouch for or make TCP checksums: net/link.c says when.
#define LWIP_CHECKSUM_CTRL_PER_NETIF 1
#define LWIP_CHECKSUM_ON_COPY 0

// Counters of what the stack dropped; no debugging text.
#define LWIP_STATS 1
#define LWIP_STATS_LARGE 1
#define LWIP_STATS_DISPLAY 0
#define LINK_STATS 0
#define ETHARP_STATS 0
#define MEM_STATS 0
#define MEMP_STATS 0
#define SYS_STATS 0
#define UDP_STATS 0
#define IP_STATS 1
#define IP6_STATS 1
#define ICMP_STATS 1
#define ICMP6_STATS 1
#define ND6_STATS 1
#define TCP_STATS 1
