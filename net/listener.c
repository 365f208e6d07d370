// SPDX-License-Identifier: Apache-2.0
#include "net/listener.h"

#include <string.h>

#include "net/lwip/base.h"

#include "lwip/priv/tcp_priv.h"
#include "net/lwip/hooks.h"

#include "base/check.h"
#include "kernel/time/clock.h"
#include "net/conn_state.h"
#include "net/limits.h"
#include "net/random.h"
#include "net/rate.h"

static uint64_t refused;

uint64_t listener_refused(void)
{
	return refused;
}

// lwIP frees a control block: the one place where streams end.
static void on_destroyed(u8_t id, void *data)
{
	(void)id;
	if (data != NULL)
		conn_pcb_gone(data);
}

// A SYN made a control block, and the SYN+ACK isn't sent yet. Everyone begins
// with the window that everyone is sure of.
static err_t on_half_open(u8_t id, struct tcp_pcb_listen *listener,
			  struct tcp_pcb *pcb)
{
	(void)id;
	(void)listener;
	pcb->rcv_wnd = NET_WINDOW_FLOOR;
	pcb->rcv_ann_wnd = NET_WINDOW_FLOOR;
	return ERR_OK;
}

static const struct tcp_ext_arg_callbacks callbacks = {
	.destroy = on_destroyed,
	.passive_open = on_half_open,
};

static err_t on_accepted(void *arg, struct tcp_pcb *pcb, err_t status)
{
	struct conn *c = NULL;

	(void)arg;
	if (status == ERR_OK && pcb != NULL)
		c = conn_new(pcb);
	if (c == NULL) {
		refused++;
		return ERR_MEM;
	}
	tcp_ext_arg_set_callbacks(pcb, 0, &callbacks);
	tcp_ext_arg_set(pcb, 0, c);
	return ERR_OK;
}

static struct tcp_pcb *bound_pcb(uint16_t port)
{
	struct tcp_pcb *pcb = tcp_new_ip_type(IPADDR_TYPE_ANY);

	if (pcb == NULL)
		return NULL;
	if (tcp_bind(pcb, IP_ANY_TYPE, port) != ERR_OK) {
		tcp_abort(pcb);
		return NULL;
	}
	tcp_ext_arg_set_callbacks(pcb, 0, &callbacks);
	return pcb;
}

enum err conn_listen(uint16_t port, const struct conn_handler *handler)
{
	struct tcp_pcb *pcb;
	struct tcp_pcb *listening;

	CHECK(tcp_ext_arg_alloc_id() == 0);
	pcb = bound_pcb(port);
	if (pcb == NULL)
		return ERR_NO_MEMORY;
	listening = tcp_listen_with_backlog(pcb, UINT8_MAX);
	if (listening == NULL) {
		tcp_abort(pcb);
		return ERR_NO_MEMORY;
	}
	tcp_accept(listening, on_accepted);
	conn_set_handler(handler);
	return OK;
}

// lwIP's list has the newest and the busiest first.
static void drop_oldest_half_open(void)
{
	struct tcp_pcb *oldest = NULL;

	for (struct tcp_pcb *p = tcp_active_pcbs; p != NULL; p = p->next)
		if (p->state == SYN_RCVD)
			oldest = p;
	if (oldest != NULL)
		tcp_abandon(oldest, 0); // silently: its sender may be forged
}

// A flood of SYNs costs NET_HALF_OPEN_LIMIT control blocks and pushes out its
// own; a client that answers in time still gets in.
static err_t judge_for_listener(const struct tcp_pcb_listen *listener,
				uint8_t flags)
{
	if ((flags & (TCP_SYN | TCP_ACK | TCP_RST)) != TCP_SYN)
		return ERR_OK;
	if (conn_is_full()) { // the client will ask again
		refused++;
		return ERR_MEM;
	}
	if (listener->accepts_pending >= NET_HALF_OPEN_LIMIT) {
		refused++;
		drop_oldest_half_open();
	}
	return ERR_OK;
}

