// SPDX-License-Identifier: Apache-2.0
// Answers of the server's own.
#include "attest/http_answer.h"

#include "base/check.h"

// Longer than any head that the server makes by itself.
#define ANSWER_HEAD_LIMIT 512

enum http_reply_connection http_answer_connection(const struct http_client *c)
{
	if (!c->keep_alive || c->peer_closed)
		return HTTP_REPLY_CLOSE;
	return c->x && c->x->head.minor == 0 ? HTTP_REPLY_KEEP_ALIVE
					     : HTTP_REPLY_PERSISTS;
}

enum err http_answer(struct http_client *c, unsigned int status,
		     const struct exchange_header *headers, size_t count,
		     struct text body)
{
	uint8_t head[ANSWER_HEAD_LIMIT];
	struct writer w = writer_of(head, sizeof(head));
	bool is_head = c->x && c->x->is_head;
	const struct http_reply reply = {
		.status = status,
		.headers = headers,
		.header_count = count,
		.framing = body.at ? HTTP_REPLY_LENGTH : HTTP_REPLY_BARE,
		.length = body.length,
		.connection = http_answer_connection(c),
	};

	CHECK(body.at || is_head);
	CHECK(http_reply_write(&w, &reply) == OK);
	TRY(http_output_push(&c->out, c->session, head, w.used));
	if (is_head)
		return OK;
	return http_output_push(&c->out, c->session, body.at, body.length);
}

enum err http_answer_status(struct http_client *c, unsigned int status)
{
	static const struct exchange_header unavailable[] = {
		{ { "Content-Type", 12 }, { "text/plain", 10 } },
		{ { "Retry-After", 11 }, { "5", 1 } },
	};
	char body[64];
	struct writer w = writer_of(body, sizeof(body));
	// Only 503 says when to come back (RFC 9110 10.2.3).
	size_t count = status == HTTP_UNAVAILABLE ? 2 : 1;

	CHECK(write_text(&w, http_status_phrase(status)) == OK &&
	      write_text(&w, "\n") == OK);
	return http_answer(c, status, unavailable, count,
			   (struct text){ body, w.used });
}
