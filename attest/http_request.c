// SPDX-License-Identifier: Apache-2.0
// From a complete head to a request that waits for the app: judged, routed,
// let into the body budget, gathered, queued.
#include "attest/http_answer.h"
#include "attest/http_client.h"
#include "attest/well_known.h"

static enum http_refusal judge(struct exchange *x, struct text head)
{
	enum http_refusal refusal = http_head_parse(head, &x->head);

	if (refusal)
		return refusal;
	refusal = http_framing_judge(&x->head, &x->framing);
	if (refusal)
		return refusal;
	return http_target_parse(&x->head, x->framing.host, &x->target);
}

static void describe(struct exchange *x)
{
	x->request = (struct exchange_request){
		.method = x->head.method,
		.path = x->target.path,
		.query = x->target.query,
		.headers = x->head.fields,
		.header_count = x->head.field_count,
		.has_body = !x->intake.is_complete,
		.body_length_known = !x->framing.is_chunked,
		.body_length = x->framing.length,
	};
}

// What is answered here never asks for a body, and a client that waits to be
// asked may or may not send it now (RFC 9110 10.1.1): no framing is certain.
static enum http_step answer_here(struct http_client *c, uint64_t now_ns)
{
	enum err e;

	if (c->x->framing.expects_continue)
		c->keep_alive = false;
	if (c->x->target.is_asterisk) // a ping (RFC 9110 9.3.7)
		e = http_answer(c, 200, NULL, 0, TEXT(""));
	else
		e = well_known_answer(c, now_ns);
	if (e == ERR_AGAIN)
		return HTTP_STEP_WAIT;
	if (e != OK)
		return http_client_abort(c);
	return http_client_finish(c, now_ns);
}

static enum http_step enqueue(struct http_client *c, uint64_t now_ns)
{
	c->x->pace = http_pace_start(HTTP_APP_GRACE_NS, HTTP_APP_TOTAL_NS,
				     HTTP_APP_CONTENDED_NS);
	c->state = HTTP_CLIENT_QUEUED;
	http_line_join(&http_queue, c);
	http_client_wait(c, now_ns + HTTP_QUEUE_NS);
	return HTTP_STEP_WAIT;
}

enum http_step http_request_begin(struct http_client *c, struct text head,
				  uint64_t now_ns)
{
	struct exchange *x = c->x;
	enum http_refusal refusal;

	x->is_head = text_starts_with(head, TEXT("HEAD "));
	refusal = judge(x, head);
	if (refusal)
		return http_client_refuse(c, refusal, now_ns);
	http_counts.requests++;
	c->keep_alive = x->framing.keep_alive;
	http_intake_expect(&x->intake, &x->framing);
	describe(x);
	if (x->target.is_asterisk || well_known_owns(x->target.path))
		return answer_here(c, now_ns);
	if (x->intake.is_complete)
		return enqueue(c, now_ns);
	c->state = HTTP_CLIENT_ADMIT;
	http_client_wait(c, now_ns + HTTP_ADMIT_NS);
	return HTTP_STEP_ON;
}

static enum http_step begin_body(struct http_client *c)
{
	static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
	struct exchange *x = c->x;

	// A client that sent some of the body already doesn't wait for us.
	if (x->framing.expects_continue && x->intake.at == x->intake.end &&
	    http_output_push(&c->out, c->session, go_on, sizeof(go_on) - 1) !=
		    OK)
		return http_client_abort(c);
	x->pace = http_pace_start(HTTP_GATHER_GRACE_NS, HTTP_GATHER_TOTAL_NS,
				  HTTP_GATHER_TOTAL_NS);
	c->state = HTTP_CLIENT_BODY;
	return HTTP_STEP_ON;
}

// While the request waits or is in other hands: is the client still there?
static enum err watch(struct http_client *c)
{
	enum err e = http_intake_peek(&c->x->intake, c->session);

	// The client may end its side and still wait for the answer.
	if (e == ERR_CLOSED)
		c->peer_closed = true;
	return e == ERR_CLOSED ? OK : e;
}

// Also one that ended its side before its body did.
static bool is_gone(struct http_client *c)
{
	const struct http_intake *in = &c->x->intake;

	if (watch(c) != OK)
		return true;
	return c->peer_closed && !in->is_chunked && in->end - in->at < in->left;
}

