// SPDX-License-Identifier: Apache-2.0
// What the CPU offers: a table of CPUID bits (APM volume 3, appendix E).
#include "kernel/cpu/features.h"

#include <stddef.h>

#include "base/check.h"
#include "base/num.h"
#include "kernel/snp/snp.h"

enum cpuid_register { EAX, EBX, ECX, EDX };

struct feature_bit {
	uint32_t leaf;
	enum cpuid_register reg;
	unsigned int bit;
};

static const struct feature_bit bits[] = {
	[CPU_SSE2] = { 1, EDX, 26 },
	[CPU_SSE41] = { 1, ECX, 19 },
	[CPU_AES] = { 1, ECX, 25 },
	[CPU_PCLMULQDQ] = { 1, ECX, 1 },
	[CPU_NX] = { 0x80000001, EDX, 20 },
	[CPU_PAT] = { 1, EDX, 16 },
	[CPU_MTRR] = { 1, EDX, 12 },
	[CPU_MSR] = { 1, EDX, 5 },
	[CPU_SMEP] = { 7, EBX, 7 },
	[CPU_SMAP] = { 7, EBX, 20 },
	[CPU_UMIP] = { 7, ECX, 2 },
	[CPU_RDRAND] = { 1, ECX, 30 },
	[CPU_RDSEED] = { 7, EBX, 18 },
	[CPU_X2APIC] = { 1, ECX, 21 },
	[CPU_APIC] = { 1, EDX, 9 },
	[CPU_TSC] = { 1, EDX, 4 },
	[CPU_TSC_DEADLINE] = { 1, ECX, 24 },
	[CPU_INVARIANT_TSC] = { 0x80000007, EDX, 8 },
};

struct need {
	enum cpu_feature feature;
	const char *sentence;
};

// AES and carry-less multiplication are needed because the host could hide
// them to get table-driven AES, which leaks its key through the cache.
static const struct need needs[] = {
	{ CPU_MSR, "the CPU has no model-specific registers" },
	{ CPU_TSC, "the CPU has no time stamp counter" },
	{ CPU_SSE2, "the CPU has no SSE2" },
	{ CPU_PAT, "the CPU has no page attribute table" },
	{ CPU_APIC, "the CPU has no local APIC" },
	{ CPU_SSE41, "the CPU has no SSE4.1" },
	{ CPU_AES, "the CPU has no AES instructions" },
	{ CPU_PCLMULQDQ, "the CPU has no PCLMULQDQ" },
};

// Every CPU with SEV-SNP has them: one that doesn't is a host that hides what
// keeps the kernel out of the app's pages.
static const struct need snp_needs[] = {
	{ CPU_SMEP, "the CPU has no SMEP" },
	{ CPU_SMAP, "the CPU has no SMAP" },
	{ CPU_UMIP, "the CPU has no UMIP" },
};

static uint32_t cpuid_register(struct cpuid c, enum cpuid_register reg)
{
	switch (reg) {
	case EAX:
		return c.eax;
	case EBX:
		return c.ebx;
	case ECX:
		return c.ecx;
	default:
		return c.edx;
	}
}

bool cpu_has(enum cpu_feature feature)
{
	CHECK((size_t)feature < ARRAY_COUNT(bits));
	const struct feature_bit *b = &bits[feature];

	return cpuid_register(cpuid_read(b->leaf, 0), b->reg) >> b->bit & 1;
}

static const char *missing_of(const struct need *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!cpu_has(list[i].feature))
			return list[i].sentence;
	}
	return NULL;
}

const char *cpu_missing(void)
{
	const char *missing = missing_of(needs, ARRAY_COUNT(needs));

	if (!missing && snp_is_on())
		missing = missing_of(snp_needs, ARRAY_COUNT(snp_needs));
	return missing;
}

unsigned int cpu_physical_bits(void)
{
	unsigned int width = cpuid_read(0x80000008, 0).eax & 0xff;

	return width < 36 ? 36 : width > 52 ? 52 : width;
}
