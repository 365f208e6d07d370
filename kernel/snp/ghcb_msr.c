// SPDX-License-Identifier: Apache-2.0
// The requests of the MSR protocol, and what is accepted as an answer.
#include "kernel/snp/ghcb_msr.h"

#include <stdbool.h>

#include "abi/ghcb.h"
#include "kernel/cpu/regs.h"

#define PAGE_STATE_RESULT_SHIFT 32
#define PAGE_STATE_RESERVED_MASK 0xfffff000ull

static bool is(uint64_t answer, enum ghcb_msr_info info)
{
	return (answer & GHCB_MSR_INFO_MASK) == info;
}

static unsigned int version_of(uint64_t field)
{
	return (uint16_t)field;
}

enum err ghcb_msr_versions(unsigned int *min, unsigned int *max)
{
	uint64_t answer = ghcb_msr_call(GHCB_MSR_SEV_INFO_REQUEST);
	unsigned int low = version_of(answer >> GHCB_MSR_SEV_INFO_MIN_SHIFT);
	unsigned int high = version_of(answer >> GHCB_MSR_SEV_INFO_MAX_SHIFT);

	if (!is(answer, GHCB_MSR_SEV_INFO) || low > high)
		return ERR_DEVICE;
	*min = low;
	*max = high;
	return OK;
}

enum err ghcb_msr_features(uint64_t *features)
{
	uint64_t answer = ghcb_msr_call(GHCB_MSR_FEATURES_REQUEST);

	if (!is(answer, GHCB_MSR_FEATURES_RESPONSE))
		return ERR_DEVICE;
	*features = answer >> GHCB_MSR_FEATURES_SHIFT;
	return OK;
}

enum err ghcb_msr_register(struct phys page)
{
	uint64_t answer =
		ghcb_msr_call(page.value | GHCB_MSR_REGISTER_GPA_REQUEST);

	if (answer != (page.value | GHCB_MSR_REGISTER_GPA_RESPONSE))
		return ERR_DEVICE;
	return OK;
}

enum err ghcb_msr_page_state(struct phys page, unsigned int op)
{
	uint64_t answer =
		ghcb_msr_call((uint64_t)op << GHCB_MSR_PAGE_STATE_OP_SHIFT |
			      page.value | GHCB_MSR_PAGE_STATE_REQUEST);

	if (!is(answer, GHCB_MSR_PAGE_STATE_RESPONSE) ||
	    (answer & PAGE_STATE_RESERVED_MASK) != 0 ||
	    answer >> PAGE_STATE_RESULT_SHIFT != 0)
		return ERR_DEVICE;
	return OK;
}

void ghcb_msr_terminate(unsigned int set, unsigned int code)
{
	(void)ghcb_msr_call((uint64_t)code << GHCB_MSR_TERMINATE_CODE_SHIFT |
			    (uint64_t)set << GHCB_MSR_TERMINATE_SET_SHIFT |
			    GHCB_MSR_TERMINATE);
	// A host that goes on all the same finds nothing more to run.
	cpu_stop();
}
