// SPDX-License-Identifier: Apache-2.0
// The paths under /.well-known/anchorhold/, which are ring 0's own: what a
// client is told there doesn't depend on the app.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "abi/evidence.h"
#include "attest/http_client.h"
#include "base/err.h"
#include "base/text.h"

// Whether a canonical path is ours: /.well-known/anchorhold and everything
// below it.
bool well_known_owns(struct text path);
// Answers the request of `c`, whose path is ours. ERR_AGAIN: it waits for
// evidence (attest/batch.h). ERR_NO_MEMORY, ERR_RESET.
enum err well_known_answer(struct http_client *c, uint64_t now_ns);
// Tells `c` that it gets no evidence, now or any more. ERR_NO_MEMORY, ERR_RESET.
enum err well_known_no_evidence(struct http_client *c);
// The nonce in a `query` of the form nonce=N, N being exactly 32 bytes in
// base64url without padding. ERR_BAD_INPUT.
enum err well_known_nonce(struct text query, uint8_t out[EVIDENCE_NONCE_BYTES]);
