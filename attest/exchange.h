// SPDX-License-Identifier: Apache-2.0
// One HTTP request and its answer, as the app's runtime sees them. The head is
// complete and judged, the path canonical; a body of up to
// EXCHANGE_BODY_WHOLE bytes is complete too. What the app answers is checked
// here, and the framing is made here.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"

#define EXCHANGE_BODY_WHOLE (64u * 1024u)
#define EXCHANGE_HEADER_LIMIT 64 // request header fields
#define EXCHANGE_REPLY_HEADER_LIMIT 32

struct exchange;

struct exchange_header {
	struct text name;
	struct text value;
};

struct exchange_request {
	struct text method; // a token, upper or lower case as sent
	struct text path;   // canonical, starts with '/'
	struct text query;  // as sent, without '?'; empty if none
	const struct exchange_header *headers; // framing fields left out
	size_t header_count;
	bool has_body;
	bool body_length_known;
	uint64_t body_length; // bytes, if known
};

// The oldest request that waits for the app and hasn't been taken. ERR_AGAIN.
// It stays valid until exchange_end or exchange_leave, even if its client goes
// away: then every read and write says ERR_RESET.
enum err exchange_next(struct exchange **out);
const struct exchange_request *exchange_request(const struct exchange *x);

// Copies body bytes out. ERR_AGAIN: wait. ERR_CLOSED: the body is complete and
// was all read. ERR_RESET: the client is gone, broke the framing, or was too
// slow.
enum err exchange_read(struct exchange *x, uint8_t *out, size_t capacity,
		       size_t *count);
// Starts the answer; call once. `length` bytes of body follow, or, with
// EXCHANGE_CHUNKED, as many as come until exchange_end. For HEAD the body is
// taken and dropped. ERR_BAD_INPUT for a status outside 200..599, a body with
// 204, 205 or 304, a header that isn't a token and visible text, a framing or
// connection header (Content-Length, Transfer-Encoding, Connection, ...) or a
// Date; ERR_TOO_BIG for a head beyond 8 KiB: nothing has been sent then, and
// the answer may be started again. ERR_RESET.
#define EXCHANGE_CHUNKED UINT64_MAX
enum err exchange_reply(struct exchange *x, unsigned int status,
			const struct exchange_header *headers, size_t count,
			uint64_t length);
// Takes body bytes as far as there is room. ERR_AGAIN: wait. ERR_TOO_BIG: more
// than `length`. ERR_RESET.
enum err exchange_write(struct exchange *x, const void *bytes, size_t length,
			size_t *count);
// Ends the exchange, whatever state it is in; `x` is gone. Without an answer
// the client gets 500; an answer cut short closes its connection.
void exchange_end(struct exchange *x);
// Ends an exchange that nobody said was complete: as exchange_end, but an
// answer of unknown length counts as cut short.
void exchange_leave(struct exchange *x);
// Whether the last ERR_AGAIN of a read or write may go differently now.
bool exchange_is_ready(const struct exchange *x);
