// SPDX-License-Identifier: Apache-2.0
// The app's first code, linked into its ELF: takes the one gate to the kernel,
// and calls main(). Trusts the kernel, which made the app's memory.
#include <stdint.h>

#include "app/call.h"
#include "app/sdk/anchorhold.h"

int app_start(app_gate *gate);
__attribute__((noreturn)) void __stack_chk_fail(void);

static app_gate *to_kernel;

// Names and form are gcc's (-mstack-protector-guard=global). Until it is
// seeded, a constant: it still stops an accident.
uintptr_t __stack_chk_guard = 0x7d3a91c84be05f00;

// The lowest byte is zero, so that no string function writes the right value.
#define GUARD_MASK (~(uintptr_t)0xff)

void __stack_chk_fail(void)
{
	__builtin_trap();
}

void runtime_call(struct app_call *call)
{
	to_kernel(call);
}

static uintptr_t guard_make(void)
{
	uintptr_t guard = 0;

	if (app_random(&guard, sizeof(guard)) != APP_OK)
		__builtin_trap();
	return guard & GUARD_MASK;
}

// Its own frame has no canary: it would be the old one.
__attribute__((no_stack_protector)) int app_start(app_gate *gate)
{
	to_kernel = gate;
	__stack_chk_guard = guard_make();
	return main();
}
