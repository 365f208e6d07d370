// SPDX-License-Identifier: Apache-2.0
// Turning counts of one clock into counts of another.
#include "kernel/time/scale.h"

#include "base/check.h"

__extension__ typedef unsigned __int128 u128;

struct scale scale_of(uint64_t from_hz, uint64_t to_hz)
{
	u128 multiplier;

	CHECK(from_hz > 0);
	multiplier = ((u128)to_hz << 32) / from_hz;
	CHECK(multiplier <= UINT64_MAX);
	return (struct scale){ (uint64_t)multiplier };
}

uint64_t scale_apply(struct scale scale, uint64_t ticks)
{
	u128 result = (u128)ticks * scale.multiplier >> 32;

	return result > UINT64_MAX ? UINT64_MAX : (uint64_t)result;
}
