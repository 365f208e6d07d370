// SPDX-License-Identifier: Apache-2.0
// The ACPI power-management timer of the ICH9's LPC bridge (Intel 316972, 13.1
// and 13.8.3), found by PCI alone. It is the host's: good enough to learn the
// counter's rate in development, and never asked again.
#pragma once

#include <stdint.h>

#include "base/err.h"

#define PM_TIMER_HZ 3579545u // ACPI 6.5, 4.8.2.1

// Finds the timer's port and turns its decoding on. ERR_UNSUPPORTED when there
// is no such bridge.
enum err pm_timer_init(void);
// The counter now: 24 bits, which wrap within 4.7 seconds.
uint32_t pm_timer_read(void);
// Ticks from `first` to `last`, of two reads less than one wrap apart.
uint32_t pm_timer_elapsed(uint32_t first, uint32_t last);
