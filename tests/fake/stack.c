// SPDX-License-Identifier: Apache-2.0
// A stack for the kernel's own coroutine code, from the host's heap; one is
// kept, as all kernel stacks are.
#include <stdlib.h>

#include "kernel/mem/address_space.h"

enum err address_space_map_stack(const char *name, size_t bytes, uintptr_t *top)
{
	static char *stack;

	(void)name;
	// The sanitizers' frames are larger than the kernel's.
	stack = aligned_alloc(4096, bytes * 4);
	if (!stack)
		return ERR_NO_MEMORY;
	*top = (uintptr_t)stack + bytes * 4;
	return OK;
}
