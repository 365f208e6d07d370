// SPDX-License-Identifier: Apache-2.0
// The app's side of a request. Nothing here calls into the app; what the app
// asks for is done as far as it goes.
#include "attest/exchange.h"

#include <stdlib.h>
#include <string.h>

#include "attest/http_answer.h"
#include "attest/http_client.h"
#include "attest/http_reply.h"
#include "base/check.h"
#include "kernel/time/clock.h"

// One exchange that was used last, kept so that a request at a time costs no
// allocation. It holds no body, and only a first buffer.
static struct exchange *spare;

static void clear(struct exchange *x, struct http_client *c,
		  struct http_intake intake)
{
	memset(x, 0, offsetof(struct exchange, head));
	x->client = c;
	x->intake = intake;
}

struct exchange *exchange_new(struct http_client *c)
{
	struct exchange *x = spare;
	struct http_intake intake;

	if (x) {
		spare = NULL;
		x->client = c;
		return x;
	}
	if (http_intake_init(&intake) != OK)
		return NULL;
	x = malloc(sizeof(*x));
	if (!x) {
		http_intake_free(&intake);
		return NULL;
	}
	clear(x, c, intake);
	return x;
}

void exchange_drop_body(struct exchange *x)
{
	if (!x->body.reserved)
		return;
	http_body_free(&x->body);
	if (http_waiting.first)
		tls_wake(http_waiting.first->session);
}

void exchange_reuse(struct exchange *x)
{
	exchange_drop_body(x);
	http_intake_next(&x->intake);
	clear(x, x->client, x->intake);
}

void exchange_free(struct exchange *x)
{
	if (!spare && x->intake.capacity == HTTP_INTAKE_FIRST) {
		x->intake.at = x->intake.end;
		exchange_reuse(x);
		spare = x;
		return;
	}
	exchange_drop_body(x);
	http_intake_free(&x->intake);
	free(x);
}

enum err exchange_next(struct exchange **out)
{
	struct http_client *c = http_queue.first;

	if (!c)
		return ERR_AGAIN;
	http_line_leave(c);
	c->state = HTTP_CLIENT_APP;
	http_client_wait(c, UINT64_MAX);
	http_line_join(&http_served, c);
	*out = c->x;
	return OK;
}

const struct exchange_request *exchange_request(const struct exchange *x)
{
	return &x->request;
}

bool exchange_is_ready(const struct exchange *x)
{
	return !x->client || x->is_ready;
}

// The app can't go on before the client does something.
static enum err wait_for_client(struct exchange *x)
{
	x->is_ready = false;
	http_pace_wait(&x->pace, clock_now_ns());
	http_client_wait(x->client, http_pace_deadline_ns(&x->pace));
	return ERR_AGAIN;
}

static void note_progress(struct exchange *x, size_t bytes)
{
	if (x->pace.is_waiting)
		http_pace_progress(&x->pace, clock_now_ns(), bytes);
}

// The client is of no more use: its state says why.
static enum err give_up(struct exchange *x, enum err e)
{
	uint64_t now_ns = clock_now_ns();
	struct http_client *c = x->client;
	enum http_step step;

	if (e == ERR_BAD_INPUT)
		step = http_client_refuse(c, HTTP_BAD_REQUEST, now_ns);
	else if (e == ERR_TOO_BIG)
		step = http_client_refuse(c, HTTP_CONTENT_TOO_LARGE, now_ns);
	else if (e == ERR_NO_MEMORY)
		step = http_client_refuse(c, HTTP_UNAVAILABLE, now_ns);
	else
		step = http_client_abort(c);
	if (step == HTTP_STEP_ON)
		http_client_run(c, now_ns);
	return ERR_RESET;
}

enum err exchange_read(struct exchange *x, uint8_t *out, size_t capacity,
		       size_t *count)
{
	enum err e;

	if (!x->client)
		return ERR_RESET;
	if (x->body.held == 0) {
		if (x->intake.is_complete)
			return ERR_CLOSED;
		e = http_request_gather(x, clock_now_ns());
		if (e != OK && e != ERR_AGAIN)
			return give_up(x, e);
	}
	if (x->body.held) {
		*count = http_body_take(&x->body, out, capacity);
		note_progress(x, *count);
		return OK;
	}
	if (x->intake.is_complete)
		return ERR_CLOSED;
	// The client may wait for what was answered so far.
	e = http_output_flush(&x->client->out, x->client->session);
	if (e != OK && e != ERR_AGAIN)
		return give_up(x, e);
	return wait_for_client(x);
}

