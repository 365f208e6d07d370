// SPDX-License-Identifier: Apache-2.0
// The way out to the host.
#include "kernel/snp/ghcb_exit.h"

#include "abi/ghcb.h"
#include "kernel/cpu/regs.h"

void ghcb_exit_set_page(struct phys gpa)
{
	write_msr(MSR_GHCB, gpa.value);
}

void ghcb_exit(void)
{
	// VMGEXIT (APM volume 3): VMMCALL with a prefix.
	__asm__ volatile("rep; vmmcall" : : : "memory");
}
