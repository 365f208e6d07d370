// SPDX-License-Identifier: Apache-2.0
// The head of a request: request line and field lines (RFC 9112 3 and 5), cut
// into views of the bytes as they came. Pure; trusts nothing.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "attest/exchange.h"
#include "attest/http_status.h"
#include "base/err.h"
#include "base/text.h"

#define HTTP_HEAD_LIMIT 16384 // bytes, with the empty line that ends it
#define HTTP_LINE_LIMIT 8192  // bytes of the request line, without CRLF

// How far the end of a head has been looked for. Starts as all zeros.
struct http_scan {
	size_t start; // of the request line: after one tolerated empty line
	size_t line;  // of the line that isn't complete yet
	size_t at;    // bytes before this were looked at
	bool has_request_line;
};

// Looks on for the end of the head in bytes[0..count), whose earlier part
// `scan` has seen. OK: *head_bytes is where the head ends. ERR_AGAIN: not
// there yet. ERR_BAD_INPUT: a line ends in a bare LF, or two empty lines stand
// before the request line (RFC 9112 2.2 asks for one to be ignored).
enum err http_head_scan(struct http_scan *scan, const char *bytes, size_t count,
			size_t *head_bytes);

struct http_head {
	struct text method;
	struct text target;
	unsigned int minor; // of HTTP/1.x: 0 or 1
	size_t field_count;
	struct exchange_header fields[EXCHANGE_HEADER_LIMIT];
};

// Parses a complete head, from the request line to the empty line. Refused
// with 400 (malformed in any way), 414, 431 (too many fields) or 505; *out is
// of no meaning then. Names aren't empty; values have no blanks around them
// and may be empty.
enum http_refusal http_head_parse(struct text head, struct http_head *out);

// Takes the part before `separator` off a field's value, or all that is left,
// without the blanks around it.
struct text http_head_part(struct text *rest, char separator);
