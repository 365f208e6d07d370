// SPDX-License-Identifier: Apache-2.0
// CPUID models. The leaves are those of AMD's APM vol. 3, appendix E.
#include "emu/cpuid.h"

#include "base/check.h"
#include "base/num.h"
#include "emu/libc.h"
#include "emu/params.h"

#define LEAF_EXTENDED 0x80000000u
#define MAX_BASIC 0x0c
#define MAX_EXTENDED 0x80000021u

#define LEAF1_ECX_CX16 (1u << 13)
#define LEAF1_ECX_X2APIC (1u << 21)
// SSE3, PCLMULQDQ, SSSE3, CX16, SSE4.1, SSE4.2, x2APIC, MOVBE, POPCNT, AES,
// RDRAND, hypervisor
#define LEAF1_ECX 0xc2f82203u
// FPU .. PSE36 but for PSN, CLFSH, MMX, FXSR, SSE, SSE2, HTT
#define LEAF1_EDX 0x178bfbffu
// FSGSBASE, BMI1, SMEP, BMI2, RDSEED, ADX, SMAP, CLFLUSHOPT, CLWB, SHA
#define LEAF7_EBX 0x219c0189u
// UMIP, RDPID
#define LEAF7_ECX 0x00400004u
// LAHF, CR8, LZCNT, SSE4A, misaligned SSE, PREFETCHW
#define LEAF81_ECX 0x000001f1u
// leaf 1's, and SYSCALL, NX, MMXEXT, FXSR_OPT, 1 GiB pages, RDTSCP, LM
#define LEAF81_EDX 0x2fd3fbffu
// WBNOINVD
#define LEAF88_EBX 0x00000200u
#define LEAF87_EDX_INVARIANT_TSC 0x100u
// SEV, SEV-ES, SEV-SNP
#define LEAF8_1F_EAX 0x1au
#define LEAF8_1F_EBX (SNP_CBIT_POSITION | 1u << 6) // one address bit less
// null selectors clear their base, LFENCE serializes
#define LEAF8_21_EAX 0x44u
#define ADDRESS_BITS 0x3030u // 48 linear, 48 physical
#define BRAND_BYTES 48

static const struct {
	uint32_t signature;
	char brand[BRAND_BYTES];
} models[CPU_MODEL_COUNT] = {
	[CPU_MODEL_MILAN] = { 0x00a00f11, "AMD EPYC 7003 (EMULATED)" },
	[CPU_MODEL_GENOA] = { 0x00a10f10, "AMD EPYC 9004 (EMULATED)" },
	[CPU_MODEL_TURIN] = { 0x00b00f00, "AMD EPYC 9005 (EMULATED)" },
};

uint32_t cpuid_signature(void)
{
	return models[params()->cpu_model].signature;
}

static struct cpuid leaf_1(struct cpuid native)
{
	uint32_t ecx = native.ecx & LEAF1_ECX;
	// The emulator plays x2APIC itself (x2apic.h).
	ecx |= LEAF1_ECX_X2APIC;
	if ((params()->options & OPTION_HIDE_X2APIC) != 0)
		ecx &= ~LEAF1_ECX_X2APIC;
	if ((params()->options & OPTION_HIDE_CX16) != 0)
		ecx &= ~LEAF1_ECX_CX16;
	return (struct cpuid){ cpuid_signature(), native.ebx, ecx,
			       native.edx & LEAF1_EDX };
}

static struct cpuid brand_of(uint32_t leaf)
{
	struct cpuid r;
	_Static_assert(sizeof(r) * 3 == BRAND_BYTES);
	memcpy(&r,
	       models[params()->cpu_model].brand +
		       (leaf - (LEAF_EXTENDED + 2)) * sizeof(r),
	       sizeof(r));
	return r;
}

static struct cpuid basic(uint32_t leaf, uint32_t subleaf)
{
	struct cpuid native = cpu_cpuid(leaf, subleaf);
	switch (leaf) {
	case 0x00:
		native.eax = MAX_BASIC;
		return native;
	case 0x01:
		return leaf_1(native);
	case 0x07:
		if (subleaf != 0)
			break;
		return (struct cpuid){ 0, native.ebx & LEAF7_EBX,
				       native.ecx & LEAF7_ECX, 0 };
	case 0x0b: // one thread, one core
		return (struct cpuid){ 0, subleaf < 2 ? 1 : 0,
				       subleaf | (subleaf + 1) % 3 << 8, 0 };
	default:
		break;
	}
	return (struct cpuid){ 0, 0, 0, 0 };
}

