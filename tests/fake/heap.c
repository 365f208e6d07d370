// SPDX-License-Identifier: Apache-2.0
// kernel/mem/heap.h's figures, for the host's heap.
#include "kernel/mem/heap.h"

#include <malloc.h>

// Is there only when ASan is.
size_t __sanitizer_get_current_allocated_bytes(void) __attribute__((weak));

struct heap_figures heap_figures(void)
{
	struct heap_figures figures = { 0 };

	if (__sanitizer_get_current_allocated_bytes)
		figures.used_bytes = __sanitizer_get_current_allocated_bytes();
	else
		figures.used_bytes = mallinfo2().uordblks;
	return figures;
}
