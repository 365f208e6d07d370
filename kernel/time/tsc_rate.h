// SPDX-License-Identifier: Apache-2.0
// How fast the time stamp counter runs. Under Secure TSC (APM volume 2,
// 15.36.19) the secure processor says so. All other sources are the host's
// word; a lie stretches time, which the design allows, and no more.
#pragma once

#include <stdint.h>

#include "base/err.h"

// Beyond these a rate is nonsense.
#define TSC_RATE_MIN_HZ 10000000ull
#define TSC_RATE_MAX_HZ 10000000000ull

// For a guest with Secure TSC, once and before tsc_rate_find: what
// MSR_GUEST_TSC_FREQ and the secrets page's TSC_FACTOR say.
void tsc_rate_set_secure(uint64_t frequency_msr, uint32_t factor);

// Under Secure TSC the rate that was set, and no other: ERR_DEVICE when none was
// or it is nonsense. Else: CPUID where it tells the rate: leaf 0x15 (Intel SDM
// volume 2, CPUID) or the hypervisors' leaf 0x40000010 (kHz). Else the PM timer,
// for 5 ms. ERR_UNSUPPORTED without any, ERR_DEVICE when the rate found is
// nonsense.
enum err tsc_rate_find(uint64_t *hz);
