// SPDX-License-Identifier: Apache-2.0
// Bytes from one client: the buffer that a head is read into, and the body
// behind it, taken out of its framing. The head stays where it is, since the
// request is views of it; what came after it lies behind it.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attest/http_chunk.h"
#include "attest/http_framing.h"
#include "attest/http_head.h"
#include "base/err.h"
#include "tls/session.h"

// Bytes of the first head buffer: enough for nearly every head.
#define HTTP_INTAKE_FIRST 2048
// Room behind the longest head, so that framing can still be read.
#define HTTP_INTAKE_TAIL 1024

struct http_intake {
	char *bytes;
	size_t capacity; // for a head; HTTP_INTAKE_TAIL more are allocated
	size_t head_end; // of the head, once it is complete
	size_t at, end;  // what came and isn't used yet
	struct http_scan scan;

	// The body.
	bool is_chunked;
	bool is_complete; // its last byte was handed out
	uint64_t left;    // bytes that are still to come, if not chunked
	struct http_chunk chunk;
};

// Takes the first buffer. ERR_NO_MEMORY.
enum err http_intake_init(struct http_intake *in);
void http_intake_free(struct http_intake *in);
// Makes ready for the next head; what came already of it is kept.
void http_intake_next(struct http_intake *in);

// Reads on until the head is complete: `head` is a view of it. ERR_AGAIN: wait.
// ERR_BAD_INPUT: bare LF. ERR_TOO_BIG: beyond HTTP_HEAD_LIMIT, or its request
// line beyond HTTP_LINE_LIMIT. ERR_NO_MEMORY, and tls_read's ERR_CLOSED and
// ERR_RESET.
enum err http_intake_head(struct http_intake *in, struct tls_session *s,
			  struct text *head);
// Whether a part of a head has come.
bool http_intake_has_begun(const struct http_intake *in);
// Tells which body follows the head.
void http_intake_expect(struct http_intake *in,
			const struct http_framing *framing);
// Reads body bytes: at least one. ERR_AGAIN: wait. ERR_CLOSED: the body is
// complete. ERR_BAD_INPUT, ERR_TOO_BIG: broken framing. ERR_RESET: the stream
// ended before the body did.
enum err http_intake_body(struct http_intake *in, struct tls_session *s,
			  uint8_t *out, size_t room, size_t *count);
// Learns whether the client is still there while its request waits or is
// answered, by reading ahead into the free buffer. Once that is full, only a
// reset is still seen. ERR_CLOSED, ERR_RESET.
enum err http_intake_peek(struct http_intake *in, struct tls_session *s);
