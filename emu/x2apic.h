// SPDX-License-Identifier: Apache-2.0
// The local APIC's MSRs. QEMU 7.2 has no x2APIC under TCG, so they stand on the
// xAPIC's registers, which one CPU can't tell apart.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

bool x2apic_owns(uint32_t msr); // APIC_BASE too
// ERR_NOT_FOUND: #GP, since x2APIC mode is off.
enum err x2apic_read(uint32_t msr, uint64_t *value);
enum err x2apic_write(uint32_t msr, uint64_t value);
