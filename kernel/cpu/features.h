// SPDX-License-Identifier: Apache-2.0
// What the CPU offers. All of the kernel asks here and nowhere else: under
// SEV-SNP the answers come from the CPUID page.
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct cpuid {
	uint32_t eax, ebx, ecx, edx;
};

// One leaf of CPUID. A leaf beyond the highest that the CPU offers is all
// zeros, as AMD's CPUs answer.
struct cpuid cpuid_read(uint32_t leaf, uint32_t subleaf);

enum cpu_feature {
	CPU_SSE2,
	CPU_SSE41,
	CPU_AES,
	CPU_PCLMULQDQ,
	CPU_NX,
	CPU_PAT,
	CPU_MTRR,
	CPU_MSR,
	CPU_SMEP,
	CPU_SMAP,
	CPU_UMIP,
	CPU_RDRAND,
	CPU_RDSEED,
	CPU_X2APIC,
	CPU_APIC,
	CPU_TSC,
	CPU_TSC_DEADLINE,
	CPU_INVARIANT_TSC,
};

bool cpu_has(enum cpu_feature feature);
// The first feature that the kernel can't do without and the CPU hasn't got,
// as a sentence; NULL when all are there.
const char *cpu_missing(void);
// Width of a physical address in bits, 36 to 52.
unsigned int cpu_physical_bits(void);
