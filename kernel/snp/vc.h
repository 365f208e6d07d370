// SPDX-License-Identifier: Apache-2.0
// The #VC handler: the fallback for the few instructions that code of ours,
// or a library's, makes without a call of its own. The host can raise a #VC at
// any instruction, with any exit code, so it's believed only where the
// instruction fits; everything else ends the guest.
#pragma once

#include "kernel/cpu/trap.h"

// Does what the instruction at frame->rip asks for and moves the frame past it,
// or doesn't return. Called by traps.S on a stack of its own.
void vc_handle(struct trap_frame *frame);
