// SPDX-License-Identifier: Apache-2.0
// PVALIDATE and RMPADJUST, which QEMU doesn't know (APM vol. 3).
#pragma once

#include "emu/vcpu.h"

#define PAGE_INSTRUCTION_BYTES 4

void pvalidate(struct vcpu *v);
void rmpadjust(struct vcpu *v);
