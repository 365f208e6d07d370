// SPDX-License-Identifier: Apache-2.0
#include "client/http_body.h"

#include "base/num.h"

// Of a chunked body (RFC 9112, 7.1).
enum state {
	SIZE_FIRST, // a chunk's first digit
	SIZE,
	EXTENSION,
	SIZE_LF,
	DATA,
	DATA_CR,
	DATA_LF,
	TRAILER_FIRST,
	TRAILER,
	TRAILER_LF,
	LAST_LF,
};

#define SIZE_LIMIT (UINT64_MAX >> 8)

struct http_body http_body_of(const struct http_answer *answer)
{
	return (struct http_body){
		.framing = answer->framing,
		.left = answer->length,
		.is_done = answer->framing == HTTP_LENGTH &&
			   answer->length == 0,
		.state = SIZE_FIRST,
	};
}

static int digit_value(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static enum err take_size(struct http_body *body, uint8_t c)
{
	int digit = digit_value(c);

	if (digit >= 0) {
		if (body->left > SIZE_LIMIT)
			return ERR_TOO_BIG;
		body->left = body->left << 4 | (uint64_t)digit;
		body->state = SIZE;
		return OK;
	}
	if (body->state == SIZE_FIRST)
		return ERR_BAD_INPUT;
	if (c == '\r')
		body->state = SIZE_LF;
	else if (c == ';' || c == ' ' || c == '\t')
		body->state = EXTENSION;
	else
		return ERR_BAD_INPUT;
	return OK;
}

// Line ends are CR LF and nothing less.
static enum err expect(struct http_body *body, uint8_t c, uint8_t wanted,
		       enum state next)
{
	if (c != wanted)
		return ERR_BAD_INPUT;
	body->state = (int)next;
	body->line_bytes = 0;
	return OK;
}

// Skips a line's text up to its CR.
static enum err skip(struct http_body *body, uint8_t c, enum state next)
{
	if (c == '\n')
		return ERR_BAD_INPUT;
	if (c == '\r')
		body->state = (int)next;
	return OK;
}

// One byte that isn't data.
static enum err take_byte(struct http_body *body, uint8_t c)
{
	if (body->state < DATA && ++body->line_bytes > HTTP_CHUNK_LINE_LIMIT)
		return ERR_TOO_BIG;
	if (body->state >= TRAILER_FIRST &&
	    ++body->trailer_bytes > HTTP_TRAILER_LIMIT)
		return ERR_TOO_BIG;
	switch (body->state) {
	case SIZE_FIRST:
	case SIZE:
		return take_size(body, c);
	case EXTENSION:
		return skip(body, c, SIZE_LF);
	case SIZE_LF:
		return expect(body, c, '\n',
			      body->left > 0 ? DATA : TRAILER_FIRST);
	case DATA_CR:
		return expect(body, c, '\r', DATA_LF);
	case DATA_LF:
		return expect(body, c, '\n', SIZE_FIRST);
	case TRAILER_FIRST:
		body->state = TRAILER;
		return skip(body, c, LAST_LF);
	case TRAILER:
		return skip(body, c, TRAILER_LF);
	case TRAILER_LF:
		return expect(body, c, '\n', TRAILER_FIRST);
	default:
		TRY(expect(body, c, '\n', LAST_LF));
		body->is_done = true;
		return OK;
	}
}

static void take_data(struct http_body *body, const uint8_t *in, size_t count,
		      size_t *used, struct text *data)
{
	*used = (size_t)min_u64(count, body->left);
	*data = (struct text){ (const char *)in, *used };
	body->left -= *used;
}

static enum err take_chunked(struct http_body *body, const uint8_t *in,
			     size_t count, size_t *used, struct text *data)
{
	size_t at = 0;

	*data = (struct text){ (const char *)in, 0 };
	while (at < count && !body->is_done && body->state != DATA)
		TRY(take_byte(body, in[at++]));
	*used = at;
	if (body->state == DATA && at < count) {
		take_data(body, in + at, count - at, used, data);
		*used += at;
		if (body->left == 0)
			body->state = DATA_CR;
	}
	return OK;
}

enum err http_body_take(struct http_body *body, const uint8_t *in, size_t count,
			size_t *used, struct text *data)
{
	switch (body->framing) {
	case HTTP_CHUNKED:
		return take_chunked(body, in, count, used, data);
	case HTTP_LENGTH:
		take_data(body, in, count, used, data);
		body->is_done = body->left == 0;
		return OK;
	default:
		*used = count;
		*data = (struct text){ (const char *)in, count };
		return OK;
	}
}

bool http_body_end(struct http_body *body)
{
	if (body->framing == HTTP_UNTIL_END)
		body->is_done = true;
	return body->is_done;
}
