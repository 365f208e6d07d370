// SPDX-License-Identifier: Apache-2.0
// The end of the guest: one line, then under SEV-SNP a request to end it, and a
// CPU that does nothing.
#include "kernel/halt.h"

#include <stdbool.h>

#include "kernel/cpu/regs.h"
#include "kernel/log.h"
#include "kernel/snp/ghcb_msr.h"
#include "kernel/snp/snp.h"

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
	case HALT_PROFILE:
		return "profile";
	case HALT_PACKAGE:
		return "package";
	case HALT_POLICY:
		return "policy";
	case HALT_HOST:
		return "host";
	case HALT_PAGE_STATE:
		return "page state";
	case HALT_VC:
		return "vc";
	case HALT_VMPL:
		return "vmpl";
	case HALT_SECRETS:
		return "secrets";
	case HALT_EVIDENCE:
		return "evidence";
	case HALT_SEV_STATUS:
		return "sev status";
	}
	// HALT_SEV_STATUS and the number of a bit
	return reason > HALT_SEV_STATUS ? "sev status" : "unknown";
}

void halt(enum halt_reason reason, const char *line)
{
	static bool is_ending;

	// Saying it may fail in its turn: then the first line is the last.
	if (!is_ending) {
		is_ending = true;
		log_line("halt: %s: %s", reason_name(reason), line);
	}
	if (snp_is_on())
		ghcb_msr_terminate(HALT_REASON_SET, reason);
	cpu_stop();
}
