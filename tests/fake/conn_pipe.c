// SPDX-License-Identifier: Apache-2.0
#include "tests/fake/conn_pipe.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/num.h"

#define PIPE_LIMIT 512

struct queue {
	uint8_t *bytes;
	size_t at, end, capacity;
};

struct conn {
	struct queue in, out; // as the server sees them
	size_t room;
	void *owner;
	enum pipe_end end;
	bool is_ready, wants_room, has_fin, is_reset;
};

static const struct conn_handler *handler;
static struct conn *all[PIPE_LIMIT];

static size_t queued(const struct queue *q)
{
	return q->end - q->at;
}

static void push(struct queue *q, const void *bytes, size_t count)
{
	if (q->at == q->end)
		q->at = q->end = 0;
	if (q->end + count > q->capacity) {
		q->capacity = 2 * (q->end + count);
		q->bytes = realloc(q->bytes, q->capacity);
		CHECK(q->bytes);
	}
	if (count > 0)
		memcpy(q->bytes + q->end, bytes, count);
	q->end += count;
}

static size_t pull(struct queue *q, void *out, size_t capacity)
{
	size_t n = min_size(capacity, queued(q));

	if (n > 0)
		memcpy(out, q->bytes + q->at, n);
	q->at += n;
	return n;
}

// The client's side

struct conn *pipe_connect(void)
{
	struct conn *c = calloc(1, sizeof(*c));

	CHECK(c && handler);
	c->room = 128 * (size_t)KIB;
	for (size_t i = 0; i < PIPE_LIMIT; i++) {
		if (all[i])
			continue;
		all[i] = c;
		c->owner = handler->opened(c);
		if (!c->owner)
			c->end = PIPE_REFUSED;
		return c;
	}
	CHECK(!"too many pipes");
	return NULL;
}

void pipe_send(struct conn *c, const void *bytes, size_t count)
{
	push(&c->in, bytes, count);
	c->is_ready = true;
}

void pipe_fin(struct conn *c)
{
	c->has_fin = true;
	c->is_ready = true;
}

void pipe_reset(struct conn *c)
{
	c->is_reset = true;
	c->is_ready = true;
}

size_t pipe_pending(const struct conn *c)
{
	return queued(&c->out);
}

size_t pipe_receive(struct conn *c, void *out, size_t capacity)
{
	size_t n = pull(&c->out, out, capacity);

	if (n > 0 && c->wants_room) {
		c->wants_room = false;
		c->is_ready = true;
	}
	return n;
}

void pipe_set_room(struct conn *c, size_t bytes)
{
	c->room = bytes;
	c->is_ready = true;
}

size_t pipe_unread(const struct conn *c)
{
	return queued(&c->in);
}

enum pipe_end pipe_end(const struct conn *c)
{
	return c->end;
}

bool pipe_poll(void)
{
	bool any = false;

	for (size_t i = 0; i < PIPE_LIMIT; i++) {
		struct conn *c = all[i];

		if (!c || !c->is_ready || c->end != PIPE_OPEN)
			continue;
		c->is_ready = false;
		any = true;
		handler->ready(c->owner);
	}
	return any;
}

void pipe_free(struct conn *c)
{
	CHECK(c->end != PIPE_OPEN);
	for (size_t i = 0; i < PIPE_LIMIT; i++)
		if (all[i] == c)
			all[i] = NULL;
	free(c->in.bytes);
	free(c->out.bytes);
	free(c);
}

// net/conn.h

enum err conn_listen(uint16_t port, const struct conn_handler *the_handler)
{
	(void)port;
	handler = the_handler;
	return OK;
}

enum err conn_read(struct conn *c, uint8_t *out, size_t capacity, size_t *count)
{
	CHECK(c->end == PIPE_OPEN);
	if (c->is_reset)
		return ERR_RESET;
	if (queued(&c->in) == 0)
		return c->has_fin ? ERR_CLOSED : ERR_AGAIN;
	*count = pull(&c->in, out, capacity);
	return OK;
}

enum err conn_write(struct conn *c, const uint8_t *bytes, size_t length,
		    size_t *count)
{
	size_t n = min_size(length, conn_write_room(c));

	CHECK(c->end == PIPE_OPEN);
	if (c->is_reset)
		return ERR_RESET;
	c->wants_room = n < length;
	if (n == 0 && length > 0)
		return ERR_AGAIN;
	push(&c->out, bytes, n);
	*count = n;
	return OK;
}

size_t conn_write_room(const struct conn *c)
{
	return c->room > queued(&c->out) ? c->room - queued(&c->out) : 0;
}

void conn_acknowledge(struct conn *c)
{
	CHECK(c->end == PIPE_OPEN);
}

void conn_wake(struct conn *c)
{
	CHECK(c->end == PIPE_OPEN);
	c->is_ready = true;
}

void conn_close(struct conn *c)
{
	CHECK(c->end == PIPE_OPEN);
	c->end = PIPE_CLOSED;
}

void conn_abort(struct conn *c)
{
	CHECK(c->end == PIPE_OPEN);
	c->end = PIPE_ABORTED;
}
