// SPDX-License-Identifier: Apache-2.0
// The paths under /.well-known/anchorhold/, which are ring 0's own: what a
// client is told there doesn't depend on the app.
#pragma once

#include <stdbool.h>

#include "attest/http_client.h"
#include "base/err.h"
#include "base/text.h"

// Whether a canonical path is ours: /.well-known/anchorhold and everything
// below it.
bool well_known_owns(struct text path);
// Answers the request of `c`, whose path is ours. ERR_NO_MEMORY, ERR_RESET.
enum err well_known_answer(struct http_client *c);
// Whether `query` is nonce=N, N being exactly 32 bytes in base64url without
// padding (RFC 4648 5): 43 characters, the last one's two spare bits zero.
bool well_known_nonce_is_valid(struct text query);
