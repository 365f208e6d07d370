// SPDX-License-Identifier: Apache-2.0
// The CPU's two random instructions (APM volume 3, RDRAND and RDSEED).
#include "kernel/entropy/source.h"

bool source_rdseed(uint64_t *out)
{
	uint64_t value;
	bool ready;

	__asm__ volatile("rdseed %0" : "=r"(value), "=@ccc"(ready));
	if (ready)
		*out = value;
	return ready;
}

bool source_rdrand(uint64_t *out)
{
	uint64_t value;
	bool ready;

	__asm__ volatile("rdrand %0" : "=r"(value), "=@ccc"(ready));
	if (ready)
		*out = value;
	return ready;
}
