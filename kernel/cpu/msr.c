// SPDX-License-Identifier: Apache-2.0
// Model-specific registers that the host keeps under SEV-SNP.
#include "kernel/cpu/msr.h"

#include "abi/x86.h"
#include "base/check.h"
#include "kernel/cpu/regs.h"
#include "kernel/halt.h"
#include "kernel/snp/ghcb_msr_event.h"
#include "kernel/snp/snp.h"

bool msr_is_hosts(uint32_t msr)
{
	return msr == MSR_APIC_BASE ||
	       (msr >= MSR_X2APIC_FIRST && msr <= MSR_X2APIC_LAST);
}

uint64_t msr_read(uint32_t msr)
{
	uint64_t value;

	CHECK(msr_is_hosts(msr));
	if (!snp_is_on())
		return read_msr(msr);
	if (ghcb_msr_event_read(msr, &value) != OK)
		halt(HALT_HOST, "the host failed a read of an MSR");
	return value;
}

void msr_write(uint32_t msr, uint64_t value)
{
	CHECK(msr_is_hosts(msr));
	if (!snp_is_on()) {
		write_msr(msr, value);
		return;
	}
	if (ghcb_msr_event_write(msr, value) != OK)
		halt(HALT_HOST, "the host failed a write of an MSR");
}
