// SPDX-License-Identifier: Apache-2.0
// Where a failed CHECK ends in the kernel.
#include "base/check.h"

#include "kernel/halt.h"
#include "kernel/log.h"

void check_failed(const char *file, int line, const char *condition)
{
	log_line("check failed: %s:%d: %s", file, line, condition);
	halt(HALT_BUG, "a CHECK failed");
}
