// SPDX-License-Identifier: Apache-2.0
// Who has which addresses of the stack window. Stacks stand one after another,
// each below a guard page and above one.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

// Hands out the lowest address of a stack of `pages` pages. ERR_NO_MEMORY when
// no more stacks can be noted.
enum err stack_window_reserve(const char *name, uint64_t pages,
			      uint64_t *bottom);
// The name of the stack that holds the address, or whose lower guard page does;
// *is_guard says which. NULL when none.
const char *stack_window_find(uint64_t address, bool *is_guard);
