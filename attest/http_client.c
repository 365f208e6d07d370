// SPDX-License-Identifier: Apache-2.0
// One client's way through its states. Each state has one step, which does
// what can be done now and says what comes next.
#include "attest/http_client.h"

#include <stdlib.h>

#include "attest/http_answer.h"
#include "kernel/time/clock.h"

struct server_figures http_counts;
struct http_line http_idle, http_waiting, http_queue, http_served;

// Where bytes go that nobody wants.
static uint8_t discard[4096];

// Tells whom the app waits for whether others wait for the app.
static void judge_contention(void)
{
	uint64_t now_ns = clock_now_ns();

	for (struct http_client *c = http_served.first; c; c = c->newer) {
		http_pace_contend(&c->x->pace, now_ns, http_queue.first);
		http_client_wait(c, http_pace_deadline_ns(&c->x->pace));
	}
}

void http_line_join(struct http_line *line, struct http_client *c)
{
	c->line = line;
	c->older = line->last;
	c->newer = NULL;
	if (line->last)
		line->last->newer = c;
	else
		line->first = c;
	line->last = c;
	if (line == &http_queue || line == &http_served)
		judge_contention();
}

void http_line_leave(struct http_client *c)
{
	struct http_line *line = c->line;

	if (!line)
		return;
	if (c->older)
		c->older->newer = c->newer;
	else
		line->first = c->newer;
	if (c->newer)
		c->newer->older = c->older;
	else
		line->last = c->older;
	c->line = NULL;
	c->older = c->newer = NULL;
	// Who comes next may ask for less of the budget.
	if (line == &http_waiting && line->first)
		tls_wake(line->first->session);
	if (line == &http_queue)
		judge_contention();
}

void http_client_wait(struct http_client *c, uint64_t deadline_ns)
{
	if (c->deadline_ns == deadline_ns)
		return;
	c->deadline_ns = deadline_ns;
	tls_set_deadline(c->session, deadline_ns);
}

// Lets the exchange go: to the app, if it has it, else for good.
static void detach_exchange(struct http_client *c)
{
	struct exchange *x = c->x;

	c->x = NULL;
	if (!x)
		return;
	x->client = NULL;
	if (c->state == HTTP_CLIENT_APP)
		exchange_drop_body(x);
	else
		exchange_free(x);
}

static enum http_step forget(struct http_client *c)
{
	http_line_leave(c);
	detach_exchange(c);
	http_output_free(&c->out);
	free(c);
	http_counts.clients--;
	return HTTP_STEP_GONE;
}

enum http_step http_client_close(struct http_client *c)
{
	tls_close(c->session);
	return forget(c);
}

enum http_step http_client_abort(struct http_client *c)
{
	tls_abort(c->session);
	return forget(c);
}

enum http_step http_client_refuse(struct http_client *c,
				  enum http_refusal refusal, uint64_t now_ns)
{
	if (refusal == HTTP_TIMEOUT)
		http_counts.timeouts++;
	http_counts.refused++;
	if (c->x && c->x->has_reply)
		return http_client_abort(c);
	c->keep_alive = false;
	if (http_answer_status(c, refusal) != OK)
		return http_client_abort(c);
	http_line_leave(c);
	detach_exchange(c);
	c->state = HTTP_CLIENT_LINGER;
	http_client_wait(c, now_ns + HTTP_FINISH_NS);
	return HTTP_STEP_ON;
}

enum http_step http_client_finish(struct http_client *c, uint64_t now_ns)
{
	http_line_leave(c);
	c->state = HTTP_CLIENT_FINISH;
	c->discarded = 0;
	http_client_wait(c, now_ns + HTTP_FINISH_NS);
	return HTTP_STEP_ON;
}

static bool is_crowded(void)
{
	return http_counts.clients >= HTTP_CROWD;
}

// Before the next head. Memory is held only if a part of it came already.
static enum http_step begin_head(struct http_client *c, uint64_t now_ns)
{
	struct exchange *x = c->x;

	c->state = HTTP_CLIENT_HEAD;
	c->head_begun = x->intake.at < x->intake.end;
	if (c->head_begun) {
		exchange_reuse(x);
		http_client_wait(c, now_ns + HTTP_HEAD_NS);
		return HTTP_STEP_ON;
	}
	c->x = NULL;
	exchange_free(x);
	http_line_join(&http_idle, c);
	c->idle_since_ns = now_ns;
	http_client_wait(c, now_ns + (is_crowded() ? HTTP_IDLE_CROWDED_NS
						   : HTTP_IDLE_NS));
	return HTTP_STEP_ON;
}

// A head that can't become one.
static enum http_step refuse_head(struct http_client *c, enum err e,
				  uint64_t now_ns)
{
	switch (e) {
	case ERR_BAD_INPUT:
		return http_client_refuse(c, HTTP_BAD_REQUEST, now_ns);
	case ERR_TOO_BIG:
		return http_client_refuse(c,
					  c->x->intake.scan.has_request_line
						  ? HTTP_HEAD_TOO_LARGE
						  : HTTP_URI_TOO_LONG,
					  now_ns);
	case ERR_NO_MEMORY:
		return http_client_refuse(c, HTTP_UNAVAILABLE, now_ns);
	case ERR_CLOSED:
		return http_client_close(c);
	default:
		return http_client_abort(c);
	}
}

