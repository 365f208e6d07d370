// SPDX-License-Identifier: Apache-2.0
// An exception as traps.S leaves it on the stack.
#pragma once

#include <stddef.h>
#include <stdint.h>

struct trap_frame {
	uint64_t r15, r14, r13, r12, r11, r10, r9, r8;
	uint64_t rbp, rdi, rsi, rdx, rcx, rbx, rax;
	// EXCEPTION_COUNT: an interrupt that came while they are masked; its own
	// vector stands in `error`.
	uint64_t vector, error;
	uint64_t rip, cs, rflags, rsp, ss; // pushed by the CPU (APM 2, 8.9.3)
};
_Static_assert(sizeof(struct trap_frame) == 22 * 8, "traps.S");
_Static_assert(offsetof(struct trap_frame, vector) == 15 * 8, "traps.S");

// Tells what happened, on the console where there is one. One dump only: an
// exception in the midst of it ends the guest.
void trap_tell(const struct trap_frame *frame);
// Tells what happened and ends the guest: no exception of the kernel is
// expected, and a host could inject any.
__attribute__((noreturn)) void trap_handle(const struct trap_frame *frame);
