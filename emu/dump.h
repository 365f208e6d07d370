// SPDX-License-Identifier: Apache-2.0
// The guest's state for people. QEMU's monitor can't read private memory.
#pragma once

#include <stdint.h>

#include "emu/vcpu.h"

void dump_vcpu(struct vcpu *v);
// `count` bytes of the guest's linear memory, 16 to a line.
void dump_memory(struct vcpu *v, uint64_t linear, uint64_t count);
