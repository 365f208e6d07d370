// SPDX-License-Identifier: Apache-2.0
// The trace, its ring of recent #VCs, and the counts of a run.
#include "emu/trace.h"

#include "abi/ghcb.h"
#include "abi/svm.h"
#include "base/num.h"
#include "emu/console.h"
#include "emu/params.h"
#include "emu/watch.h"

#define RECENT_COUNT 16
#define COUNT_KINDS 48

struct recent_vc {
	uint64_t number, error_code, rip, rax, rcx, info2;
};

// How often each kind was seen; found by search, since they are few.
struct kind {
	const char *group;
	uint64_t code;
	uint64_t count;
};

static struct recent_vc recent[RECENT_COUNT];
static uint64_t recent_next;
static struct kind kinds[COUNT_KINDS];

struct name {
	uint64_t code;
	const char *text;
};

static const struct name names[] = {
	{ GHCB_MSR_SEV_INFO_REQUEST, "SEV info" },
	{ GHCB_MSR_CPUID_REQUEST, "CPUID" },
	{ GHCB_MSR_PREFERRED_GPA_REQUEST, "preferred GHCB page" },
	{ GHCB_MSR_REGISTER_GPA_REQUEST, "GHCB registration" },
	{ GHCB_MSR_PAGE_STATE_REQUEST, "page state change" },
	{ GHCB_MSR_FEATURES_REQUEST, "features" },
	{ GHCB_MSR_TERMINATE, "termination" },
	{ SVM_EXIT_READ_DR7, "read DR7" },
	{ SVM_EXIT_WRITE_DR7, "write DR7" },
	{ SVM_EXIT_RDTSC, "RDTSC" },
	{ SVM_EXIT_RDPMC, "RDPMC" },
	{ SVM_EXIT_CPUID, "CPUID" },
	{ SVM_EXIT_INVD, "INVD" },
	{ SVM_EXIT_IOIO, "IOIO" },
	{ SVM_EXIT_MSR, "MSR" },
	{ SVM_EXIT_VMMCALL, "VMMCALL" },
	{ SVM_EXIT_RDTSCP, "RDTSCP" },
	{ SVM_EXIT_WBINVD, "WBINVD" },
	{ SVM_EXIT_MONITOR, "MONITOR" },
	{ SVM_EXIT_MWAIT, "MWAIT" },
	{ SVM_EXIT_NPF, "device memory" },
	{ SVM_EXIT_PAGE_NOT_VALIDATED, "page not validated" },
	{ GHCB_EVENT_MMIO_READ, "MMIO read" },
	{ GHCB_EVENT_MMIO_WRITE, "MMIO write" },
	{ GHCB_EVENT_AP_RESET_HOLD, "AP reset hold" },
	{ GHCB_EVENT_AP_JUMP_TABLE, "AP jump table" },
	{ GHCB_EVENT_PAGE_STATE_CHANGE, "page state change" },
	{ GHCB_EVENT_GUEST_REQUEST, "guest request" },
	{ GHCB_EVENT_EXTENDED_GUEST_REQUEST, "extended guest request" },
	{ GHCB_EVENT_AP_CREATION, "AP creation" },
	{ GHCB_EVENT_FEATURES, "features" },
};

static const char *name_of(uint64_t code)
{
	for (unsigned int i = 0; i < ARRAY_COUNT(names); i++) {
		if (names[i].code == code)
			return names[i].text;
	}
	return "?";
}

static void count(const char *group, uint64_t code)
{
	for (unsigned int i = 0; i < COUNT_KINDS; i++) {
		struct kind *k = &kinds[i];
		if (k->count == 0) {
			k->group = group;
			k->code = code;
		}
		if (k->group == group && k->code == code) {
			k->count++;
			return;
		}
	}
}

static bool traced(uint32_t what)
{
	return (params()->trace & what) != 0;
}

void trace_vc(struct vcpu *v, uint64_t error_code)
{
	count("#VC ", error_code);
	struct recent_vc *r = &recent[recent_next++ % RECENT_COUNT];
	*r = (struct recent_vc){ v->exit_count,   error_code,
				 v->vmcb->rip,    v->vmcb->rax,
				 v->gpr[REG_RCX], v->vmcb->exitinfo2 };
	if (!traced(TRACE_VC))
		return;
	console_line("#VC", { "n", v->exit_count }, { "code", error_code },
		     { "rip", v->vmcb->rip }, { "rax", v->vmcb->rax },
		     { "rcx", v->gpr[REG_RCX] },
		     { "info2", v->vmcb->exitinfo2 });
}

void trace_msr_protocol(struct vcpu *v, uint64_t request)
{
	count("MSR protocol ", request & GHCB_MSR_INFO_MASK);
	if (traced(TRACE_EVENTS))
		console_line("MSR protocol", { "n", v->exit_count },
			     { "request", request });
}

void trace_event(struct vcpu *v, uint64_t code, uint64_t info1, uint64_t info2,
		 uint64_t rax, uint64_t rcx)
{
	count("event ", code);
	if (!traced(TRACE_EVENTS))
		return;
	console_named("event ", name_of(code), { "n", v->exit_count },
		      { "code", code }, { "info1", info1 }, { "info2", info2 },
		      { "rax", rax }, { "rcx", rcx });
}

void trace_event_end(uint64_t info1, uint64_t info2)
{
	if (traced(TRACE_EVENTS) && (info1 | info2) != 0)
		console_line("answered", { "info1", info1 },
			     { "info2", info2 });
}

void trace_message(struct vcpu *v, const struct guest_message_header *header,
		   uint64_t digest, uint64_t result, uint64_t told)
{
	if (!traced(TRACE_MESSAGES))
		return;
	console_line("message", { "n", v->exit_count },
		     { "key", header->vmpck }, { "sequence", header->sequence },
		     { "type", header->type }, { "digest", digest },
		     { "result", result }, { "told", told });
}

void trace_pages(const char *what, uint64_t gpa, uint64_t pages)
{
	if (traced(TRACE_PAGES))
		console_line(what, { "gpa", gpa }, { "pages", pages });
}

void trace_walk(void)
{
	count("walk or fetch through a C-bit of 0 ", SVM_EXIT_NPF);
}

void trace_tolerated(struct vcpu *v, const char *name, uint64_t gpa)
{
	console_named("tolerated: ", name, { "n", v->exit_count },
		      { "gpa", gpa }, { "rip", v->vmcb->rip });
}

void trace_unknown_msr(struct vcpu *v, bool write, uint32_t msr, uint64_t value)
{
	console_line(write ? "unknown MSR written" : "unknown MSR read",
		     { "n", v->exit_count }, { "msr", msr },
		     { "value", value });
}

void trace_recent(void)
{
	for (unsigned int i = 0; i < RECENT_COUNT; i++) {
		const struct recent_vc *r =
			&recent[(recent_next + i) % RECENT_COUNT];
		if (r->number != 0)
			console_line("recent #VC", { "n", r->number },
				     { "code", r->error_code },
				     { "rip", r->rip }, { "rax", r->rax },
				     { "rcx", r->rcx }, { "info2", r->info2 });
	}
}

void trace_stats(void)
{
	watch_report();
	if (!traced(TRACE_STATS))
		return;
	for (unsigned int i = 0; i < COUNT_KINDS && kinds[i].count != 0; i++) {
		console_named(kinds[i].group, name_of(kinds[i].code),
			      { "code", kinds[i].code },
			      { "count", kinds[i].count });
	}
}