static enum http_reply_framing framing_for(const struct exchange *x,
					   unsigned int status, uint64_t length)
{
	if (status == 204 || status == 304)
		return HTTP_REPLY_BARE;
	if (length != EXCHANGE_CHUNKED)
		return HTTP_REPLY_LENGTH;
	return x->head.minor == 0 ? HTTP_REPLY_UNTIL_CLOSE : HTTP_REPLY_CHUNKED;
}

enum err exchange_reply(struct exchange *x, unsigned int status,
			const struct exchange_header *headers, size_t count,
			uint64_t length)
{
	static uint8_t head[HTTP_REPLY_HEAD_LIMIT];
	struct writer w = writer_of(head, sizeof(head));
	struct http_client *c = x->client;
	struct http_reply reply = {
		.status = status,
		.headers = headers,
		.header_count = count,
		.framing = framing_for(x, status, length),
		.length = length,
	};

	CHECK(!x->has_reply);
	TRY(http_reply_check(status, headers, count, length));
	if (!c)
		return ERR_RESET;
	reply.connection = reply.framing == HTTP_REPLY_UNTIL_CLOSE
				   ? HTTP_REPLY_CLOSE
				   : http_answer_connection(c);
	TRY(http_reply_write(&w, &reply));
	if (reply.connection == HTTP_REPLY_CLOSE)
		c->keep_alive = false;
	x->has_reply = true;
	x->reply_is_chunked = reply.framing == HTTP_REPLY_CHUNKED;
	x->reply_left = length;
	enum err e = http_output_push(&c->out, c->session, head, w.used);
	return e == OK ? OK : give_up(x, e);
}

// chunk-size CRLF before, CRLF behind the bytes of one write (RFC 9112 7.1).
static enum err begin_chunk(struct exchange *x, size_t length)
{
	char line[20];
	struct writer w = writer_of(line, sizeof(line));

	if (x->chunk_left)
		return OK;
	x->chunk_left = length;
	TRY(write_hex(&w, length, 1));
	TRY(write_text(&w, "\r\n"));
	return http_output_push(&x->client->out, x->client->session, line,
				w.used);
}

static enum err end_chunk(struct exchange *x, size_t count)
{
	x->chunk_left -= count;
	if (x->chunk_left)
		return OK;
	return http_output_push(&x->client->out, x->client->session, "\r\n", 2);
}

static enum err write_framed(struct exchange *x, const void *bytes,
			     size_t length, size_t *count)
{
	struct http_client *c = x->client;

	TRY(http_output_drain(&c->out, c->session));
	if (!x->reply_is_chunked)
		return tls_write(c->session, bytes, length, count);
	TRY(begin_chunk(x, length));
	TRY(http_output_drain(&c->out, c->session));
	length = (size_t)min_u64(length, x->chunk_left);
	TRY(tls_write(c->session, bytes, length, count));
	return end_chunk(x, *count);
}

enum err exchange_write(struct exchange *x, const void *bytes, size_t length,
			size_t *count)
{
	size_t written = 0;
	enum err e;

	if (!x->client)
		return ERR_RESET;
	CHECK(x->has_reply);
	if (length > x->reply_left)
		return ERR_TOO_BIG;
	if (length == 0 || x->is_head)
		written = length;
	else {
		e = write_framed(x, bytes, length, &written);
		if (e == ERR_AGAIN)
			return wait_for_client(x);
		if (e != OK)
			return give_up(x, e);
		note_progress(x, written);
	}
	if (x->reply_left != EXCHANGE_CHUNKED)
		x->reply_left -= written;
	*count = written;
	return OK;
}

// What is still owed to the client when the app is done.
static enum err complete_reply(struct exchange *x)
{
	struct http_client *c = x->client;

	if (!x->has_reply)
		return http_answer_status(c, HTTP_INTERNAL_ERROR);
	if (x->is_head)
		return OK;
	if (x->chunk_left ||
	    (x->reply_left && x->reply_left != EXCHANGE_CHUNKED))
		return ERR_RESET;
	if (!x->reply_is_chunked)
		return OK;
	return http_output_push(&c->out, c->session, "0\r\n\r\n", 5);
}

void exchange_end(struct exchange *x)
{
	struct http_client *c = x->client;
	uint64_t now_ns;

	if (!c) {
		exchange_free(x);
		return;
	}
	// From here on the exchange goes where its client goes.
	c->state = HTTP_CLIENT_FINISH;
	if (complete_reply(x) != OK) {
		(void)http_client_abort(c);
		return;
	}
	now_ns = clock_now_ns();
	(void)http_client_finish(c, now_ns);
	http_client_run(c, now_ns);
}

void exchange_leave(struct exchange *x)
{
	bool is_short = x->has_reply && !x->is_head && x->reply_left;

	if (!x->client || !is_short) {
		exchange_end(x);
		return;
	}
	x->client->state = HTTP_CLIENT_FINISH;
	(void)http_client_abort(x->client);
}
