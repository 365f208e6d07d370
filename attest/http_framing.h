// SPDX-License-Identifier: Apache-2.0
// What the fields of a request say about its body, its connection and its
// host (RFC 9112 6 and 7, RFC 9110 7.2, 7.6.1, 10.1.1). Pure.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "attest/http_head.h"
#include "attest/http_status.h"
#include "base/text.h"

// Bytes of one request's body, announced or come.
#define HTTP_BODY_LIMIT (4ull * 1024 * 1024 * 1024)

struct http_framing {
	bool has_host;
	struct text host; // as sent, of good form
	bool is_chunked;
	bool has_length;
	uint64_t length; // bytes, at most HTTP_BODY_LIMIT
	bool keep_alive; // whether the connection may live on
	bool expects_continue;
};

// Judges the fields of `head` and takes those out of it that concern this
// connection alone, so that the app sees the others in their order. Refused
// with 400, 413 (a length beyond the limit), 417 (an expectation that isn't
// 100-continue) or 501 (a transfer coding that isn't chunked); `head` and *out
// are of no meaning then.
enum http_refusal http_framing_judge(struct http_head *head,
				     struct http_framing *out);
// Host = uri-host [ ":" port ], where uri-host is a name of letters, digits,
// '-', '.', '_', an IPv4 address, or an IPv6 address in brackets. Narrower than
// RFC 3986: no percent-encoding, no sub-delims, nothing empty.
bool http_host_is_valid(struct text host);
