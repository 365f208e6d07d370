// SPDX-License-Identifier: Apache-2.0
// The end of a kernel that met an exception: a dump that a person can read,
// then a halt.
#include "kernel/cpu/trap.h"

#include <stdbool.h>

#include "abi/x86.h"
#include "base/num.h"
#include "kernel/cpu/regs.h"
#include "kernel/cpu/trap_text.h"
#include "kernel/halt.h"
#include "kernel/log.h"
#include "kernel/mem/address_space.h"
#include "kernel/mem/image.h"

#define TEXT_LIMIT 160
#define STACK_WORDS_READ 256
#define STACK_WORDS_SAID 16

static bool is_telling;

static bool is_text(uint64_t address)
{
	return address >= (uintptr_t)text_start &&
	       address < (uintptr_t)text_end;
}

static void registers_tell(const struct trap_frame *f)
{
	log_line("  rax %016lx rbx %016lx rcx %016lx rdx %016lx", f->rax,
		 f->rbx, f->rcx, f->rdx);
	log_line("  rsi %016lx rdi %016lx rbp %016lx rsp %016lx", f->rsi,
		 f->rdi, f->rbp, f->rsp);
	log_line("  r8  %016lx r9  %016lx r10 %016lx r11 %016lx", f->r8, f->r9,
		 f->r10, f->r11);
	log_line("  r12 %016lx r13 %016lx r14 %016lx r15 %016lx", f->r12,
		 f->r13, f->r14, f->r15);
	log_line("  cs %lx ss %lx rflags %lx cr0 %lx cr2 %lx cr3 %lx cr4 %lx",
		 f->cs, f->ss, f->rflags, read_cr0(), read_cr2(), read_cr3(),
		 read_cr4());
}

// Words on the stack that point into code: return addresses, mostly. The stack
// may be what is broken, so each page is looked up before it is read.
static void stack_tell(uint64_t rsp)
{
	unsigned int said = 0;

	if (rsp % sizeof(uint64_t) != 0)
		return;
	for (unsigned int i = 0; i < STACK_WORDS_READ; i++) {
		uint64_t at = rsp + i * sizeof(uint64_t), word;

		if (!address_space_is_mapped(at))
			return;
		word = *(const uint64_t *)(uintptr_t)at;
		if (!is_text(word))
			continue;
		log_line("  stack %016lx: kernel+0x%lx", at,
			 word - image_address_here());
		if (++said == STACK_WORDS_SAID)
			return;
	}
}

static void place_tell(const struct trap_frame *f)
{
	if (is_text(f->rip))
		log_line("  at rip %016lx (kernel+0x%lx), error code %lx",
			 f->rip, f->rip - image_address_here(), f->error);
	else
		log_line("  at rip %016lx (%s), error code %lx", f->rip,
			 address_space_name(f->rip), f->error);
}

static struct trap_facts facts_of(const struct trap_frame *f)
{
	uint64_t address = read_cr2();

	return (struct trap_facts){
		.vector = f->vector,
		.error = f->error,
		.address = address,
		.address_name = address_space_name(address),
		.guarded_stack = address_space_guarded_stack(address),
	};
}

void trap_tell(const struct trap_frame *f)
{
	struct trap_facts facts = facts_of(f);
	char text[TEXT_LIMIT];

	if (is_telling)
		halt(HALT_EXCEPTION, "an exception while telling of another");
	is_telling = true;
	trap_text(&facts, text, sizeof(text));
	log_line("exception: %s", text);
	place_tell(f);
	registers_tell(f);
	stack_tell(f->rsp);
}

void trap_handle(const struct trap_frame *f)
{
	struct trap_facts facts = facts_of(f);

	trap_tell(f);
	if (trap_is_stack_overflow(&facts))
		halt(HALT_STACK, "a stack ran into its guard page");
	halt(HALT_EXCEPTION, "an unexpected exception in ring 0");
}
