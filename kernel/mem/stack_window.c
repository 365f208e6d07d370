// SPDX-License-Identifier: Apache-2.0
// Who has which addresses of the stack window.
#include "kernel/mem/stack_window.h"

#include <stddef.h>

#include "abi/layout.h"

#define STACK_LIMIT 16

// In order of address. The guard page below a stack belongs to it, since stacks
// grow down; the one above is that of the next stack.
struct stack {
	const char *name;
	uint64_t guard, end;
};

static struct stack stacks[STACK_LIMIT];
static size_t stack_count;

enum err stack_window_reserve(const char *name, uint64_t pages,
			      uint64_t *bottom)
{
	uint64_t guard = stack_count ? stacks[stack_count - 1].end : STACK_BASE;

	if (stack_count == STACK_LIMIT)
		return ERR_NO_MEMORY;
	stacks[stack_count++] = (struct stack){
		.name = name,
		.guard = guard,
		.end = guard + PAGE_SIZE + pages * PAGE_SIZE,
	};
	*bottom = guard + PAGE_SIZE;
	return OK;
}

const char *stack_window_find(uint64_t address, bool *is_guard)
{
	for (size_t i = 0; i < stack_count; i++) {
		if (address < stacks[i].guard || address >= stacks[i].end)
			continue;
		*is_guard = address < stacks[i].guard + PAGE_SIZE;
		return stacks[i].name;
	}
	return NULL;
}
