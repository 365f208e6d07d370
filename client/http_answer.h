// SPDX-License-Identifier: Apache-2.0
// The head of an HTTP/1.1 answer (RFC 9112), from a server that may lie. What
// could be understood in two ways is refused. Pure.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"

#define HTTP_HEAD_LIMIT 16384u
#define HTTP_FIELD_LIMIT 100u

struct http_field {
	struct text name, value;
};

// How the body ends (RFC 9112, 6.3).
enum http_framing {
	HTTP_LENGTH, // of `length` bytes, or none
	HTTP_CHUNKED,
	HTTP_UNTIL_END, // of the connection
};

struct http_answer {
	unsigned int status; // 100 to 599
	struct http_field fields[HTTP_FIELD_LIMIT];
	size_t field_count;
	enum http_framing framing;
	uint64_t length;
	bool is_last; // the server will close the connection
};

// Bytes of the head with its empty line; 0 while it isn't whole.
size_t http_head_bytes(const void *bytes, size_t count);
// Parses a whole head; views into it. `is_head`: the answer to a HEAD, which
// has no body. ERR_BAD_INPUT, ERR_TOO_BIG (fields), with *out untouched.
enum err http_answer_parse(struct text head, bool is_head,
			   struct http_answer *out);
// The value of the only field of that name. ERR_NOT_FOUND; ERR_BAD_INPUT when
// there are two.
enum err http_answer_field(const struct http_answer *answer, const char *name,
			   struct text *value);
