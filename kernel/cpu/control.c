// SPDX-License-Identifier: Apache-2.0
// The CPU's mode. PGE stays off: there is one address space, and a load of CR3
// then flushes all of it.
#include "kernel/cpu/control.h"

#include <stdint.h>

#include "abi/x86.h"
#include "kernel/cpu/features.h"
#include "kernel/cpu/regs.h"

// APM volume 1, 4.2.2: all SIMD exceptions masked, round to nearest.
#define MXCSR_DEFAULT 0x1f80u

static uint64_t cr4_wanted(void)
{
	uint64_t cr4 = CR4_PAE | CR4_MCE | CR4_OSFXSR | CR4_OSXMMEXCPT;

	cr4 |= read_cr4() & CR4_LA57; // can't change in long mode (5.3.1)
	if (cpu_has(CPU_SMEP))
		cr4 |= CR4_SMEP;
	if (cpu_has(CPU_SMAP))
		cr4 |= CR4_SMAP;
	if (cpu_has(CPU_UMIP))
		cr4 |= CR4_UMIP;
	return cr4;
}

static void floating_point_init(void)
{
	uint32_t mxcsr = MXCSR_DEFAULT;

	__asm__ volatile("fninit; ldmxcsr %0" : : "m"(mxcsr));
}

void cpu_control_init(void)
{
	write_msr(MSR_EFER, read_msr(MSR_EFER) | EFER_NXE);
	write_cr0(CR0_PE | CR0_MP | CR0_ET | CR0_NE | CR0_WP | CR0_PG);
	write_cr4(cr4_wanted());
	floating_point_init();
}
