// SPDX-License-Identifier: Apache-2.0
// Descriptor tables, and traps that are expected: no trap is handled and
// returned from, each ends what was tried.
#pragma once

#include <stdbool.h>
#include <stdint.h>

// The last trap.
struct trap {
	unsigned int vector;
	uint64_t error_code; // 0 for a vector without one
	uint64_t rip;
	unsigned int cpl;
	bool on_vc_stack; // IST 1, which only #VC has
	uint64_t cr2;
};

#define RFLAGS_IOPL3 0x3000ull

void trap_init(void);
// True when a trap ended the function. Interrupts come back masked.
bool trap_try(void (*function)(uint64_t), uint64_t argument);
const struct trap *trap_last(void);
// trap_try() in ring 3; the function must end by a trap. `rflags`: the IOPL.
void trap_try_user(void (*function)(uint64_t), uint64_t rflags);
// "what: vector=.. error=.. ist=.. cpl=.." of trap_try(), or "what: no trap".
void trap_say(const char *what, bool trapped);
