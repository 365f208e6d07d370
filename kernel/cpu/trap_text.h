// SPDX-License-Identifier: Apache-2.0
// An exception in words. Pure.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct trap_facts {
	uint64_t vector, error;    // as in struct trap_frame
	uint64_t address;          // CR2, of page faults
	const char *address_name;  // what the address belongs to
	const char *guarded_stack; // whose guard page it is in, or NULL
};

// "#PF page fault: write to kernel text at 0xffffffff80001000" and the like,
// NUL-terminated and cut to fit.
void trap_text(const struct trap_facts *facts, char *out, size_t capacity);
// Whether a stack ran into its guard page.
bool trap_is_stack_overflow(const struct trap_facts *facts);
