// SPDX-License-Identifier: Apache-2.0
// Sealing: bytes that only this image, under this policy of the launch, on this
// chip at this TCB, can open again (abi/seal.h has the form, docs/sealing.md
// says what it is good for). What it can't do: tell an old blob from the
// newest one, so a host can hand back any earlier one with the same context;
// move data to another chip, another image or past a new COMMITTED_TCB; keep
// data that the host deletes.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

// Fetches the root from the secure processor, with measurement, policy and
// `committed_tcb` (a report's COMMITTED_TCB) mixed in. Call at boot, on SEV-SNP
// only, with clock and timer running and no guest message under way.
// ERR_UNSUPPORTED, ERR_DEVICE: the secure processor has no such key to give, or
// refuses; sealing stays off. ERR_TIMEOUT: the host is busy for too long, and a
// message is still under way; ERR_CLOSED, ERR_NO_MEMORY, ERR_CRYPTO: boot can't
// go on.
enum err seal_init(uint64_t committed_tcb);

// Bytes of the app's. Nothing may overlap.
struct seal_call {
	const void *context;
	size_t context_bytes; // at most SEAL_CONTEXT_LIMIT
	const void *in;
	size_t in_bytes;
	void *out;
	size_t capacity;
};

// Seals `in`; the blob's length, SEAL_OVERHEAD_BYTES more, goes to *count.
// ERR_UNSUPPORTED without a root; ERR_TOO_BIG when text or context is beyond
// its limit or `capacity` too small, with nothing written; ERR_NO_MEMORY,
// ERR_CRYPTO, with `out` undefined.
enum err seal_make(const struct seal_call *call, size_t *count);
// Opens the blob `in`; the text's length goes to *count. ERR_BAD_INPUT for all
// that isn't a blob of this root and context, whole and unchanged; `out` holds
// zeros or what it held then. Else as seal_make().
enum err seal_open(const struct seal_call *call, size_t *count);
