// SPDX-License-Identifier: Apache-2.0
// One request and one answer at a time, over an open stream. That the server is
// proven is session.c's to see to.
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "client/http_request.h"
#include "client/session_state.h"

enum anchorhold_code session_fail(struct anchorhold_session *s,
				  enum anchorhold_code code, const char *format,
				  ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(s->why, sizeof(s->why), format, arguments);
	va_end(arguments);
	return code;
}

enum anchorhold_code session_fail_stream(struct anchorhold_session *s,
					 enum err e, const char *doing)
{
	const char *what = "the server doesn't speak TLS 1.3 as it must";

	switch (e) {
	case ERR_TIMEOUT:
		what = "no answer in time";
		break;
	case ERR_CLOSED:
		what = "the server ended the connection";
		break;
	case ERR_RESET:
		what = "the connection broke";
		break;
	case ERR_NO_MEMORY:
		what = "there is too little memory";
		break;
	case ERR_CRYPTO:
		what = "the TLS library failed";
		break;
	default:
		break;
	}
	return session_fail(s, ANCHORHOLD_IO, "%s: %s", doing, what);
}

static void start_wait(struct anchorhold_session *s)
{
	if (!s->is_opening)
		net_set_deadline(&s->net, s->idle_ms);
}

// Gets more bytes behind those that wait.
static enum err fill(struct anchorhold_session *s)
{
	size_t n;

	if (s->taken > 0) {
		memmove(s->in, s->in + s->taken, s->count - s->taken);
		s->count -= s->taken;
		s->taken = 0;
	}
	if (s->count == sizeof(s->in))
		return ERR_TOO_BIG;
	start_wait(s);
	TRY(tls_read(s->tls, s->in + s->count, sizeof(s->in) - s->count, &n));
	s->count += n;
	return OK;
}

// Writes in pieces, so that a slow line that still moves isn't idle.
static enum err send(struct anchorhold_session *s, const uint8_t *bytes,
		     size_t count)
{
	while (count > 0) {
		size_t n = min_size(count, 16384);

		start_wait(s);
		TRY(tls_write(s->tls, bytes, n));
		bytes += n;
		count -= n;
	}
	return OK;
}

static enum anchorhold_code
send_request(struct anchorhold_session *s,
	     const struct anchorhold_request *request)
{
	uint8_t head[HTTP_REQUEST_LIMIT];
	struct writer w = writer_of(head, sizeof(head));
	const char *why;
	enum err e = http_request_write(&w, s->authority, request, &why);

	if (e != OK) {
		s->is_in_exchange = false; // nothing went out
		return session_fail(s, ANCHORHOLD_USAGE, "%s", why);
	}
	e = send(s, head, w.used);
	if (e == OK && request->has_body)
		e = send(s, request->body.at, request->body.count);
	return e == OK ? ANCHORHOLD_PASS
		       : session_fail_stream(s, e, "sending the request");
}

// Takes one whole head out of what came.
static enum anchorhold_code read_head(struct anchorhold_session *s,
				      bool is_head, struct http_answer *answer)
{
	size_t bytes;
	enum err e;

	while (!(bytes = http_head_bytes(s->in + s->taken,
					 s->count - s->taken))) {
		e = fill(s);
		if (e == ERR_TOO_BIG)
			return session_fail(s, ANCHORHOLD_IO,
					    "the answer's head is over %u "
					    "bytes",
					    HTTP_HEAD_LIMIT);
		if (e != OK)
			return session_fail_stream(s, e,
						   "waiting for the answer");
	}
	memcpy(s->head, s->in + s->taken, bytes);
	s->taken += bytes;
	if (http_answer_parse((struct text){ s->head, bytes }, is_head,
			      answer) != OK)
		return session_fail(s, ANCHORHOLD_IO,
				    "the answer isn't HTTP/1.1 as it must be");
	return ANCHORHOLD_PASS;
}

enum anchorhold_code
anchorhold_session_request(struct anchorhold_session *s,
			   const struct anchorhold_request *request,
			   struct http_answer *answer)
{
	bool is_head = strcmp(request->method, "HEAD") == 0;
	enum anchorhold_code code;

	if (s->is_in_exchange || s->is_last)
		return session_fail(s, ANCHORHOLD_IO,
				    "the server takes no further request on "
				    "this connection");
	// An answer to what wasn't asked yet.
	if (s->taken < s->count)
		return session_fail(s, ANCHORHOLD_IO,
				    "the server sent more than an answer");
	s->is_in_exchange = true;
	code = send_request(s, request);
	for (size_t i = 0; code == ANCHORHOLD_PASS; i++) {
		code = read_head(s, is_head, answer);
		if (code != ANCHORHOLD_PASS)
			return code;
		if (answer->status >= 200)
			break;
		if (answer->status == 101 || i == SESSION_INTERIM_LIMIT)
			return session_fail(s, ANCHORHOLD_IO,
					    "the server answers in another "
					    "protocol");
	}
	if (code != ANCHORHOLD_PASS)
		return code;
	s->body = http_body_of(answer);
	s->is_last = answer->is_last;
	s->is_in_exchange = !s->body.is_done;
	return ANCHORHOLD_PASS;
}

// Moves what is there of the body into `bytes`, perhaps nothing.
static enum anchorhold_code take(struct anchorhold_session *s, void *bytes,
				 size_t capacity, size_t *count)
{
	size_t used;
	struct text data;

	if (http_body_take(&s->body, s->in + s->taken,
			   min_size(s->count - s->taken, capacity), &used,
			   &data) != OK)
		return session_fail(s, ANCHORHOLD_IO,
				    "the answer's chunks are malformed");
	memcpy(bytes, data.at, data.length);
	s->taken += used;
	*count = data.length;
	return ANCHORHOLD_PASS;
}

enum anchorhold_code anchorhold_session_read(struct anchorhold_session *s,
					     void *bytes, size_t capacity,
					     size_t *count)
{
	enum anchorhold_code code;
	size_t n = 0;
	enum err e;

	while (s->is_in_exchange && n == 0) {
		if (s->taken == s->count) {
			e = fill(s);
			if (e == ERR_CLOSED && http_body_end(&s->body))
				break;
			if (e != OK)
				return session_fail_stream(
					s, e, "reading the answer");
		}
		code = take(s, bytes, capacity, &n);
		if (code != ANCHORHOLD_PASS)
			return code;
		if (s->body.is_done)
			break;
	}
	if (s->body.is_done)
		s->is_in_exchange = false;
	*count = n;
	return ANCHORHOLD_PASS;
}

const char *anchorhold_session_why(const struct anchorhold_session *s)
{
	return s->why;
}
