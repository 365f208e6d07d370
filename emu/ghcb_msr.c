// SPDX-License-Identifier: Apache-2.0
// The host's side of the GHCB MSR protocol.
#include "emu/ghcb_msr.h"

#include "abi/ghcb.h"
#include "abi/snp.h"
#include "base/num.h"
#include "emu/cpuid.h"
#include "emu/die.h"
#include "emu/ghcb_event.h"
#include "emu/knobs.h"
#include "emu/page_state.h"
#include "emu/trace.h"

#define VALUE_SHIFT 32
#define ADDRESS_MASK 0x000ffffffffff000ull
#define ERROR_PAGE_STATE 1ull

uint64_t ghcb_msr_reset(void)
{
	return (uint64_t)GHCB_PROTOCOL_VERSION << GHCB_MSR_SEV_INFO_MAX_SHIFT |
	       1ull << GHCB_MSR_SEV_INFO_MIN_SHIFT |
	       (uint64_t)SNP_CBIT_POSITION << GHCB_MSR_SEV_INFO_CBIT_SHIFT |
	       GHCB_MSR_SEV_INFO;
}

static uint64_t sev_info(struct vcpu *v, uint64_t request)
{
	(void)v;
	(void)request;
	return ghcb_msr_reset();
}

static uint64_t cpuid_request(struct vcpu *v, uint64_t request)
{
	(void)v;
	uint32_t leaf = (uint32_t)(request >> GHCB_MSR_CPUID_FUNCTION_SHIFT);
	unsigned int which = request >> GHCB_MSR_CPUID_REGISTER_SHIFT & 3;
	struct cpuid r = cpuid_for(leaf, 0);
	const uint32_t values[] = { r.eax, r.ebx, r.ecx, r.edx };
	uint32_t value = knob_cpuid(leaf, which, values[which]);
	return (uint64_t)value << VALUE_SHIFT |
	       (request & 3ull << GHCB_MSR_CPUID_REGISTER_SHIFT) |
	       GHCB_MSR_CPUID_RESPONSE;
}

static uint64_t preferred_gpa(struct vcpu *v, uint64_t request)
{
	(void)v;
	(void)request;
	return GHCB_MSR_GFN_NONE | GHCB_MSR_PREFERRED_GPA_RESPONSE;
}

static uint64_t register_gpa(struct vcpu *v, uint64_t request)
{
	v->ghcb_gpa = request & ADDRESS_MASK;
	return v->ghcb_gpa | GHCB_MSR_REGISTER_GPA_RESPONSE;
}

static uint64_t page_state(struct vcpu *v, uint64_t request)
{
	uint64_t gpa = request & ADDRESS_MASK;
	unsigned int op = request >> GHCB_MSR_PAGE_STATE_OP_SHIFT & 0xf;
	uint64_t error = 0;
	if (page_state_change(v, gpa, op, false) != OK)
		error = ERROR_PAGE_STATE;
	return error << VALUE_SHIFT | GHCB_MSR_PAGE_STATE_RESPONSE;
}

static uint64_t features(struct vcpu *v, uint64_t request)
{
	(void)v;
	(void)request;
	return EMU_GHCB_FEATURES << GHCB_MSR_FEATURES_SHIFT |
	       GHCB_MSR_FEATURES_RESPONSE;
}

// With one virtual CPU nobody can ever start this one again.
static uint64_t reset_hold(struct vcpu *v, uint64_t request)
{
	(void)request;
	die(v, "AP reset hold on the only CPU");
}

static uint64_t terminate(struct vcpu *v, uint64_t request)
{
	end_terminated(v, request >> GHCB_MSR_TERMINATE_SET_SHIFT & 0xf,
		       request >> GHCB_MSR_TERMINATE_CODE_SHIFT & 0xff);
}

static const struct {
	enum ghcb_msr_info info;
	uint64_t (*answer)(struct vcpu *v, uint64_t request);
} table[] = {
	{ GHCB_MSR_SEV_INFO_REQUEST, sev_info },
	{ GHCB_MSR_CPUID_REQUEST, cpuid_request },
	{ GHCB_MSR_AP_RESET_HOLD_REQUEST, reset_hold },
	{ GHCB_MSR_PREFERRED_GPA_REQUEST, preferred_gpa },
	{ GHCB_MSR_REGISTER_GPA_REQUEST, register_gpa },
	{ GHCB_MSR_PAGE_STATE_REQUEST, page_state },
	{ GHCB_MSR_FEATURES_REQUEST, features },
	{ GHCB_MSR_TERMINATE, terminate },
};

void ghcb_msr_exit(struct vcpu *v)
{
	uint64_t request = v->ghcb_msr;
	uint64_t info = request & GHCB_MSR_INFO_MASK;
	if (info == GHCB_MSR_GPA) {
		ghcb_event_exit(v, request);
		return;
	}
	trace_msr_protocol(v, request);
	for (unsigned int i = 0; i < ARRAY_COUNT(table); i++) {
		if (table[i].info == info) {
			v->ghcb_msr = table[i].answer(v, request);
			return;
		}
	}
	die(v, "an unknown request by the GHCB MSR");
}
