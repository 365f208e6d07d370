// SPDX-License-Identifier: Apache-2.0
// The end of a run. Every stop leaves one last line on the emulator's console,
// "emu: end: ...", and ends QEMU.
#pragma once

#include <stdint.h>

#include "emu/vcpu.h"

// Exit statuses, as PORT_EXIT is given them: QEMU ends with 2 * n + 1.
enum end_status {
	END_GUEST = 1,      // the guest powered off or reset the machine
	END_TERMINATED = 2, // the guest asked for termination
	END_REFUSED = 3,    // the guest did what the emulator refuses
	END_LAUNCH = 4,     // the inputs make no launch
	END_BUG = 5,        // the emulator's own mistake
};

// Refuses: with a dump of the guest's state. `v` may be NULL before the launch.
__attribute__((noreturn)) void die(struct vcpu *v, const char *why);
__attribute__((noreturn)) void die_at(struct vcpu *v, const char *why,
				      uint64_t gpa);
__attribute__((noreturn)) void end(enum end_status status, const char *why);
__attribute__((noreturn)) void end_terminated(struct vcpu *v, uint64_t set,
					      uint64_t code);
