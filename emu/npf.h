// SPDX-License-Identifier: Apache-2.0
// Nested page faults: touches of device memory, of pages that aren't validated,
// and of pages of the other kind.
#pragma once

#include <stdint.h>

#include "emu/vcpu.h"

// After each exit: once code runs in the upper half, the firmware's page tables
// are history, and so is all tolerance.
void npf_watch_for_os(struct vcpu *v);
void npf_exit(struct vcpu *v);
