// SPDX-License-Identifier: Apache-2.0
// One exchange by the MSR protocol.
#include "abi/ghcb.h"
#include "kernel/cpu/regs.h"
#include "kernel/snp/ghcb_exit.h"
#include "kernel/snp/ghcb_msr.h"

uint64_t ghcb_msr_call(uint64_t request)
{
	uint64_t before = read_msr(MSR_GHCB), answer;

	write_msr(MSR_GHCB, request);
	ghcb_exit();
	answer = read_msr(MSR_GHCB);
	write_msr(MSR_GHCB, before);
	return answer;
}