// RFC 1122 4.2.2.13: a new connection may take the place of an old one that
// only waits. Its SYN is lost here, and the next one gets in.
static err_t judge_in_time_wait(struct tcp_pcb *pcb,
				const struct tcp_hdr *header, uint8_t flags)
{
	if ((flags & (TCP_SYN | TCP_ACK | TCP_RST)) != TCP_SYN ||
	    !TCP_SEQ_GT(header->seqno, pcb->rcv_nxt))
		return ERR_OK;
	tcp_abort(pcb);
	return ERR_ABRT;
}

// RFC 5961 7, but for each connection apart: a count of all would tell those
// who watch it from one connection what goes on in another.
static bool may_challenge(struct tcp_pcb *pcb)
{
	struct conn *c = tcp_ext_arg_get(pcb, 0);

	return c != NULL &&
	       rate_take(&c->challenges, clock_now_ns(), NET_CHALLENGE_RATE);
}

// lwIP challenges any SYN, and a RST in the window that isn't exact (RFC 5961
// 3.2, 4.2).
static err_t judge_reset(struct tcp_pcb *pcb, const struct tcp_hdr *header,
			 uint8_t flags)
{
	if ((flags & TCP_RST) != 0 &&
	    (header->seqno == pcb->rcv_nxt ||
	     !TCP_SEQ_BETWEEN(header->seqno, pcb->rcv_nxt,
			      pcb->rcv_nxt + pcb->rcv_wnd)))
		return ERR_OK;
	return may_challenge(pcb) ? ERR_OK : ERR_VAL;
}

// RFC 5961 5.2: who hasn't seen our packets can't hit a window of what we may
// have sent, and so can't inject data.
static err_t judge_acknowledgement(struct tcp_pcb *pcb,
				   const struct tcp_hdr *header, uint8_t flags)
{
	if ((flags & TCP_ACK) == 0)
		return ERR_VAL;
	if (TCP_SEQ_BETWEEN(header->ackno, pcb->lastack - pcb->snd_wnd_max,
			    pcb->snd_nxt))
		return ERR_OK;
	if (may_challenge(pcb))
		(void)tcp_send_empty_ack(pcb);
	return ERR_VAL;
}

// lwIP's LWIP_HOOK_TCP_INPACKET_PCB: anything but ERR_OK drops the segment.
err_t segment_judge(struct tcp_pcb *pcb, const struct tcp_hdr *header)
{
	uint8_t flags = TCPH_FLAGS(header);

	switch (pcb->state) {
	case LISTEN:
		return judge_for_listener((struct tcp_pcb_listen *)(void *)pcb,
					  flags);
	case TIME_WAIT:
		return judge_in_time_wait(pcb, header, flags);
	case SYN_RCVD: // lwIP resets what acknowledges the wrong thing
		return ERR_OK;
	default:
		if ((flags & (TCP_RST | TCP_SYN)) != 0)
			return judge_reset(pcb, header, flags);
		return judge_acknowledgement(pcb, header, flags);
	}
}

// lwIP's LWIP_HOOK_TCP_ISN: RFC 6528.
uint32_t sequence_first(const ip_addr_t *local, uint16_t local_port,
			const ip_addr_t *remote, uint16_t remote_port)
{
	uint8_t input[2 * sizeof(ip_addr_t) + 2 * sizeof(uint16_t)];
	uint8_t *at = input;

	memcpy(at, local, sizeof(*local));
	at += sizeof(*local);
	memcpy(at, remote, sizeof(*remote));
	at += sizeof(*remote);
	memcpy(at, &local_port, sizeof(local_port));
	at += sizeof(local_port);
	memcpy(at, &remote_port, sizeof(remote_port));
	return (uint32_t)random_hash(input, sizeof(input)) +
	       (uint32_t)(clock_now_ns() / 4000);
}
