// SPDX-License-Identifier: Apache-2.0
// SEV_STATUS is never intercepted: no host stands between it and us.
#include "abi/ghcb.h"
#include "kernel/cpu/regs.h"
#include "kernel/snp/sev_status.h"

uint64_t sev_status_read(void)
{
	return read_msr(MSR_SEV_STATUS);
}
