// SPDX-License-Identifier: Apache-2.0
// The C library's allocator: the kernel's heap. A file of its own, so that unit
// tests link the heap beside the host's malloc.
#include <stdlib.h>

#include "kernel/mem/heap.h"

void *malloc(size_t bytes)
{
	return heap_allocate(bytes);
}

void *calloc(size_t count, size_t bytes)
{
	return heap_allocate_zeroed(count, bytes);
}

void *realloc(void *block, size_t bytes)
{
	return heap_resize(block, bytes);
}

void free(void *block)
{
	heap_free(block);
}
