// SPDX-License-Identifier: Apache-2.0
// Answers of the server's own: a status and a short body, never the app's.
#pragma once

#include <stddef.h>

#include "attest/http_client.h"
#include "attest/http_reply.h"
#include "base/err.h"
#include "base/text.h"

// Writes a whole answer to the request of `c`, or to what should have been
// one; the body is left out for HEAD. A body without address is one that would
// have to be made to learn its length: for HEAD only (RFC 9110 9.3.2).
// `headers` must be well-formed. ERR_NO_MEMORY, ERR_RESET: the connection can't
// be used any more.
enum err http_answer(struct http_client *c, unsigned int status,
		     const struct exchange_header *headers, size_t count,
		     struct text body);
// A whole answer with the status' own phrase as text/plain.
enum err http_answer_status(struct http_client *c, unsigned int status);
// How the connection goes on after the present answer.
enum http_reply_connection http_answer_connection(const struct http_client *c);
