// SPDX-License-Identifier: Apache-2.0
// The log of a production image: a line told to the host is a leak.
#include "kernel/log.h"

void log_line(const char *format, ...)
{
	(void)format;
}
