// SPDX-License-Identifier: Apache-2.0
// The launch: what KVM and QEMU feed to the secure processor, in their order.
#pragma once

#include "emu/vcpu.h"

// Sets up memory and the virtual CPU from the launcher's parameters. Ends the
// run when they make no launch.
void launch(struct vcpu *v);
