// SPDX-License-Identifier: Apache-2.0
// Answers to the events of single instructions (AMD 56421, table 6).
#include "emu/ghcb_instruction.h"

#include "abi/x86.h"
#include "emu/cpu.h"
#include "emu/cpuid.h"
#include "emu/die.h"
#include "emu/msr.h"

#define CPUID_XSTATE 0x0d

static uint64_t jump_table_gpa;

void ghcb_cpuid(struct ghcb_event *e)
{
	uint32_t leaf = (uint32_t)e->rax;
	if (leaf == CPUID_XSTATE && (e->valid & FIELD_XCR0) == 0) {
		ghcb_event_malformed(e, GHCB_MALFORMED_MISSING_INPUT);
		return;
	}
	struct cpuid r = cpuid_for(leaf, (uint32_t)e->rcx);
	e->rax = r.eax;
	e->rbx = r.ebx;
	e->rcx = r.ecx;
	e->rdx = r.edx;
	e->outputs = FIELD_RAX | FIELD_RBX | FIELD_RCX | FIELD_RDX;
}

void ghcb_msr_access(struct ghcb_event *e)
{
	uint32_t msr = (uint32_t)e->rcx;
	bool write = e->info1 == 1;
	if (e->info1 > 1) {
		ghcb_event_malformed(e, GHCB_MALFORMED_INVALID_INPUT);
		return;
	}
	if (write &&
	    (e->valid & (FIELD_RAX | FIELD_RDX)) != (FIELD_RAX | FIELD_RDX)) {
		ghcb_event_malformed(e, GHCB_MALFORMED_MISSING_INPUT);
		return;
	}
	uint64_t value = (uint32_t)e->rax | e->rdx << 32;
	enum err done = write ? msr_write(e->v, msr, value)
			      : msr_read(e->v, msr, &value);
	if (done != OK) {
		ghcb_event_exception(e, VECTOR_GP, 0);
		return;
	}
	if (write)
		return;
	e->rax = (uint32_t)value;
	e->rdx = value >> 32;
	e->outputs = FIELD_RAX | FIELD_RDX;
}

void ghcb_read_dr7(struct ghcb_event *e)
{
	e->rax = e->v->vmcb->dr7;
	e->outputs = FIELD_RAX;
}

void ghcb_write_dr7(struct ghcb_event *e)
{
	e->v->vmcb->dr7 = (uint32_t)e->rax | 0x400;
}

void ghcb_rdtsc(struct ghcb_event *e)
{
	uint64_t tsc = cpu_rdtsc() + e->v->vmcb->tsc_offset;
	e->rax = (uint32_t)tsc;
	e->rdx = tsc >> 32;
	e->outputs = FIELD_RAX | FIELD_RDX;
}

void ghcb_rdtscp(struct ghcb_event *e)
{
	ghcb_rdtsc(e);
	e->rcx = (uint32_t)cpu_rdmsr(0xc0000103); // TSC_AUX is the guest's own
	e->outputs |= FIELD_RCX;
}

// No performance counters are offered.
void ghcb_rdpmc(struct ghcb_event *e)
{
	ghcb_event_exception(e, VECTOR_GP, 0);
}

// No hypercalls are offered.
void ghcb_vmmcall(struct ghcb_event *e)
{
	e->rax = ~0ull;
	e->outputs = FIELD_RAX;
}

void ghcb_nothing(struct ghcb_event *e)
{
	(void)e;
}

void ghcb_reset_hold(struct ghcb_event *e)
{
	die(e->v, "AP reset hold on the only CPU");
}

void ghcb_jump_table(struct ghcb_event *e)
{
	if (e->info1 == 0)
		jump_table_gpa = e->info2;
	else if (e->info1 == 1)
		e->answer2 = jump_table_gpa;
	else
		ghcb_event_malformed(e, GHCB_MALFORMED_INVALID_INPUT);
}

// KVM's answer for an APIC id that nobody has.
void ghcb_ap_creation(struct ghcb_event *e)
{
	ghcb_event_malformed(e, GHCB_MALFORMED_INVALID_INPUT);
}

void ghcb_features(struct ghcb_event *e)
{
	e->answer2 = EMU_GHCB_FEATURES;
}

void ghcb_terminate(struct ghcb_event *e)
{
	end_terminated(e->v, e->info1, e->info2);
}

// The guest says that it met a #VC it has no handling for.
void ghcb_unsupported(struct ghcb_event *e)
{
	die_at(e->v, "the guest can't handle a #VC of this code", e->info1);
}
