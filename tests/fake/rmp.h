// SPDX-License-Identifier: Apache-2.0
// kernel/snp/rmp.h over the pages of tests/fake/ram.h, all of which start out
// validated; and a halt that a test survives.
#pragma once

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/halt.h"

void fake_rmp_reset(void);
bool fake_rmp_is_validated(size_t page);
void fake_rmp_set_validated(size_t page, bool validated);
// What the instructions answer from now on instead of doing anything.
void fake_rmp_refuse(uint32_t result);
// Of the last rmp_adjust.
struct fake_adjust {
	uintptr_t page;
	unsigned int target, permissions;
};
struct fake_adjust fake_rmp_adjusted(void);

// Runs the statement, which must halt with `expected`.
extern jmp_buf fake_halt_jump;
extern enum halt_reason fake_halt_reason;
#define assert_halts(expected, statement)                     \
	do {                                                  \
		if (setjmp(fake_halt_jump) == 0) {            \
			statement;                            \
			fail_msg("it didn't halt");           \
		}                                             \
		assert_int_equal(fake_halt_reason, expected); \
	} while (0)
