// SPDX-License-Identifier: Apache-2.0
// The head of a reply: what the app may put into one, and its framing, which
// the app has no part in (RFC 9112 4 to 6). Pure.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "attest/exchange.h"
#include "base/bytes.h"
#include "base/err.h"

#define HTTP_REPLY_HEAD_LIMIT 8192 // bytes

enum http_reply_framing {
	HTTP_REPLY_BARE,    // no body, no field about one: 204, 304, some HEADs
	HTTP_REPLY_LENGTH,  // Content-Length
	HTTP_REPLY_CHUNKED, // Transfer-Encoding
	HTTP_REPLY_UNTIL_CLOSE, // HTTP/1.0 has nothing else for unknown length
};

enum http_reply_connection {
	HTTP_REPLY_PERSISTS,   // HTTP/1.1's default: nothing is said
	HTTP_REPLY_KEEP_ALIVE, // said to an HTTP/1.0 client that asked
	HTTP_REPLY_CLOSE,
};

struct http_reply {
	unsigned int status;
	const struct exchange_header *headers;
	size_t header_count;
	enum http_reply_framing framing;
	uint64_t length; // of HTTP_REPLY_LENGTH
	enum http_reply_connection connection;
};

// Judges an answer of the app's: status 200 to 599, no more than
// EXCHANGE_REPLY_HEADER_LIMIT headers, each a token and visible text, none of
// them about framing or the connection, no Date (RFC 9110 6.6.1: there is no
// clock), and no body with 204, 205 or 304. ERR_BAD_INPUT.
enum err http_reply_check(unsigned int status,
			  const struct exchange_header *headers, size_t count,
			  uint64_t length);
// Writes the whole head. ERR_TOO_BIG: it doesn't fit.
enum err http_reply_write(struct writer *w, const struct http_reply *reply);
