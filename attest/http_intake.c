// SPDX-License-Identifier: Apache-2.0
// Bytes from one client.
#include "attest/http_intake.h"

#include <stdlib.h>
#include <string.h>

#include "base/num.h"

enum err http_intake_init(struct http_intake *in)
{
	char *bytes = malloc(HTTP_INTAKE_FIRST + HTTP_INTAKE_TAIL);

	if (!bytes)
		return ERR_NO_MEMORY;
	*in = (struct http_intake){ .bytes = bytes,
				    .capacity = HTTP_INTAKE_FIRST };
	return OK;
}

void http_intake_free(struct http_intake *in)
{
	free(in->bytes);
	*in = (struct http_intake){ 0 };
}

void http_intake_next(struct http_intake *in)
{
	size_t rest = in->end - in->at;

	memmove(in->bytes, in->bytes + in->at, rest);
	*in = (struct http_intake){ .bytes = in->bytes,
				    .capacity = in->capacity,
				    .end = rest };
}

static enum err grow(struct http_intake *in)
{
	size_t capacity = in->capacity * 2;
	char *bytes;

	if (capacity > HTTP_HEAD_LIMIT)
		return ERR_TOO_BIG;
	bytes = realloc(in->bytes, capacity + HTTP_INTAKE_TAIL);
	if (!bytes)
		return ERR_NO_MEMORY;
	in->bytes = bytes;
	in->capacity = capacity;
	return OK;
}

enum err http_intake_head(struct http_intake *in, struct tls_session *s,
			  struct text *head)
{
	for (;;) {
		size_t count = 0;
		enum err e = http_head_scan(&in->scan, in->bytes, in->end,
					    &in->head_end);
		if (e == OK)
			break;
		if (e != ERR_AGAIN)
			return e;
		if (!in->scan.has_request_line &&
		    in->end - in->scan.start > HTTP_LINE_LIMIT + 2)
			return ERR_TOO_BIG;
		if (in->end >= in->capacity)
			TRY(grow(in));
		TRY(tls_read(s, (uint8_t *)in->bytes + in->end,
			     in->capacity - in->end, &count));
		in->end += count;
	}
	if (in->head_end - in->scan.start > HTTP_HEAD_LIMIT)
		return ERR_TOO_BIG;
	in->at = in->head_end;
	*head = (struct text){ in->bytes + in->scan.start,
			       in->head_end - in->scan.start };
	return OK;
}

bool http_intake_has_begun(const struct http_intake *in)
{
	return in->end > 0;
}

void http_intake_expect(struct http_intake *in,
			const struct http_framing *framing)
{
	in->is_chunked = framing->is_chunked;
	in->left = framing->length;
	in->is_complete = !in->is_chunked && in->left == 0;
}

// Reads into the free space behind the head.
static enum err fill(struct http_intake *in, struct tls_session *s)
{
	size_t count = 0;

	if (in->at == in->end)
		in->at = in->end = in->head_end;
	size_t room = in->capacity + HTTP_INTAKE_TAIL - in->end;
	TRY(tls_read(s, (uint8_t *)in->bytes + in->end, room, &count));
	in->end += count;
	return count ? OK : ERR_AGAIN;
}

static enum err read_counted(struct http_intake *in, struct tls_session *s,
			     uint8_t *out, size_t room, size_t *count)
{
	size_t n = in->end - in->at;
	size_t wanted = (size_t)min_u64(room, in->left);

	if (n) {
		n = min_size(n, wanted);
		memcpy(out, in->bytes + in->at, n);
		in->at += n;
	} else {
		TRY(tls_read(s, out, wanted, &n));
	}
	in->left -= n;
	in->is_complete = in->left == 0;
	*count = n;
	return OK;
}

static enum err read_chunked(struct http_intake *in, struct tls_session *s,
			     uint8_t *out, size_t room, size_t *count)
{
	for (;;) {
		size_t used;
		size_t n;
		enum err e = http_chunk_decode(&in->chunk, in->bytes + in->at,
					       in->end - in->at, &used, out,
					       room, &n);
		in->at += used;
		if (e == ERR_CLOSED)
			in->is_complete = true;
		else if (e != OK)
			return e;
		if (n) {
			*count = n;
			return OK;
		}
		if (in->is_complete)
			return ERR_CLOSED;
		e = fill(in, s);
		if (e != OK)
			return e == ERR_CLOSED ? ERR_RESET : e;
	}
}

enum err http_intake_body(struct http_intake *in, struct tls_session *s,
			  uint8_t *out, size_t room, size_t *count)
{
	enum err e;

	if (in->is_complete)
		return ERR_CLOSED;
	if (in->is_chunked)
		return read_chunked(in, s, out, room, count);
	e = read_counted(in, s, out, room, count);
	// The stream may not end before the body does (RFC 9112 8).
	return e == ERR_CLOSED ? ERR_RESET : e;
}

enum err http_intake_peek(struct http_intake *in, struct tls_session *s)
{
	enum err e;

	// To the end of what came: what ends the stream may lie behind it.
	do
		e = fill(in, s);
	while (e == OK);
	return e == ERR_AGAIN ? OK : e;
}
