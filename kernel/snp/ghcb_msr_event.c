// SPDX-License-Identifier: Apache-2.0
// One RDMSR or WRMSR as a GHCB event.
#include "kernel/snp/ghcb_msr_event.h"

#include "abi/svm.h"
#include "kernel/snp/ghcb.h"

// APM volume 2, 15.11: EXITINFO1 of the exit.
#define MSR_EVENT_READ 0
#define MSR_EVENT_WRITE 1

enum err ghcb_msr_event_read(uint32_t msr, uint64_t *value)
{
	struct ghcb_call call = {
		.exit_code = SVM_EXIT_MSR,
		.info_1 = MSR_EVENT_READ,
		.gives = GHCB_RCX,
		.wants = GHCB_RAX | GHCB_RDX,
		.rcx = msr,
	};

	TRY(ghcb_call(&call));
	*value = call.rdx << 32 | (uint32_t)call.rax;
	return OK;
}

enum err ghcb_msr_event_write(uint32_t msr, uint64_t value)
{
	struct ghcb_call call = {
		.exit_code = SVM_EXIT_MSR,
		.info_1 = MSR_EVENT_WRITE,
		.gives = GHCB_RAX | GHCB_RCX | GHCB_RDX,
		.rax = (uint32_t)value,
		.rcx = msr,
		.rdx = value >> 32,
	};

	return ghcb_call(&call);
}
