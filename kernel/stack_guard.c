// SPDX-License-Identifier: Apache-2.0
// The canary. Names and form are gcc's (-mstack-protector-guard=global).
#include "kernel/stack_guard.h"

#include "kernel/halt.h"

__attribute__((noreturn)) void __stack_chk_fail(void);

// Until there is entropy, a constant: it still stops an accident.
uintptr_t __stack_chk_guard = 0x5bd1e995c3a4f700;

// The lowest byte is zero, so that no string function writes the right value.
#define GUARD_MASK (~(uintptr_t)0xff)

void stack_guard_seed(uint64_t value)
{
	__stack_chk_guard = value & GUARD_MASK;
}

void __stack_chk_fail(void)
{
	halt(HALT_STACK, "a stack canary was overwritten");
}
