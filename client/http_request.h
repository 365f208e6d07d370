// SPDX-License-Identifier: Apache-2.0
// Writes the head of a request. Pure.
#pragma once

#include "base/bytes.h"
#include "base/err.h"
#include "client/session.h"

// Of a request's head altogether.
#define HTTP_REQUEST_LIMIT 32768u

// ERR_BAD_INPUT, with what is wrong in *why: a part that can't stand in HTTP, or
// that isn't the caller's to write; ERR_TOO_BIG.
enum err http_request_write(struct writer *w, const char *authority,
			    const struct anchorhold_request *request,
			    const char **why);
