// SPDX-License-Identifier: Apache-2.0
// Bytes to one client that we made ourselves (heads, chunk framing, short
// answers) and that must go out whole, whether or not there is room now.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "tls/session.h"

// Starts as all zeros. Nothing is allocated while there is room.
struct http_output {
	uint8_t *pending; // what found no room
	size_t at, end;
};

// Takes all of bytes[0..count). ERR_NO_MEMORY, ERR_RESET: the stream can't be
// used any more.
enum err http_output_push(struct http_output *o, struct tls_session *s,
			  const void *bytes, size_t count);
// Writes what is pending. ERR_AGAIN: not all of it yet. ERR_RESET.
enum err http_output_drain(struct http_output *o, struct tls_session *s);
// The same, and has it sent.
enum err http_output_flush(struct http_output *o, struct tls_session *s);
void http_output_free(struct http_output *o);