static enum http_step wait_for_head(struct http_client *c, uint64_t now_ns)
{
	if (!http_intake_has_begun(&c->x->intake)) {
		exchange_free(c->x);
		c->x = NULL;
		if (now_ns < c->deadline_ns)
			return HTTP_STEP_WAIT;
		http_counts.timeouts++;
		return http_client_close(c);
	}
	if (!c->head_begun) {
		c->head_begun = true;
		http_line_leave(c);
		http_client_wait(c, now_ns + HTTP_HEAD_NS);
	}
	if (now_ns < c->deadline_ns)
		return HTTP_STEP_WAIT;
	return http_client_refuse(c, HTTP_TIMEOUT, now_ns);
}

static enum http_step step_head(struct http_client *c, uint64_t now_ns)
{
	struct text head;
	enum err e;

	if (!c->x)
		c->x = exchange_new(c);
	if (!c->x)
		return http_client_refuse(c, HTTP_UNAVAILABLE, now_ns);
	e = http_intake_head(&c->x->intake, c->session, &head);
	if (e == ERR_AGAIN)
		return wait_for_head(c, now_ns);
	http_line_leave(c);
	if (e != OK)
		return refuse_head(c, e, now_ns);
	return http_request_begin(c, head, now_ns);
}

// Reads over the rest of the body. OK: it is all read. ERR_TOO_BIG: it isn't
// worth it.
static enum err discard_body(struct http_client *c)
{
	while (!c->x->intake.is_complete) {
		size_t count = 0;
		enum err e = http_intake_body(&c->x->intake, c->session,
					      discard, sizeof(discard), &count);
		if (e == ERR_CLOSED)
			break;
		TRY(e);
		c->discarded += (uint32_t)count;
		if (c->discarded > HTTP_DISCARD_LIMIT)
			return ERR_TOO_BIG;
	}
	return OK;
}

static enum http_step step_finish(struct http_client *c, uint64_t now_ns)
{
	enum err e = http_output_flush(&c->out, c->session);

	if (e == OK && c->keep_alive)
		e = discard_body(c);
	if (e == ERR_AGAIN && now_ns < c->deadline_ns)
		return HTTP_STEP_WAIT;
	if (e == ERR_AGAIN) {
		http_counts.timeouts++;
		return http_client_abort(c);
	}
	if (e == ERR_RESET || e == ERR_NO_MEMORY)
		return http_client_abort(c);
	if (e != OK || !c->x->intake.is_complete) {
		detach_exchange(c);
		c->state = HTTP_CLIENT_LINGER;
		return HTTP_STEP_ON;
	}
	if (!c->keep_alive || c->peer_closed)
		return http_client_close(c);
	return begin_head(c, now_ns);
}

static enum http_step step_linger(struct http_client *c, uint64_t now_ns)
{
	enum err e = OK;

	if (!c->is_flushed) {
		e = http_output_flush(&c->out, c->session);
		if (e == ERR_AGAIN && now_ns < c->deadline_ns)
			return HTTP_STEP_WAIT;
		if (e != OK)
			return http_client_abort(c);
		c->is_flushed = true;
		c->discarded = 0;
		http_client_wait(c, now_ns + HTTP_LINGER_NS);
	}
	while (e == OK && c->discarded < HTTP_LINGER_LIMIT) {
		size_t count = 0;
		e = tls_read(c->session, discard, sizeof(discard), &count);
		c->discarded += (uint32_t)count;
	}
	if (e == ERR_AGAIN && now_ns < c->deadline_ns)
		return HTTP_STEP_WAIT;
	return http_client_close(c);
}

void http_client_run(struct http_client *c, uint64_t now_ns)
{
	static enum http_step (*const steps[])(struct http_client *,
					       uint64_t) = {
		[HTTP_CLIENT_HEAD] = step_head,
		[HTTP_CLIENT_ADMIT] = http_request_admit,
		[HTTP_CLIENT_BODY] = http_request_body,
		[HTTP_CLIENT_QUEUED] = http_request_queued,
		[HTTP_CLIENT_APP] = http_request_app,
		[HTTP_CLIENT_EVIDENCE] = http_request_evidence,
		[HTTP_CLIENT_FINISH] = step_finish,
		[HTTP_CLIENT_LINGER] = step_linger,
	};

	while (steps[c->state](c, now_ns) == HTTP_STEP_ON)
		continue;
}

void http_client_ready(void *owner)
{
	http_client_run(owner, clock_now_ns());
}

// Has the client that has idled longest make room, unless it only just began.
static void dismiss_oldest(uint64_t now_ns)
{
	struct http_client *oldest = http_idle.first;

	if (is_crowded() && oldest &&
	    now_ns - oldest->idle_since_ns > HTTP_IDLE_CROWDED_NS)
		http_client_wait(oldest, now_ns);
}

void *http_client_opened(struct tls_session *s)
{
	struct http_client *c = calloc(1, sizeof(*c));
	uint64_t now_ns = clock_now_ns();

	if (!c)
		return NULL;
	dismiss_oldest(now_ns);
	c->session = s;
	c->state = HTTP_CLIENT_HEAD;
	c->idle_since_ns = now_ns;
	http_line_join(&http_idle, c);
	http_client_wait(c, now_ns + HTTP_HEAD_NS);
	http_counts.clients++;
	if (http_counts.clients > http_counts.clients_peak)
		http_counts.clients_peak = http_counts.clients;
	return c;
}
