// SPDX-License-Identifier: Apache-2.0
// The chunked coding. Data is copied in runs; framing goes byte by byte, each
// against the one state that it may change.
#include "attest/http_chunk.h"

#include <string.h>

#include "attest/http_chars.h"
#include "base/num.h"

#define SIZE_DIGITS_LIMIT 16 // of a 64-bit number: more is a padded spelling

// chunk-size [ chunk-ext ] CRLF
static enum err take_size(struct http_chunk *chunk, char c)
{
	if (http_char_is(c, HTTP_CHAR_HEX)) {
		if (chunk->digits == SIZE_DIGITS_LIMIT)
			return ERR_BAD_INPUT;
		chunk->digits++;
		chunk->left = chunk->left << 4 | http_hex_value(c);
		return OK;
	}
	if (chunk->digits == 0)
		return ERR_BAD_INPUT;
	if (c == '\r')
		chunk->state = HTTP_CHUNK_SIZE_LF;
	else if (c == ';')
		chunk->state = HTTP_CHUNK_EXTENSION;
	else if (c == ' ' || c == '\t')
		chunk->state = HTTP_CHUNK_BLANK;
	else
		return ERR_BAD_INPUT;
	return OK;
}

static enum err take_extension(struct http_chunk *chunk, char c)
{
	if (++chunk->extension_bytes > HTTP_CHUNK_EXTENSION_LIMIT)
		return ERR_TOO_BIG;
	if (chunk->state == HTTP_CHUNK_BLANK) {
		if (c == ';')
			chunk->state = HTTP_CHUNK_EXTENSION;
		else if (c != ' ' && c != '\t')
			return ERR_BAD_INPUT;
		return OK;
	}
	if (c == '\r')
		chunk->state = HTTP_CHUNK_SIZE_LF;
	else if (!http_char_is(c, HTTP_CHAR_VALUE))
		return ERR_BAD_INPUT;
	return OK;
}

// trailer-section CRLF, where trailer-section = *( field-line CRLF )
static enum err take_trailer(struct http_chunk *chunk, char c)
{
	if (++chunk->trailer_bytes > HTTP_CHUNK_TRAILER_LIMIT)
		return ERR_TOO_BIG;
	switch (chunk->state) {
	case HTTP_CHUNK_TRAILER_START:
		if (c == '\r')
			chunk->state = HTTP_CHUNK_END_LF;
		else if (http_char_is(c, HTTP_CHAR_TOKEN))
			chunk->state = HTTP_CHUNK_TRAILER_NAME;
		else
			return ERR_BAD_INPUT;
		return OK;
	case HTTP_CHUNK_TRAILER_NAME:
		if (c == ':')
			chunk->state = HTTP_CHUNK_TRAILER_VALUE;
		else if (!http_char_is(c, HTTP_CHAR_TOKEN))
			return ERR_BAD_INPUT;
		return OK;
	default:
		if (c == '\r')
			chunk->state = HTTP_CHUNK_TRAILER_LF;
		else if (!http_char_is(c, HTTP_CHAR_VALUE))
			return ERR_BAD_INPUT;
		return OK;
	}
}

static enum err take_exactly(struct http_chunk *chunk, char c, char wanted,
			     enum http_chunk_state next)
{
	if (c != wanted)
		return ERR_BAD_INPUT;
	chunk->state = next;
	return OK;
}

static enum err take_framing(struct http_chunk *chunk, char c)
{
	switch (chunk->state) {
	case HTTP_CHUNK_SIZE:
		return take_size(chunk, c);
	case HTTP_CHUNK_BLANK:
	case HTTP_CHUNK_EXTENSION:
		return take_extension(chunk, c);
	case HTTP_CHUNK_SIZE_LF:
		return take_exactly(chunk, c, '\n',
				    chunk->left ? HTTP_CHUNK_DATA
						: HTTP_CHUNK_TRAILER_START);
	case HTTP_CHUNK_DATA_CR:
		return take_exactly(chunk, c, '\r', HTTP_CHUNK_DATA_LF);
	case HTTP_CHUNK_DATA_LF:
		chunk->digits = 0;
		return take_exactly(chunk, c, '\n', HTTP_CHUNK_SIZE);
	case HTTP_CHUNK_TRAILER_START:
	case HTTP_CHUNK_TRAILER_NAME:
	case HTTP_CHUNK_TRAILER_VALUE:
		return take_trailer(chunk, c);
	case HTTP_CHUNK_TRAILER_LF:
		return take_exactly(chunk, c, '\n', HTTP_CHUNK_TRAILER_START);
	case HTTP_CHUNK_END_LF:
		return take_exactly(chunk, c, '\n', HTTP_CHUNK_END);
	case HTTP_CHUNK_DATA:
	case HTTP_CHUNK_END:
		break;
	}
	return ERR_BAD_INPUT;
}

static size_t take_data(struct http_chunk *chunk, const char *in, size_t count,
			uint8_t *out, size_t capacity)
{
	size_t n = (size_t)min_u64(min_size(count, capacity), chunk->left);

	memcpy(out, in, n);
	chunk->left -= n;
	if (chunk->left == 0)
		chunk->state = HTTP_CHUNK_DATA_CR;
	return n;
}

enum err http_chunk_decode(struct http_chunk *chunk, const char *in,
			   size_t in_count, size_t *used, uint8_t *out,
			   size_t capacity, size_t *count)
{
	*used = 0;
	*count = 0;
	while (*used < in_count && chunk->state != HTTP_CHUNK_END) {
		if (chunk->state != HTTP_CHUNK_DATA) {
			TRY(take_framing(chunk, in[(*used)++]));
			continue;
		}
		if (*count == capacity)
			return OK;
		size_t n = take_data(chunk, in + *used, in_count - *used,
				     out + *count, capacity - *count);
		*used += n;
		*count += n;
	}
	return chunk->state == HTTP_CHUNK_END ? ERR_CLOSED : OK;
}
