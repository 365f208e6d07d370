// SPDX-License-Identifier: Apache-2.0
// A bound on how often something happens, for answers that anyone can provoke.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/num.h"

struct rate {
	uint64_t second; // the second that `used` counts, since boot
	uint32_t used;
};

// Whether one more may happen: at most `limit` in each second of the clock.
static inline bool rate_take(struct rate *r, uint64_t now_ns, uint32_t limit)
{
	uint64_t second = now_ns / NS_PER_SECOND;

	if (r->second != second)
		*r = (struct rate){ .second = second };
	if (r->used >= limit)
		return false;
	r->used++;
	return true;
}
