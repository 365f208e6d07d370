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
// The guest touches a shared page as its own. Hardware leaves it to the host
// whether that makes the page private; here only what unmodified firmware needs
// does, and the rest ends the run. On return the page is assigned, unvalidated.
void npf_assign(struct vcpu *v, uint64_t gpa);
