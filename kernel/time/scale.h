// SPDX-License-Identifier: Apache-2.0
// Turning counts of one clock into counts of another. Pure.
#pragma once

#include <stdint.h>

struct scale {
	uint64_t multiplier; // 32 bits behind the binary point
};

// From ticks at `from_hz` to ticks at `to_hz`; the ratio is below 2^32.
struct scale scale_of(uint64_t from_hz, uint64_t to_hz);
// Rounded down; UINT64_MAX when the result doesn't fit.
uint64_t scale_apply(struct scale scale, uint64_t ticks);
