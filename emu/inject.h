// SPDX-License-Identifier: Apache-2.0
// Exceptions given to the guest.
#pragma once

#include <stdint.h>

#include "emu/vcpu.h"

// The guest's #VC handler runs next, with the registers as they are and RIP
// still at the instruction. Builds the stack frame by hand, since QEMU pushes
// no error code for vector 29. Stops the run where the guest can't take one.
void inject_vc(struct vcpu *v, uint64_t error_code);
// Any other exception: QEMU delivers it on the next entry.
void inject_exception(struct vcpu *v, unsigned int vector);
void inject_exception_error(struct vcpu *v, unsigned int vector,
			    uint32_t error_code);
void inject_page_fault(struct vcpu *v, uint64_t linear, uint32_t error_code);
// Whether an event was being delivered when the guest exited.
bool inject_interrupted(const struct vcpu *v);
// Delivers that event anew.
void inject_again(struct vcpu *v);
