// SPDX-License-Identifier: Apache-2.0
// The one place where the CPU sleeps. Interrupts are open only here: the rest
// of the kernel runs with them masked, so no handler ever meets live state.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

#define WAIT_FOREVER UINT64_MAX

// Starts the local APIC (x2APIC where offered, else xAPIC) and calibrates its
// timer against the clock. Call after clock_init. ERR_UNSUPPORTED, ERR_DEVICE.
enum err wait_init(void);
// Halts the CPU until a device interrupt comes or clock_now_ns() has reached
// `deadline_ns`, whichever is first. Returns at once if an interrupt came
// since the last call. A host that sends none can only delay, never unblock.
void wait_until(uint64_t deadline_ns);
// The MSI-X message that wakes wait_until(): address and data for a device.
void wait_msi_message(uint64_t *address, uint32_t *data);
