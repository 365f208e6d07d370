// SPDX-License-Identifier: Apache-2.0
// Registers, code and stack of the guest.
#include "emu/dump.h"

#include "emu/console.h"
#include "emu/guest_memory.h"

#define LINE_BYTES 16
#define CODE_BYTES 32
#define STACK_BYTES 128

static void dump_line(uint64_t linear, const uint8_t *bytes)
{
	console_text("emu: ");
	console_hex(linear);
	console_text(":");
	for (unsigned int i = 0; i < LINE_BYTES; i++) {
		console_text(bytes[i] < 0x10 ? " 0" : " ");
		console_hex(bytes[i]);
	}
	console_text("\n");
}

void dump_memory(struct vcpu *v, uint64_t linear, uint64_t count)
{
	for (uint64_t done = 0; done < count; done += LINE_BYTES) {
		uint8_t bytes[LINE_BYTES];
		if (guest_read(v, linear + done, bytes, LINE_BYTES) != OK) {
			console_line("not readable", { "at", linear + done });
			return;
		}
		dump_line(linear + done, bytes);
	}
}

void dump_vcpu(struct vcpu *v)
{
	struct vmcb *s = v->vmcb;
	console_line("exit", { "number", v->exit_count },
		     { "code", s->exitcode }, { "info1", s->exitinfo1 },
		     { "info2", s->exitinfo2 }, { "event", s->exitintinfo },
		     { "ghcb", v->ghcb_msr });
	console_line("regs", { "rip", s->rip }, { "rsp", s->rsp },
		     { "rax", s->rax }, { "rcx", v->gpr[REG_RCX] },
		     { "rdx", v->gpr[REG_RDX] }, { "rbx", v->gpr[REG_RBX] },
		     { "rsi", v->gpr[REG_RSI] }, { "rdi", v->gpr[REG_RDI] },
		     { "rbp", v->gpr[REG_RBP] });
	console_line("regs", { "cs", s->cs.selector }, { "ss", s->ss.selector },
		     { "cpl", s->cpl }, { "rflags", s->rflags },
		     { "cr0", s->cr0 }, { "cr2", s->cr2 }, { "cr3", s->cr3 },
		     { "cr4", s->cr4 }, { "efer", s->efer },
		     { "idt", s->idtr.base }, { "gdt", s->gdtr.base });
	console_text("emu: code\n");
	dump_memory(v, vcpu_linear_rip(v), CODE_BYTES);
	console_text("emu: stack\n");
	dump_memory(v, s->ss.base + s->rsp, STACK_BYTES);
}
