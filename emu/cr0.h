// SPDX-License-Identifier: Apache-2.0
// The write to CR0 that turns long mode on.
#pragma once

#include "emu/vcpu.h"

void cr0_exit(struct vcpu *v);
