// SPDX-License-Identifier: Apache-2.0
// The kernel's heap, behind malloc, calloc, realloc and free. Small blocks come
// from size classes, large ones straight from the page pool. Freed memory is
// wiped. A block freed twice or a pointer that is no block's ends the guest.
#pragma once

#include <stddef.h>
#include <stdint.h>

// Sets the most bytes of pages that the heap may hold. Call once, first.
void heap_init(uint64_t limit_bytes);

// What malloc, calloc, realloc and free do (C23 7.24.3); blocks are aligned to
// 16 bytes. An empty block is a block of its own, and resizing to 0 bytes makes
// one. NULL, and for heap_resize the block unchanged, when memory is short.
void *heap_allocate(size_t bytes);
void *heap_allocate_zeroed(size_t count, size_t bytes);
void *heap_resize(void *block, size_t bytes);
void heap_free(void *block);

struct heap_figures {
	uint64_t used_bytes; // in blocks handed out, rounded to their class
	uint64_t held_bytes; // in pages taken from the pool
	uint64_t peak_bytes; // the most that used_bytes ever was
	uint64_t limit_bytes;
	uint64_t blocks;  // handed out now
	uint64_t refused; // allocations answered with NULL
};
struct heap_figures heap_figures(void);
