// SPDX-License-Identifier: Apache-2.0
// An exception in words.
#include "kernel/cpu/trap_text.h"

#include <stdio.h>

#include "abi/x86.h"
#include "base/num.h"

// APM volume 2, 8.2.
static const char *const names[EXCEPTION_COUNT] = {
	[VECTOR_DE] = "#DE divide error",
	[VECTOR_DB] = "#DB debug",
	[VECTOR_NMI] = "NMI",
	[VECTOR_BP] = "#BP breakpoint",
	[4] = "#OF overflow",
	[5] = "#BR bound range",
	[VECTOR_UD] = "#UD invalid opcode",
	[7] = "#NM device not available",
	[VECTOR_DF] = "#DF double fault",
	[VECTOR_TS] = "#TS invalid TSS",
	[VECTOR_NP] = "#NP segment not present",
	[VECTOR_SS] = "#SS stack",
	[VECTOR_GP] = "#GP general protection",
	[VECTOR_PF] = "#PF page fault",
	[16] = "#MF x87 floating point",
	[VECTOR_AC] = "#AC alignment check",
	[VECTOR_MC] = "#MC machine check",
	[VECTOR_XF] = "#XF SIMD floating point",
	[VECTOR_CP] = "#CP control protection",
	[VECTOR_HV] = "#HV hypervisor injection",
	[VECTOR_VC] = "#VC VMM communication",
	[VECTOR_SX] = "#SX security",
};

static const char *name_of(uint64_t vector)
{
	const char *name = vector < ARRAY_COUNT(names) ? names[vector] : NULL;

	return name ? name : "reserved exception";
}

static const char *access_of(uint64_t error)
{
	if (error & PF_FETCH)
		return "execute of";
	return error & PF_WRITE ? "write to" : "read of";
}

bool trap_is_stack_overflow(const struct trap_facts *facts)
{
	return facts->vector == VECTOR_PF && facts->guarded_stack;
}

static void page_fault_text(const struct trap_facts *f, char *out,
			    size_t capacity)
{
	if (trap_is_stack_overflow(f))
		(void)snprintf(out, capacity,
			       "%s: stack overflow: guard page of the %s at "
			       "0x%lx",
			       name_of(f->vector), f->guarded_stack,
			       f->address);
	else if (f->error & PF_RESERVED)
		(void)snprintf(out, capacity,
			       "%s: broken page table entry for 0x%lx",
			       name_of(f->vector), f->address);
	else
		(void)snprintf(out, capacity, "%s: %s %s%s at 0x%lx",
			       name_of(f->vector), access_of(f->error),
			       f->error & PF_PRESENT ? "" : "unmapped ",
			       f->address_name, f->address);
}

static const char *selector_table(uint64_t error)
{
	if (error & SELECTOR_ERROR_IDT)
		return "interrupt gate";
	return error & SELECTOR_ERROR_TI ? "LDT selector" : "GDT selector";
}

static bool has_selector(const struct trap_facts *f)
{
	return f->error != 0 && f->vector >= VECTOR_TS &&
	       f->vector <= VECTOR_GP;
}

void trap_text(const struct trap_facts *f, char *out, size_t capacity)
{
	// Bits 3 to 15 are the index (8.4.1).
	uint64_t index = f->error >> 3 & 0x1fff;

	if (f->vector == VECTOR_PF)
		page_fault_text(f, out, capacity);
	else if (f->vector == EXCEPTION_COUNT)
		(void)snprintf(out, capacity, "interrupt %lu while masked",
			       f->error);
	else if (has_selector(f))
		(void)snprintf(out, capacity, "%s: %s %lu", name_of(f->vector),
			       selector_table(f->error), index);
	else
		(void)snprintf(out, capacity, "%s", name_of(f->vector));
}
