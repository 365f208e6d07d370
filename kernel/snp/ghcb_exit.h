// SPDX-License-Identifier: Apache-2.0
// The way out to the host, out of line so that unit tests link a host of their
// own instead.
#pragma once

#include "kernel/mem/page_pool.h"

// Names the GHCB page to the CPU: it stays in the MSR, and whoever uses the MSR
// for its protocol puts it back.
void ghcb_exit_set_page(struct phys gpa);
// Leaves to the host (VMGEXIT) and returns when it lets us go on. All of memory
// is written before it and read anew behind it.
void ghcb_exit(void);
