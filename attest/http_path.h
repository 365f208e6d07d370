// SPDX-License-Identifier: Apache-2.0
// The target of a request (RFC 9112 3.2) and the canonical path. There is one
// spelling of each path, and only that one is let through: what routes on a
// path, here or in the app, never has to normalize it. Pure.
#pragma once

#include <stdbool.h>

#include "attest/http_head.h"
#include "attest/http_status.h"
#include "base/text.h"

struct http_target {
	bool is_asterisk;  // OPTIONS *: path and query are empty then
	struct text path;  // canonical
	struct text query; // as sent, without '?'
};

// Cuts the target of `head`, whose Host field is `host` (empty in HTTP/1.0
// without one). Refused with 400, or 501 for CONNECT.
enum http_refusal http_target_parse(const struct http_head *head,
				    struct text host, struct http_target *out);

// Whether `path` is in its one spelling:
// - it starts with '/', and no segment but the last is empty;
// - no segment is "." or "..", alone or before ';';
// - a byte that may stand raw (pchar of RFC 3986 3.3) does stand raw; every
//   other is percent-encoded with upper-case digits;
// - encoded '/', '\', control characters and NUL don't occur, nor an encoded
//   '%' before two hex digits (an encoding twice over);
// - encoded bytes from 0x80 on are well-formed UTF-8 (RFC 3629).
// The app gets the path in this spelling, not decoded.
bool http_path_is_canonical(struct text path);
// Whether `query` has the form of RFC 3986 3.4.
bool http_query_is_valid(struct text query);
