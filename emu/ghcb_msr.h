// SPDX-License-Identifier: Apache-2.0
// VMGEXIT, and the requests that fit into the GHCB MSR (AMD 56421, 2.3).
#pragma once

#include <stdint.h>

#include "emu/vcpu.h"

// What the MSR holds before the guest writes to it.
uint64_t ghcb_msr_reset(void);
// A VMGEXIT: the value of the MSR says what the guest wants.
void ghcb_msr_exit(struct vcpu *v);
