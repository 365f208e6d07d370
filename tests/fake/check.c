// SPDX-License-Identifier: Apache-2.0
// check_failed() of host programs: says what failed and aborts.
#include "base/check.h"

#include <stdio.h>
#include <stdlib.h>

void check_failed(const char *file, int line, const char *condition)
{
	fprintf(stderr, "CHECK failed at %s:%d: %s\n", file, line, condition);
	abort();
}