static struct cpuid extended(uint32_t leaf, uint32_t subleaf)
{
	struct cpuid native = cpu_cpuid(leaf, subleaf);
	switch (leaf) {
	case LEAF_EXTENDED:
		native.eax = MAX_EXTENDED;
		return native;
	case LEAF_EXTENDED + 0x01:
		return (struct cpuid){ cpuid_signature(), 0,
				       native.ecx & LEAF81_ECX,
				       native.edx & LEAF81_EDX };
	case LEAF_EXTENDED + 0x02:
	case LEAF_EXTENDED + 0x03:
	case LEAF_EXTENDED + 0x04:
		return brand_of(leaf);
	case LEAF_EXTENDED + 0x05: // caches and TLBs
	case LEAF_EXTENDED + 0x06:
	case LEAF_EXTENDED + 0x1d:
		return native;
	case LEAF_EXTENDED + 0x07:
		return (struct cpuid){ 0, 0, 0, LEAF87_EDX_INVARIANT_TSC };
	case LEAF_EXTENDED + 0x08:
		return (struct cpuid){ ADDRESS_BITS, native.ebx & LEAF88_EBX, 0,
				       0 };
	case LEAF_EXTENDED + 0x1f:
		return (struct cpuid){ LEAF8_1F_EAX, LEAF8_1F_EBX, 0, 0 };
	case LEAF_EXTENDED + 0x21:
		return (struct cpuid){ LEAF8_21_EAX, 0, 0, 0 };
	default:
		return (struct cpuid){ 0, 0, 0, 0 };
	}
}

struct cpuid cpuid_for(uint32_t leaf, uint32_t subleaf)
{
	if (leaf <= MAX_BASIC)
		return basic(leaf, subleaf);
	if (leaf >= LEAF_EXTENDED && leaf <= MAX_EXTENDED)
		return extended(leaf, subleaf);
	if (leaf == 0x40000000) // QEMU says that it is one
		return cpu_cpuid(leaf, 0);
	return (struct cpuid){ 0, 0, 0, 0 };
}

static const struct {
	uint32_t leaf, subleaf;
} page_leaves[] = {
	{ 0x00, 0 },       { 0x01, 0 },       { 0x02, 0 },
	{ 0x04, 0 },       { 0x05, 0 },       { 0x06, 0 },
	{ 0x07, 0 },       { 0x07, 1 },       { 0x0b, 0 },
	{ 0x0b, 1 },       { 0x40000000, 0 }, { 0x80000000, 0 },
	{ 0x80000001, 0 }, { 0x80000002, 0 }, { 0x80000003, 0 },
	{ 0x80000004, 0 }, { 0x80000005, 0 }, { 0x80000006, 0 },
	{ 0x80000007, 0 }, { 0x80000008, 0 }, { 0x8000000a, 0 },
	{ 0x80000019, 0 }, { 0x8000001a, 0 }, { 0x8000001d, 0 },
	{ 0x8000001d, 1 }, { 0x8000001d, 2 }, { 0x8000001d, 3 },
	{ 0x8000001e, 0 }, { 0x8000001f, 0 }, { 0x80000021, 0 },
};

void cpuid_page(struct snp_cpuid_page *page)
{
	_Static_assert(ARRAY_COUNT(page_leaves) <= SNP_CPUID_ENTRIES_MAX);
	memset(page, 0, sizeof(*page));
	page->count = ARRAY_COUNT(page_leaves);
	for (unsigned int i = 0; i < ARRAY_COUNT(page_leaves); i++) {
		struct cpuid r =
			cpuid_for(page_leaves[i].leaf, page_leaves[i].subleaf);
		page->entries[i] = (struct cpuid_function){
			.eax_in = page_leaves[i].leaf,
			.ecx_in = page_leaves[i].subleaf,
			.eax = r.eax,
			.ebx = r.ebx,
			.ecx = r.ecx,
			.edx = r.edx,
		};
	}
}
