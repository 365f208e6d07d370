// SPDX-License-Identifier: Apache-2.0
// The interrupt descriptor table (APM volume 2, 4.8.4 and 8.9).
#include "kernel/cpu/idt.h"

#include <stddef.h>

#include "abi/x86.h"
#include "base/check.h"
#include "kernel/cpu/gdt.h"

// 4.8.4: a 64-bit interrupt gate, which masks interrupts.
#define GATE_PRESENT 0x80
#define GATE_INTERRUPT 0x0e

// Entry points of one size, one after another: traps.S.
#define STUB_BYTES 16
extern const char trap_stubs[], interrupt_stubs[];

struct gate {
	uint16_t offset_low, selector;
	uint8_t ist, type;
	uint16_t offset_middle;
	uint32_t offset_high, reserved;
};
_Static_assert(sizeof(struct gate) == 16, "APM volume 2, 4.8.4");

struct table_pointer {
	uint16_t limit;
	uint64_t base;
} __attribute__((packed));

static _Alignas(16) struct gate idt[VECTOR_COUNT];
// Read by traps.S.
void (*interrupt_handlers[VECTOR_COUNT])(void);

static void gate_set(unsigned int vector, const char *stub,
		     enum gdt_stack stack)
{
	uint64_t at = (uint64_t)(uintptr_t)stub;

	idt[vector] = (struct gate){
		.offset_low = (uint16_t)at,
		.offset_middle = (uint16_t)(at >> 16),
		.offset_high = (uint32_t)(at >> 32),
		.selector = SELECTOR_KERNEL_CODE,
		.ist = (uint8_t)stack,
		.type = GATE_PRESENT | GATE_INTERRUPT,
	};
}

static enum gdt_stack stack_of(unsigned int vector)
{
	switch (vector) {
	case VECTOR_DF:
		return GDT_STACK_DOUBLE_FAULT;
	case VECTOR_NMI:
		return GDT_STACK_NMI;
	case VECTOR_MC:
		return GDT_STACK_MACHINE_CHECK;
	case VECTOR_PF:
		return GDT_STACK_PAGE_FAULT;
	case VECTOR_VC:
		return GDT_STACK_VC;
	default:
		return GDT_STACK_NONE;
	}
}

void idt_init(void)
{
	struct table_pointer pointer = {
		.limit = sizeof(idt) - 1,
		.base = (uint64_t)(uintptr_t)idt,
	};

	for (unsigned int v = 0; v < EXCEPTION_COUNT; v++)
		gate_set(v, trap_stubs + v * STUB_BYTES, stack_of(v));
	__asm__ volatile("lidt %0" : : "m"(pointer) : "memory");
}

void idt_set_interrupt(uint8_t vector, void (*handler)(void))
{
	CHECK(vector >= EXCEPTION_COUNT && handler);
	interrupt_handlers[vector] = handler;
	gate_set(vector,
		 interrupt_stubs + (vector - EXCEPTION_COUNT) * STUB_BYTES,
		 GDT_STACK_NONE);
}
