// SPDX-License-Identifier: Apache-2.0
// What the emulator does with each exit of the guest.
#pragma once

#include "emu/vcpu.h"

void exits_handle(struct vcpu *v);
