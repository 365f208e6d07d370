// SPDX-License-Identifier: Apache-2.0
#include "net/closing.h"

#include "net/lwip/base.h"

#include "lwip/priv/tcp_priv.h"

#include "base/num.h"
#include "kernel/time/clock.h"
#include "net/conn_state.h"
#include "net/limits.h"

static struct list all_closing = { &all_closing, &all_closing };

// A client that is still sending must be let, or it would see a reset instead
// of the answer that it hasn't read yet.
static err_t drop_received(void *arg, struct tcp_pcb *pcb, struct pbuf *p,
			   err_t status)
{
	(void)arg;
	(void)status;
	if (p != NULL) {
		tcp_recved(pcb, p->tot_len);
		pbuf_free(p);
	}
	return ERR_OK;
}

static err_t account_sent(void *arg, struct tcp_pcb *pcb, u16_t length)
{
	(void)pcb;
	(void)length;
	conn_account(arg);
	return ERR_OK;
}

// What has reached TIME_WAIT holds nothing but lwIP's control block, which
// lwIP ends by itself.
static void forget_finished(void)
{
	struct list *next;

	for (struct list *l = all_closing.next; l != &all_closing; l = next) {
		struct conn *c = CONN_OF(l, member);

		next = l->next;
		if (c->pcb->state == TIME_WAIT) {
			tcp_ext_arg_set(c->pcb, 0, NULL);
			conn_free(c);
		}
	}
}

static size_t closing_count(void)
{
	size_t count = 0;

	for (struct list *l = all_closing.next; l != &all_closing; l = l->next)
		count++;
	return count;
}

uint32_t closing_left(void)
{
	size_t count = closing_count();

	for (struct tcp_pcb *p = tcp_tw_pcbs; p != NULL; p = p->next)
		count++;
	return (uint32_t)count;
}

// Bytes of the answers that wait, less what the shared allowance counts.
static size_t closing_queued(void)
{
	size_t sum = 0;

	for (struct list *l = all_closing.next; l != &all_closing; l = l->next)
		sum += min_size(conn_queued_bytes(CONN_OF(l, member)),
				NET_SEND_FLOOR);
	return sum;
}

// Whether the client has acknowledged all, the end included: a reset takes
// nothing from it.
static bool is_delivered(const struct conn *c)
{
	return c->pcb->unsent == NULL && c->pcb->unacked == NULL;
}

// NULL: there is none like that.
static struct conn *find_oldest(bool delivered)
{
	for (struct list *l = all_closing.next; l != &all_closing;
	     l = l->next) {
		struct conn *c = CONN_OF(l, member);

		if (is_delivered(c) == delivered)
			return c;
	}
	return NULL;
}

static void reset_for_place(void)
{
	struct conn *c = find_oldest(true);

	if (c == NULL)
		c = find_oldest(false);
	tcp_abort(c->pcb);
}

static void abort_oldest(void)
{
	tcp_abort(CONN_OF(all_closing.next, member)->pcb);
}

void closing_start(struct conn *c)
{
	list_add_last(&all_closing, &c->member);
	c->close_by_ns = clock_now_ns() + NET_CLOSE_NS;
	tcp_recv(c->pcb, drop_received);
	tcp_sent(c->pcb, account_sent);
	// Only our side: closing both would reset a client that still sends.
	(void)tcp_shutdown(c->pcb, 0, 1);
	if (closing_count() > NET_CLOSING_LIMIT)
		forget_finished();
	if (closing_count() > NET_CLOSING_LIMIT)
		reset_for_place();
	while (closing_queued() > NET_CLOSING_QUEUED)
		tcp_abort(find_oldest(false)->pcb);
}

// The newest stand first in lwIP's list.
static void trim_time_wait(void)
{
	struct tcp_pcb *pcb = tcp_tw_pcbs;

	for (size_t i = 0; i < NET_TIME_WAIT_LIMIT && pcb != NULL; i++)
		pcb = pcb->next;
	while (pcb != NULL) {
		struct tcp_pcb *next = pcb->next;

		tcp_abort(pcb);
		pcb = next;
	}
}

void closing_tick(void)
{
	uint64_t now_ns = clock_now_ns();

	forget_finished();
	trim_time_wait();
	while (!list_is_empty(&all_closing) &&
	       CONN_OF(all_closing.next, member)->close_by_ns <= now_ns)
		abort_oldest();
	conn_retry_writers();
}
