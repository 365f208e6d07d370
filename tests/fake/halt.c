// SPDX-License-Identifier: Apache-2.0
// kernel/halt.h for host programs: no guest to end.
#include "kernel/halt.h"

#include <stdio.h>
#include <stdlib.h>

void halt(enum halt_reason reason, const char *line)
{
	fprintf(stderr, "halt: %d: %s\n", (int)reason, line);
	abort();
}
