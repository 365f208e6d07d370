// SPDX-License-Identifier: Apache-2.0
// Connections for the rooms above. What a client sends ends up here as bytes
// in an inbox; nothing of it is interpreted.
#include "net/conn.h"

#include <assert.h>
#include <stdlib.h>

#include "net/lwip/base.h"

#include "lwip/priv/tcp_priv.h"

#include "base/check.h"
#include "base/num.h"
#include "net/closing.h"
#include "net/conn_state.h"
#include "net/limits.h"

static_assert(CONN_LIMIT == NET_OPEN_LIMIT, "one limit, two names");

static const struct conn_handler *handler;
static struct conn_figures figures;
static struct list all_open = { &all_open, &all_open };
static struct list all_ready = { &all_ready, &all_ready };
static struct list all_output = { &all_output, &all_output };

// What is handed out of the shared allowances.
static size_t window_shared, send_shared;

void conn_set_handler(const struct conn_handler *the_handler)
{
	CHECK(handler == NULL);
	handler = the_handler;
}

// lwIP's callbacks

static err_t on_received(void *arg, struct tcp_pcb *pcb, struct pbuf *p,
			 err_t status)
{
	struct conn *c = arg;

	(void)pcb;
	(void)status;
	if (p == NULL)
		c->ended = true;
	else
		inbox_add(&c->inbox, p);
	list_add_last(&all_ready, &c->ready);
	return ERR_OK;
}

size_t conn_queued_bytes(const struct conn *c)
{
	return TCP_SND_BUF - c->pcb->snd_buf;
}

static void set_send_extra(struct conn *c, size_t extra)
{
	send_shared = send_shared - c->send_extra + extra;
	c->send_extra = extra;
}

void conn_account(struct conn *c)
{
	size_t queued = conn_queued_bytes(c);

	set_send_extra(c,
		       queued > NET_SEND_FLOOR ? queued - NET_SEND_FLOOR : 0);
}

static err_t on_sent(void *arg, struct tcp_pcb *pcb, u16_t length)
{
	struct conn *c = arg;

	(void)pcb;
	(void)length;
	conn_account(c);
	// Not for every few bytes: a writer is called for a good part.
	if (c->wants_room && (conn_queued_bytes(c) == 0 ||
			      conn_write_room(c) >= NET_SEND_FLOOR / 2))
		list_add_last(&all_ready, &c->ready);
	return ERR_OK;
}

// Life

bool conn_is_full(void)
{
	return figures.open >= CONN_LIMIT;
}

struct conn *conn_new(struct tcp_pcb *pcb)
{
	struct conn *c = conn_is_full() ? NULL : calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->pcb = pcb;
	list_init(&c->member);
	list_init(&c->ready);
	list_init(&c->output);
	list_add_last(&all_open, &c->member);
	list_add_last(&all_ready, &c->ready);
	tcp_arg(pcb, c);
	tcp_recv(pcb, on_received);
	tcp_sent(pcb, on_sent);
	tcp_nagle_disable(pcb);
	figures.accepted++;
	figures.open++;
	if (figures.open > figures.open_peak)
		figures.open_peak = figures.open;
	return c;
}

void conn_disown(struct conn *c)
{
	CHECK(!c->is_closing);
	c->is_closing = true;
	c->owner = NULL;
	figures.open--;
	list_remove(&c->member);
	list_remove(&c->ready);
	list_remove(&c->output);
	inbox_clear(&c->inbox);
	window_shared -= c->window_extra;
	c->window_extra = 0;
}

void conn_free(struct conn *c)
{
	CHECK(c->is_closing);
	list_remove(&c->member);
	set_send_extra(c, 0);
	free(c);
}

// Unread bytes go too: who is reset has nothing to say any more.
void conn_pcb_gone(struct conn *c)
{
	c->pcb = NULL;
	set_send_extra(c, 0);
	if (c->is_closing) {
		conn_free(c);
		return;
	}
	figures.resets++;
	inbox_clear(&c->inbox);
	list_remove(&c->output);
	list_add_last(&all_ready, &c->ready);
}

// Dispatch

static void find_owner(struct conn *c)
{
	void *owner;

	if (c->pcb == NULL) { // gone before anyone saw it
		conn_abort(c);
		return;
	}
	owner = handler->opened(c);
	if (owner == NULL) {
		conn_abort(c);
		return;
	}
	c->owner = owner;
	if (c->inbox.bytes > 0 || c->ended)
		handler->ready(owner);
}

static void dispatch_one(struct conn *c)
{
	if (c->owner == NULL) {
		find_owner(c);
		return;
	}
	c->wants_room = false;
	handler->ready(c->owner);
}

static void send_all(void)
{
	while (!list_is_empty(&all_output)) {
		struct conn *c = CONN_OF(all_output.next, output);

		list_remove(&c->output);
		tcp_output(c->pcb);
	}
}

