// SPDX-License-Identifier: Apache-2.0
// The canary that the compiler puts between a function's arrays and its return
// address.
#pragma once

#include <stdint.h>

// Changes the canary. Functions that are running have the old one on their
// stack, so no caller up to the first may ever return.
void stack_guard_seed(uint64_t value);
