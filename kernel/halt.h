// SPDX-License-Identifier: Apache-2.0
// The end of the guest.
#pragma once

#include "abi/halt.h"

// Prints `halt: <reason>: <line>` on the console where there is one. Under
// SEV-SNP asks the host to end the guest, with `reason` as the code; then masks
// interrupts and stops the CPU for good. `line` is one sentence without a
// newline that says what was missing or wrong.
__attribute__((noreturn)) void halt(enum halt_reason reason, const char *line);
