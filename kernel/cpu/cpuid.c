// SPDX-License-Identifier: Apache-2.0
// CPUID by the instruction; an SEV-SNP guest gets its answers from a page that
// the secure processor checked instead.
#include "kernel/cpu/features.h"

#include "kernel/snp/cpuid_page.h"

#define RANGE_MASK 0xffff0000u

static struct cpuid cpuid_ask(uint32_t leaf, uint32_t subleaf)
{
	struct cpuid r;

	if (cpuid_page_is_there())
		return cpuid_page_read(leaf, subleaf);
	__asm__ volatile("cpuid"
			 : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx)
			 : "a"(leaf), "c"(subleaf));
	return r;
}

struct cpuid cpuid_read(uint32_t leaf, uint32_t subleaf)
{
	// The first leaf of each range says which is the last of it; what CPUs
	// answer beyond that differs (APM volume 3, E.2).
	uint32_t first = leaf & RANGE_MASK;
	uint32_t last = cpuid_ask(first, 0).eax;

	if ((last & RANGE_MASK) != first || leaf > last)
		return (struct cpuid){ 0 };
	return cpuid_ask(leaf, subleaf);
}
