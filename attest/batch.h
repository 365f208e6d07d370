// SPDX-License-Identifier: Apache-2.0
// Clients that wait for evidence. A report names one key, so those whose
// sessions have the same key share one, by a Merkle tree with a leaf for each:
// all that wait when its request is sealed; who comes later waits for the next
// one. Of the two keys that may be in use, the one whose first client came
// first has its turn. A client that goes away before takes no leaf; one that
// goes away after leaves its leaf.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "abi/evidence.h"
#include "attest/http_client.h"
#include "base/err.h"
#include "base/num.h"

// From the first client to the request, so that a crowd shares it.
#define BATCH_GATHER_NS (20 * NS_PER_MS)
// So many requests may follow each other at once, then one in this time: what
// clients can have the secure processor do is bounded, whatever their number.
#define BATCH_BURST 4
#define BATCH_PERIOD_NS NS_PER_SECOND
// A client waits so long, then 503.
#define BATCH_WAIT_NS (150 * NS_PER_SECOND)

// Has the client wait, in HTTP_CLIENT_EVIDENCE, for evidence of its session for
// `nonce`; the answer is then sent from batch_tick. ERR_CLOSED: there is no
// evidence any more. ERR_CRYPTO.
enum err batch_join(struct http_client *c,
		    const uint8_t nonce[EVIDENCE_NONCE_BYTES], bool wants_json,
		    uint64_t now_ns);
// Asks for the next report when the reporter is free and somebody waits;
// returns when to call it next.
uint64_t batch_tick(uint64_t now_ns);

struct batch_figures {
	uint64_t batches;  // requests made
	uint64_t answered; // clients that got evidence
};
struct batch_figures batch_figures(void);
