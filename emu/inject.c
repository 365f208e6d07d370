// SPDX-License-Identifier: Apache-2.0
// Delivering exceptions, and #VC by hand (APM vol. 2, 8.9 for long mode, 8.7
// for protected mode).
#include "emu/inject.h"

#include "abi/x86.h"
#include "emu/die.h"
#include "emu/guest_memory.h"
#include "emu/trace.h"

#define GATE_PRESENT (1ull << 47)
#define GATE_TYPE(gate) ((gate) >> 40 & 0xf)
#define GATE_TRAP 0xf
#define RFLAGS_TF 0x100ull
#define RFLAGS_NT 0x4000ull
#define RFLAGS_RF 0x10000ull
#define RFLAGS_VM 0x20000ull

static struct vmcb tss_state __attribute__((aligned(4096)));

struct frame64 {
	uint64_t error_code, rip, cs, rflags, rsp, ss;
};

struct frame32 {
	uint32_t error_code, eip, cs, eflags;
};

static void must(struct vcpu *v, enum err e, const char *why)
{
	if (e != OK)
		die(v, why);
}

static void load_cs(struct vcpu *v, uint16_t selector)
{
	uint64_t d;
	must(v,
	     guest_read(v, v->vmcb->gdtr.base + (selector & 0xfff8), &d,
			sizeof(d)),
	     "#VC: the gate's code segment can't be read");
	uint32_t limit = (uint32_t)((d & 0xffff) | (d >> 32 & 0xf0000));
	if ((d >> 55 & 1) != 0)
		limit = limit << 12 | 0xfff;
	v->vmcb->cs = (struct vmcb_segment){
		.selector = selector,
		.attributes = (uint16_t)((d >> 40 & 0xff) | (d >> 44 & 0xf00)),
		.limit = limit,
		.base = (d >> 16 & 0xffffff) | (d >> 32 & 0xff000000),
	};
}

// RSP0 or one of the seven interrupt stacks, from the guest's TSS.
static uint64_t stack_from_tss(struct vcpu *v, unsigned int ist)
{
	uint64_t rsp;
	__asm__ volatile("vmsave %%rax" : : "a"(&tss_state) : "memory");
	uint64_t offset = ist != 0 ? 0x24 + 8 * (ist - 1) : 4;
	must(v, guest_read(v, tss_state.tr.base + offset, &rsp, sizeof(rsp)),
	     "#VC: the TSS can't be read");
	return rsp;
}

static void clear_flags(struct vcpu *v, uint64_t gate)
{
	uint64_t clear = RFLAGS_TF | RFLAGS_NT | RFLAGS_RF | RFLAGS_VM;
	if (GATE_TYPE(gate) != GATE_TRAP)
		clear |= RFLAGS_IF;
	v->vmcb->rflags &= ~clear;
}

static void inject_vc64(struct vcpu *v, uint64_t error_code)
{
	struct vmcb *s = v->vmcb;
	uint64_t gate[2];
	if (s->idtr.limit < VECTOR_VC * 16 + 15)
		die(v, "#VC: the guest's IDT is too short");
	must(v,
	     guest_read(v, s->idtr.base + VECTOR_VC * 16, gate, sizeof(gate)),
	     "#VC: the IDT can't be read");
	if ((gate[0] & GATE_PRESENT) == 0)
		die(v, "#VC: the guest has no handler");
	struct frame64 frame = { error_code, s->rip, s->cs.selector,
				 s->rflags,  s->rsp, s->ss.selector };
	unsigned int ist = gate[0] >> 32 & 7;
	uint64_t rsp = s->rsp;
	if (ist != 0 || s->cpl != 0)
		rsp = stack_from_tss(v, ist);
	if (s->cpl != 0) {
		s->ss = (struct vmcb_segment){ .selector = 0 };
		s->cpl = 0;
	}
	rsp = (rsp & ~15ull) - sizeof(frame);
	must(v, guest_write(v, rsp, &frame, sizeof(frame)),
	     "#VC: the stack can't be written");
	s->rsp = rsp;
	load_cs(v, (uint16_t)(gate[0] >> 16));
	s->rip = (gate[0] & 0xffff) | (gate[0] >> 32 & 0xffff0000) |
		 gate[1] << 32;
	clear_flags(v, gate[0]);
}

static void inject_vc32(struct vcpu *v, uint64_t error_code)
{
	struct vmcb *s = v->vmcb;
	uint64_t gate;
	if ((s->cr0 & CR0_PE) == 0)
		die(v, "#VC in real mode");
	if (s->cpl != 0)
		die(v, "#VC in a 32-bit guest's user mode");
	if (s->idtr.limit < VECTOR_VC * 8 + 7)
		die(v, "#VC: the guest's IDT is too short");
	must(v,
	     guest_read(v, s->idtr.base + VECTOR_VC * 8, &gate, sizeof(gate)),
	     "#VC: the IDT can't be read");
	if ((gate & GATE_PRESENT) == 0)
		die(v, "#VC: the guest has no handler");
	struct frame32 frame = { (uint32_t)error_code, (uint32_t)s->rip,
				 s->cs.selector, (uint32_t)s->rflags };
	uint32_t esp = (uint32_t)(s->rsp - sizeof(frame));
	must(v,
	     guest_write(v, (uint32_t)(s->ss.base + esp), &frame,
			 sizeof(frame)),
	     "#VC: the stack can't be written");
	s->rsp = esp;
	load_cs(v, (uint16_t)(gate >> 16));
	s->rip = (gate & 0xffff) | (gate >> 32 & 0xffff0000);
	clear_flags(v, gate);
}

void inject_vc(struct vcpu *v, uint64_t error_code)
{
	trace_vc(v, error_code);
	if (inject_interrupted(v))
		die(v, "#VC while the guest took another event");
	v->vmcb->interrupt_shadow = 0;
	if (vcpu_is_long(v))
		inject_vc64(v, error_code);
	else
		inject_vc32(v, error_code);
}

void inject_exception(struct vcpu *v, unsigned int vector)
{
	v->vmcb->eventinj = EVENT_VALID | EVENT_TYPE_EXCEPTION | vector;
}

void inject_exception_error(struct vcpu *v, unsigned int vector,
			    uint32_t error_code)
{
	v->vmcb->eventinj = EVENT_VALID | EVENT_ERROR_VALID |
			    EVENT_TYPE_EXCEPTION | vector |
			    (uint64_t)error_code << EVENT_ERROR_SHIFT;
}

void inject_page_fault(struct vcpu *v, uint64_t linear, uint32_t error_code)
{
	v->vmcb->cr2 = linear;
	inject_exception_error(v, VECTOR_PF, error_code);
}

bool inject_interrupted(const struct vcpu *v)
{
	return (v->vmcb->exitintinfo & EVENT_VALID) != 0;
}

void inject_again(struct vcpu *v)
{
	uint64_t event = v->vmcb->exitintinfo;
	// QEMU records a hardware interrupt as an exception, and then refuses
	// to deliver that.
	if ((event & EVENT_VECTOR_MASK) >= EXCEPTION_COUNT &&
	    (event & EVENT_TYPE_MASK) == EVENT_TYPE_EXCEPTION)
		event &= ~EVENT_TYPE_MASK;
	v->vmcb->eventinj = event;
}
