// SPDX-License-Identifier: Apache-2.0
// Monotonic time since boot, from the time stamp counter. There is no wall
// clock. The host may stretch this time; it never goes backward.
#pragma once

#include <stdint.h>

#include "base/err.h"

// Finds the counter's rate, as tsc_rate_find says, within a bounded number of
// reads. ERR_UNSUPPORTED, ERR_DEVICE.
enum err clock_init(uint64_t entry_tsc);
// Nanoseconds since the EFI entry point, at most 2^62: any time-out may be added
// without a wrap.
uint64_t clock_now_ns(void);
// Counter ticks per second, as found.
uint64_t clock_tsc_hz(void);
