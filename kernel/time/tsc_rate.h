// SPDX-License-Identifier: Apache-2.0
// How fast the time stamp counter runs. All sources are the host's word; a lie
// stretches time, which the design allows, and no more.
#pragma once

#include <stdint.h>

#include "base/err.h"

// Beyond these a rate is nonsense.
#define TSC_RATE_MIN_HZ 10000000ull
#define TSC_RATE_MAX_HZ 10000000000ull

// CPUID where it tells the rate: leaf 0x15 (Intel SDM volume 2, CPUID) or
// the hypervisors' leaf 0x40000010 (kHz). Else the PM timer, for 5 ms.
// ERR_UNSUPPORTED without any, ERR_DEVICE when the rate found is nonsense.
enum err tsc_rate_find(uint64_t *hz);
