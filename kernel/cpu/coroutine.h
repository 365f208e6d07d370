// SPDX-License-Identifier: Apache-2.0
// One flow of control with a stack of its own, entered from the event loop and
// left by coroutine_leave(). Later the same switch is a system call.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct coroutine {
	uintptr_t own_stack;    // saved stack pointer while it is left
	uintptr_t caller_stack; // of who entered, while it runs
};

// Prepares `c` to run entry() on a new guarded stack at the first enter.
// entry() must not return. ERR_NO_MEMORY.
enum err coroutine_init(struct coroutine *c, size_t stack_bytes,
			void (*entry)(void));
// Runs the coroutine until it leaves.
void coroutine_enter(struct coroutine *c);
// Goes back to who entered; returns at the next enter.
void coroutine_leave(struct coroutine *c);
