// SPDX-License-Identifier: Apache-2.0
// The end of the guest: one line, then a CPU that does nothing.
#include "kernel/halt.h"

#include "kernel/cpu/regs.h"
#include "kernel/log.h"

static const char *reason_name(enum halt_reason reason)
{
	switch (reason) {
	case HALT_GENERAL:
		return "general";
	case HALT_BUG:
		return "bug";
	case HALT_EXCEPTION:
		return "exception";
	case HALT_STACK:
		return "stack";
	case HALT_FIRMWARE:
		return "firmware";
	case HALT_COMMAND_LINE:
		return "command line";
	case HALT_CPU:
		return "cpu";
	case HALT_NO_ENTROPY:
		return "no entropy";
	case HALT_NO_MEMORY:
		return "no memory";
	case HALT_NO_NIC:
		return "no nic";
	case HALT_NO_CLOCK:
		return "no clock";
	case HALT_NETWORK:
		return "network";
	case HALT_CRYPTO:
		return "crypto";
	case HALT_APP:
		return "app";
	case HALT_DEVICE:
		return "device";
	}
	return "unknown";
}

void halt(enum halt_reason reason, const char *line)
{
	log_line("halt: %s: %s", reason_name(reason), line);
	cpu_stop();
}
