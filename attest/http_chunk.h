// SPDX-License-Identifier: Apache-2.0
// The chunked coding, decoded as its bytes come (RFC 9112 7.1). Pure.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

// Bytes of all chunk extensions of one body: read over, as RFC 9112 7.1.1
// demands, within this bound, which it asks for.
#define HTTP_CHUNK_EXTENSION_LIMIT 1024
#define HTTP_CHUNK_TRAILER_LIMIT 4096 // bytes of the trailer section: dropped

enum http_chunk_state {
	HTTP_CHUNK_SIZE,  // before or in a chunk-size
	HTTP_CHUNK_BLANK, // blanks that only an extension may follow
	HTTP_CHUNK_EXTENSION,
	HTTP_CHUNK_SIZE_LF,
	HTTP_CHUNK_DATA,
	HTTP_CHUNK_DATA_CR,
	HTTP_CHUNK_DATA_LF,
	HTTP_CHUNK_TRAILER_START,
	HTTP_CHUNK_TRAILER_NAME,
	HTTP_CHUNK_TRAILER_VALUE,
	HTTP_CHUNK_TRAILER_LF,
	HTTP_CHUNK_END_LF,
	HTTP_CHUNK_END,
};

// Starts as all zeros.
struct http_chunk {
	enum http_chunk_state state;
	unsigned int digits;      // of this chunk-size
	uint64_t left;            // data bytes of this chunk
	uint32_t extension_bytes; // so far, in the whole body
	uint32_t trailer_bytes;
};

// Decodes from in[0..in_count): *used bytes of it are done with, *count bytes
// of data were put into out[0..capacity). OK: more input or more room is
// needed. ERR_CLOSED: the body is complete, and what follows in `in` is the
// next message's. ERR_BAD_INPUT, ERR_TOO_BIG (a bound above): the framing is
// lost. *used and *count are set in every case.
enum err http_chunk_decode(struct http_chunk *chunk, const char *in,
			   size_t in_count, size_t *used, uint8_t *out,
			   size_t capacity, size_t *count);
