// SPDX-License-Identifier: Apache-2.0
// Segments and the task state segment (APM volume 2, 4.7, 4.8 and 12.2.5).
#include "kernel/cpu/gdt.h"

#include <stddef.h>

#include "abi/layout.h"
#include "abi/x86.h"
#include "kernel/mem/address_space.h"

#define EXCEPTION_STACK_BYTES 0x2000

// 4.8.1, 4.8.2: in long mode only these bits count. L is bit 53; D, bit 54, is
// clear in code.
#define DESCRIPTOR_PRESENT (1ull << 47)
#define DESCRIPTOR_DPL3 (3ull << 45)
#define DESCRIPTOR_SEGMENT (1ull << 44)
#define DESCRIPTOR_CODE (1ull << 43)
#define DESCRIPTOR_WRITABLE (1ull << 41) // of code: readable
#define DESCRIPTOR_LONG (1ull << 53)
#define CODE                                                         \
	(DESCRIPTOR_PRESENT | DESCRIPTOR_SEGMENT | DESCRIPTOR_CODE | \
	 DESCRIPTOR_WRITABLE | DESCRIPTOR_LONG)
#define DATA (DESCRIPTOR_PRESENT | DESCRIPTOR_SEGMENT | DESCRIPTOR_WRITABLE)
#define TSS_AVAILABLE (9ull << 40) // 4.8.3

struct tss {
	uint32_t reserved0;
	uint64_t rsp[3];
	uint64_t reserved1;
	uint64_t ist[7];
	uint64_t reserved2;
	uint16_t reserved3, io_map_base;
} __attribute__((packed));
_Static_assert(sizeof(struct tss) == 104, "APM volume 2, 12.2.5");
_Static_assert(offsetof(struct tss, ist) == 36, "APM volume 2, 12.2.5");

struct table_pointer {
	uint16_t limit;
	uint64_t base;
} __attribute__((packed));

static struct tss tss;
static _Alignas(16) uint8_t early_stack[EXCEPTION_STACK_BYTES];

// In the order of the selectors in abi/x86.h.
static uint64_t gdt[7] = {
	0, CODE, DATA, DATA | DESCRIPTOR_DPL3, CODE | DESCRIPTOR_DPL3,
};
_Static_assert(SELECTOR_TSS == 5 * 8, "the TSS takes the last two words");

static void tss_describe(void)
{
	uint64_t base = (uint64_t)(uintptr_t)&tss, limit = sizeof(tss) - 1;

	gdt[5] = limit | (base & 0xffffff) << 16 | (base >> 24 & 0xff) << 56 |
		 DESCRIPTOR_PRESENT | TSS_AVAILABLE;
	gdt[6] = base >> 32;
}

static void segments_load(void)
{
	struct table_pointer pointer = {
		.limit = sizeof(gdt) - 1,
		.base = (uint64_t)(uintptr_t)gdt,
	};

	__asm__ volatile("lgdt %0\n\t"
			 "pushq %1\n\t"
			 "leaq 1f(%%rip), %%rax\n\t"
			 "pushq %%rax\n\t"
			 "lretq\n"
			 "1:\n\t"
			 "movl %2, %%eax\n\t"
			 "movl %%eax, %%ss\n\t"
			 "xorl %%eax, %%eax\n\t"
			 "movl %%eax, %%ds\n\t"
			 "movl %%eax, %%es\n\t"
			 "movl %%eax, %%fs\n\t"
			 "movl %%eax, %%gs\n\t"
			 "lldt %%ax\n\t"
			 "movl %3, %%eax\n\t"
			 "ltr %%ax"
			 :
			 : "m"(pointer), "i"(SELECTOR_KERNEL_CODE),
			   "i"(SELECTOR_KERNEL_DATA), "i"(SELECTOR_TSS)
			 : "rax", "memory");
}

void gdt_init(void)
{
	tss = (struct tss){ .io_map_base = sizeof(tss) }; // no port for ring 3
	for (int slot = GDT_STACK_NONE + 1; slot < GDT_STACK_END; slot++)
		tss.ist[slot - 1] =
			(uint64_t)(uintptr_t)(early_stack +
					      EXCEPTION_STACK_BYTES);
	tss_describe();
	segments_load();
}

static const char *const stack_names[GDT_STACK_END] = {
	[GDT_STACK_DOUBLE_FAULT] = "double-fault stack",
	[GDT_STACK_NMI] = "NMI stack",
	[GDT_STACK_MACHINE_CHECK] = "machine-check stack",
	[GDT_STACK_PAGE_FAULT] = "page-fault stack",
	[GDT_STACK_VC] = "#VC stack",
};

enum err gdt_map_stacks(void)
{
	for (int slot = GDT_STACK_NONE + 1; slot < GDT_STACK_END; slot++) {
		uintptr_t top;

		TRY(address_space_map_stack(stack_names[slot],
					    EXCEPTION_STACK_BYTES, &top));
		tss.ist[slot - 1] = top;
	}
	return OK;
}

bool gdt_stack_holds(enum gdt_stack slot, uint64_t rsp)
{
	uint64_t top = tss.ist[slot - 1];

	return rsp <= top && rsp > top - EXCEPTION_STACK_BYTES;
}
