// SPDX-License-Identifier: Apache-2.0
// Judging nested page faults (APM vol. 2, 15.36.10, table 15-39).
#include "emu/npf.h"

#include "abi/svm.h"
#include "base/num.h"
#include "emu/console.h"
#include "emu/die.h"
#include "emu/inject.h"
#include "emu/npt.h"
#include "emu/params.h"
#include "emu/rmp.h"
#include "emu/trace.h"
#include "emu/watch.h"

// An operating system runs in the upper half; OVMF never does.
#define UPPER_HALF 0xffff800000000000ull

static bool os_runs;

// What unmodified OVMF does wrong, by name, and is let off with.
static struct tolerance {
	const char *name;
	uint64_t first, end; // GPAs
	bool said;
} tolerances[] = {
	// SEC writes to its GHCB page as shared before it asks for the change.
	{ "SEC uses its GHCB page before the page state change", 0x809000,
	  0x80a000, false },
	// 2022.11 leaves the C-bit of that page set until DXE.
	{ "the local APIC is touched as private", 0xfee00000, 0xfee01000,
	  false },
};

static bool is_tolerated(struct vcpu *v, uint64_t gpa)
{
	if ((params()->options & OPTION_STRICT) != 0 || os_runs)
		return false;
	for (unsigned int i = 0; i < ARRAY_COUNT(tolerances); i++) {
		struct tolerance *t = &tolerances[i];
		if (gpa < t->first || gpa >= t->end)
			continue;
		if (!t->said)
			trace_tolerated(v, t->name, gpa);
		t->said = true;
		return true;
	}
	return false;
}

void npf_watch_for_os(struct vcpu *v)
{
	if (os_runs || v->vmcb->rip < UPPER_HALF)
		return;
	os_runs = true;
	rmp_forget_walked();
	console_line("an operating system runs", { "n", v->exit_count },
		     { "rip", v->vmcb->rip });
}

// An access that the hardware takes as private.
static void private_fault(struct vcpu *v, uint64_t gpa)
{
	if (rmp_is_shared(gpa))
		die_at(v, "implicit conversion of a shared page to private",
		       gpa);
	if (!rmp_is_valid(gpa)) {
		inject_vc(v, SVM_EXIT_PAGE_NOT_VALIDATED);
		return;
	}
	// Private, valid, and yet not reachable: through a C-bit of 0.
	trace_walk();
	rmp_set_walked(gpa);
}

static void shared_fault(struct vcpu *v, uint64_t gpa)
{
	if (!is_tolerated(v, gpa))
		die_at(v, "implicit conversion of a private page to shared",
		       gpa);
	rmp_make_shared(gpa);
}

// KVM can make no private memory of it, and gives up.
static void device_fault(struct vcpu *v, uint64_t gpa, bool walk)
{
	if (walk || ((gpa & CBIT) != 0 && !is_tolerated(v, gpa & ~CBIT)))
		die_at(v, "device memory touched as private", gpa);
	inject_vc(v, SVM_EXIT_NPF);
}

void npf_exit(struct vcpu *v)
{
	uint64_t info = v->vmcb->exitinfo1;
	uint64_t gpa = v->vmcb->exitinfo2;
	uint64_t address = gpa & ~CBIT;
	bool walk = (info & (NPF_TABLE_WALK | NPF_FETCH)) != 0;
	bool private_access = (gpa & CBIT) != 0 || walk || !vcpu_is_paged(v) ||
			      !vcpu_is_long(v);
	if (!rmp_is_memory(address)) {
		device_fault(v, gpa, walk);
		return;
	}
	if (private_access)
		private_fault(v, address);
	else if (!rmp_is_shared(address))
		shared_fault(v, address);
	else if (!watch_fault(v, address, (info & NPF_WRITE) != 0))
		die_at(v, "shared page not mapped", address);
	// An exception given above took the place of what was interrupted.
	if (inject_interrupted(v) && (v->vmcb->eventinj & EVENT_VALID) == 0)
		inject_again(v);
}