enum http_step http_request_admit(struct http_client *c, uint64_t now_ns)
{
	struct exchange *x = c->x;
	bool is_next = !http_waiting.first || http_waiting.first == c;
	uint64_t length = x->framing.is_chunked ? UINT64_MAX
						: x->framing.length;

	if (is_next && http_body_reserve(&x->body, length) == OK) {
		http_line_leave(c);
		return begin_body(c);
	}
	if (is_gone(c)) // it would block the line
		return http_client_abort(c);
	if (now_ns >= c->deadline_ns)
		return http_client_refuse(c, HTTP_UNAVAILABLE, now_ns);
	if (!c->line)
		http_line_join(&http_waiting, c);
	return HTTP_STEP_WAIT;
}

enum err http_request_gather(struct exchange *x, uint64_t now_ns)
{
	while (!x->intake.is_complete) {
		uint8_t *at = NULL;
		size_t room = 0;
		size_t count = 0;
		enum err e;

		TRY(http_body_room(&x->body, &at, &room));
		e = http_intake_body(&x->intake, x->client->session, at, room,
				     &count);
		if (e == ERR_CLOSED)
			break;
		TRY(e);
		http_body_added(&x->body, count);
		http_pace_progress(&x->pace, now_ns, count);
		x->body_total += count;
		if (x->body_total > HTTP_BODY_LIMIT)
			return ERR_TOO_BIG;
	}
	return OK;
}

// A body that can't be gathered any more.
static enum http_step refuse_body(struct http_client *c, enum err e,
				  uint64_t now_ns)
{
	switch (e) {
	case ERR_BAD_INPUT:
		return http_client_refuse(c, HTTP_BAD_REQUEST, now_ns);
	case ERR_TOO_BIG:
		return http_client_refuse(c, HTTP_CONTENT_TOO_LARGE, now_ns);
	case ERR_NO_MEMORY:
		return http_client_refuse(c, HTTP_UNAVAILABLE, now_ns);
	default:
		return http_client_abort(c);
	}
}

enum http_step http_request_body(struct http_client *c, uint64_t now_ns)
{
	struct exchange *x = c->x;
	enum err e = http_request_gather(x, now_ns);

	if (e == OK || (e == ERR_AGAIN && x->body.held == HTTP_BODY_WINDOW))
		return enqueue(c, now_ns);
	if (e != ERR_AGAIN)
		return refuse_body(c, e, now_ns);
	if (http_pace_is_late(&x->pace, now_ns))
		return http_client_refuse(c, HTTP_TIMEOUT, now_ns);
	if (http_output_flush(&c->out, c->session) == ERR_RESET)
		return http_client_abort(c);
	http_pace_wait(&x->pace, now_ns);
	http_client_wait(c, http_pace_deadline_ns(&x->pace));
	return HTTP_STEP_WAIT;
}

enum http_step http_request_queued(struct http_client *c, uint64_t now_ns)
{
	if (c->x->intake.is_complete && watch(c) != OK)
		return http_client_abort(c);
	if (now_ns >= c->deadline_ns)
		return http_client_refuse(c, HTTP_UNAVAILABLE, now_ns);
	return HTTP_STEP_WAIT;
}

enum http_step http_request_evidence(struct http_client *c, uint64_t now_ns)
{
	if (is_gone(c))
		return http_client_abort(c);
	if (now_ns < c->deadline_ns)
		return HTTP_STEP_WAIT;
	http_counts.timeouts++;
	if (well_known_no_evidence(c) != OK)
		return http_client_abort(c);
	return http_client_finish(c, now_ns);
}

enum http_step http_request_app(struct http_client *c, uint64_t now_ns)
{
	struct exchange *x = c->x;
	enum err e;

	x->is_ready = true;
	if (x->intake.is_complete && watch(c) != OK)
		return http_client_abort(c);
	e = http_request_gather(x, now_ns);
	if (e != OK && e != ERR_AGAIN)
		return refuse_body(c, e, now_ns);
	if (http_pace_is_late(&x->pace, now_ns))
		return http_client_refuse(c, HTTP_TIMEOUT, now_ns);
	return HTTP_STEP_WAIT;
}