bool conn_dispatch(void)
{
	struct list now;
	bool any = conn_is_pending();

	// Who becomes ready meanwhile has the next turn.
	list_init(&now);
	list_move(&now, &all_ready);
	while (!list_is_empty(&now)) {
		struct conn *c = CONN_OF(now.next, ready);

		list_remove(&c->ready);
		dispatch_one(c);
	}
	send_all();
	return any;
}

bool conn_is_pending(void)
{
	return !list_is_empty(&all_ready) || !list_is_empty(&all_output);
}

void conn_retry_writers(void)
{
	for (struct list *l = all_open.next; l != &all_open; l = l->next) {
		struct conn *c = CONN_OF(l, member);

		if (c->wants_room && conn_write_room(c) > 0)
			list_add_last(&all_ready, &c->ready);
	}
}

// Reading

static void set_window_extra(struct conn *c, size_t extra)
{
	window_shared = window_shared - c->window_extra + extra;
	c->window_extra = extra;
}

// A reader that keeps up gets as much more window as it just read; one that
// doesn't gives its extra back when others may need it.
static void adapt_window(struct conn *c, size_t read)
{
	size_t most = TCP_WND_MAX(c->pcb) - NET_WINDOW_FLOOR;
	size_t left = NET_RECEIVE_SHARED - window_shared;
	size_t extra = c->window_extra;

	if (c->inbox.bytes == 0)
		extra += min_size(read, min_size(most - extra, left));
	else if (left < NET_RECEIVE_SHARED / 4)
		extra -= min_size(read, extra);
	set_window_extra(c, extra);
}

static void open_window(struct conn *c)
{
	size_t granted = NET_WINDOW_FLOOR + c->window_extra;
	size_t used = c->pcb->rcv_wnd + c->inbox.bytes;

	while (used < granted) {
		size_t part = min_size(granted - used, UINT16_MAX);

		tcp_recved(c->pcb, (u16_t)part);
		used += part;
	}
}

enum err conn_read(struct conn *c, uint8_t *out, size_t capacity, size_t *count)
{
	size_t read;

	if (c->pcb == NULL)
		return ERR_RESET;
	if (c->inbox.bytes == 0)
		return c->ended ? ERR_CLOSED : ERR_AGAIN;
	read = inbox_read(&c->inbox, out, capacity);
	if (!c->ended) {
		adapt_window(c, read);
		open_window(c);
	}
	*count = read;
	return OK;
}

// Writing

size_t conn_write_room(const struct conn *c)
{
	size_t queued, sure;

	if (c->pcb == NULL)
		return 0;
	queued = conn_queued_bytes(c);
	sure = queued < NET_SEND_FLOOR ? NET_SEND_FLOOR - queued : 0;
	return min_size(c->pcb->snd_buf, sure + NET_SEND_SHARED - send_shared);
}

// A client with a tiny window or segment size makes many pieces of few bytes;
// lwIP then takes none of a long write, but may take a shorter one.
static size_t write_part(struct conn *c, const uint8_t *bytes, size_t length)
{
	size_t part = min_size(length, UINT16_MAX);

	for (; part > 0; part /= 2)
		if (tcp_write(c->pcb, bytes, (u16_t)part,
			      TCP_WRITE_FLAG_COPY) == ERR_OK)
			break;
	return part;
}

enum err conn_write(struct conn *c, const uint8_t *bytes, size_t length,
		    size_t *count)
{
	size_t room = conn_write_room(c);
	size_t done = 0;

	if (c->pcb == NULL)
		return ERR_RESET;
	while (done < min_size(length, room)) {
		size_t part = write_part(c, bytes + done,
					 min_size(length, room) - done);

		if (part == 0)
			break;
		done += part;
	}
	c->wants_room = done < length;
	if (done == 0 && length > 0)
		return ERR_AGAIN;
	conn_account(c);
	list_add_last(&all_output, &c->output);
	*count = done;
	return OK;
}

void conn_acknowledge(struct conn *c)
{
	if (c->pcb == NULL || (c->pcb->flags & TF_ACK_DELAY) == 0)
		return;
	tcp_ack_now(c->pcb);
	list_add_last(&all_output, &c->output);
}

void conn_wake(struct conn *c)
{
	list_add_last(&all_ready, &c->ready);
}

// Ending

void conn_close(struct conn *c)
{
	conn_disown(c);
	if (c->pcb == NULL)
		conn_free(c);
	else
		closing_start(c);
}

void conn_abort(struct conn *c)
{
	struct tcp_pcb *pcb = c->pcb;

	conn_disown(c);
	if (pcb == NULL)
		conn_free(c);
	else
		tcp_abort(pcb); // which ends in conn_pcb_gone
}

struct conn_figures conn_figures(void)
{
	return figures;
}
