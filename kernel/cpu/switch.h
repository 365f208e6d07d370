// SPDX-License-Identifier: Apache-2.0
// The three switches of the kernel that C can't express.
#pragma once

#include <stdint.h>

// Loads CR3 and a stack pointer and calls next(), which must not return. The
// code runs on, so both page tables map the image alike.
__attribute__((noreturn)) void
switch_address_space(uint64_t cr3, uintptr_t stack_top, void (*next)(void));

// Saves what a C function must keep on the stack, notes the stack pointer in
// *save and goes on with the stack `load`, where another call of this function
// or coroutine_init left the same.
void switch_stack(uintptr_t *save, uintptr_t load);

// Words that switch_stack keeps below the return address: r15 lowest, then r14,
// r13, r12, rbp, rbx.
#define SWITCH_STACK_WORDS 6

// Where a new stack begins: calls the function in rbx, and coroutine_ended
// should that return. Never called from C.
void switch_start(void);
__attribute__((noreturn)) void coroutine_ended(void);
