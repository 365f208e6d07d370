// SPDX-License-Identifier: Apache-2.0
// Model-specific registers: those that hardware answers itself, and those that
// the host answers by MSR events.
#pragma once

#include <stdint.h>

#include "base/err.h"
#include "emu/vcpu.h"

// An exit on RDMSR or WRMSR.
void msr_exit(struct vcpu *v);
// As KVM answers. ERR_NOT_FOUND: #GP.
enum err msr_read(struct vcpu *v, uint32_t msr, uint64_t *value);
enum err msr_write(struct vcpu *v, uint32_t msr, uint64_t value);
