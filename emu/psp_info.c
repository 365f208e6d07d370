// SPDX-License-Identifier: Apache-2.0
// MSG_TSC_INFO_REQ and MSG_CPUID_REQ (AMD 56860, chapter 7).
#include "emu/psp_private.h"

#include <string.h>

#include "base/check.h"

#define CPUID_XSAVE_LEAF 0xdu

size_t psp_tsc_info(const struct psp *p, uint32_t vmpl, const uint8_t *payload,
		    size_t count, uint8_t *out)
{
	struct tsc_info_response response = { 0 };

	(void)vmpl;
	if (!psp_is_zero(payload, count) || !p->guest.secure_tsc) {
		response.status = GUEST_MESSAGE_STATUS_INVALID_PARAM;
	} else {
		response.scale = p->guest.tsc_scale;
		response.offset = p->guest.tsc_offset;
		response.factor = p->guest.tsc_factor;
	}
	memcpy(out, &response, sizeof(response));
	return sizeof(response);
}

static bool function_is(const struct cpuid_function *a,
			const struct cpuid_function *b)
{
	if (a->eax_in != b->eax_in || a->ecx_in != b->ecx_in)
		return false;
	return a->eax_in != CPUID_XSAVE_LEAF ||
	       (a->xcr0_in == b->xcr0_in && a->xss_in == b->xss_in);
}

// What this platform's CPUID gives; zeros where the leaf isn't there.
static struct cpuid_function function_answer(const struct psp *p,
					     const struct cpuid_function *asked)
{
	struct cpuid_function answer = {
		.eax_in = asked->eax_in,
		.ecx_in = asked->ecx_in,
		.xcr0_in = asked->xcr0_in,
		.xss_in = asked->xss_in,
	};

	for (uint32_t i = 0; i < p->cpuid_count; i++)
		if (function_is(&p->cpuid[i], asked)) {
			answer.eax = p->cpuid[i].eax;
			answer.ebx = p->cpuid[i].ebx;
			answer.ecx = p->cpuid[i].ecx;
			answer.edx = p->cpuid[i].edx;
		}
	return answer;
}

// A wrong claim is corrected, and makes the whole answer's status a bad one.
size_t psp_cpuid(const struct psp *p, uint32_t vmpl, const uint8_t *payload,
		 size_t count, uint8_t *out)
{
	struct cpuid_request request = { 0 };
	struct cpuid_response response = { 0 };
	size_t header = offsetof(struct cpuid_request, functions);

	(void)vmpl;
	CHECK(count >= header && count <= sizeof(request));
	memcpy(&request, payload, count);
	if (!psp_is_zero(request.reserved_04, sizeof(request.reserved_04)) ||
	    request.count > (count - header) / sizeof(struct cpuid_function)) {
		response.status = GUEST_MESSAGE_STATUS_INVALID_PARAM;
		memcpy(out, &response, header);
		return header;
	}
	response.count = request.count;
	for (uint32_t i = 0; i < request.count; i++) {
		response.functions[i] =
			function_answer(p, &request.functions[i]);
		if (memcmp(&response.functions[i], &request.functions[i],
			   sizeof(struct cpuid_function)) != 0)
			response.status = GUEST_MESSAGE_STATUS_INVALID_PARAM;
	}
	memcpy(out, &response, count);
	return count;
}
