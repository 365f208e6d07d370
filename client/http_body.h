// SPDX-License-Identifier: Apache-2.0
// The body of an HTTP/1.1 answer, as it comes in pieces. Pure.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "client/http_answer.h"

// What chunks and trailers may cost beside the data: of one chunk's line, and
// of all trailers (whose contents nobody reads).
#define HTTP_CHUNK_LINE_LIMIT 256u
#define HTTP_TRAILER_LIMIT 8192u

struct http_body {
	enum http_framing framing;
	bool is_done;
	uint64_t left; // of the whole, or of the chunk
	int state;
	unsigned int line_bytes;    // of a chunk's line, or of a trailer
	unsigned int trailer_bytes; // of all
};

struct http_body http_body_of(const struct http_answer *answer);
// Takes some of in[0..count), count > 0, and says how many in *used, at least
// one unless it is done. *data is a run of the body's bytes in `in`, perhaps an
// empty one. ERR_BAD_INPUT, ERR_TOO_BIG: no use going on.
enum err http_body_take(struct http_body *body, const uint8_t *in, size_t count,
			size_t *used, struct text *data);
// The connection ended properly: whether the body is whole.
bool http_body_end(struct http_body *body);
