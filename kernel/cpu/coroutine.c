// SPDX-License-Identifier: Apache-2.0
// One flow of control with a stack of its own.
#include "kernel/cpu/coroutine.h"

#include "kernel/cpu/switch.h"
#include "kernel/halt.h"
#include "kernel/mem/address_space.h"

enum err coroutine_init(struct coroutine *c, size_t stack_bytes,
			void (*entry)(void))
{
	uintptr_t top;
	uint64_t *words;

	TRY(address_space_map_stack("coroutine stack", stack_bytes, &top));
	// What switch_stack pops: registers, rbx on top, and where to go on.
	words = (uint64_t *)top - (SWITCH_STACK_WORDS + 1);
	for (int i = 0; i < SWITCH_STACK_WORDS - 1; i++)
		words[i] = 0;
	words[SWITCH_STACK_WORDS - 1] = (uint64_t)(uintptr_t)entry;
	words[SWITCH_STACK_WORDS] = (uint64_t)(uintptr_t)switch_start;
	c->own_stack = (uintptr_t)words;
	c->caller_stack = 0;
	return OK;
}

void coroutine_ended(void)
{
	halt(HALT_APP, "a coroutine's entry function returned");
}

void coroutine_enter(struct coroutine *c)
{
	switch_stack(&c->caller_stack, c->own_stack);
}

void coroutine_leave(struct coroutine *c)
{
	switch_stack(&c->own_stack, c->caller_stack);
}
