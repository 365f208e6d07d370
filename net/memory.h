// SPDX-License-Identifier: Apache-2.0
// The stack's memory: out of the kernel's heap, within NET_MEMORY_LIMIT. A few
// freed blocks of the common sizes are kept, so that a segment costs no trip to
// the heap. They only ever held what was on the wire.
#pragma once

#include <stddef.h>
#include <stdint.h>

// As malloc, calloc and free; what lwIP calls. NULL at the limit.
void *memory_take(size_t bytes);
void *memory_take_zeroed(size_t count, size_t bytes);
void memory_give(void *block);
// How many frames of out-of-order data one connection may keep now.
uint16_t memory_reorder_limit(void);

struct memory_figures {
	uint64_t used_bytes; // in blocks handed out
	uint64_t peak_bytes;
	uint64_t kept_bytes; // of the heap, in freed blocks
	uint64_t refused;    // requests answered with NULL
};
struct memory_figures memory_figures(void);
