// SPDX-License-Identifier: Apache-2.0
// Looks leaves up in a copy of the CPUID page.
#include "kernel/snp/cpuid_page.h"

#include <stddef.h>
#include <string.h>

#include "base/check.h"

#define LEAF_XSAVE 0x0000000d
#define LEAF_MEMORY_ENCRYPTION 0x8000001f
#define C_BIT_MASK 0x3f // EBX[5:0]
// Below, it would be an address bit that guests use; above, the entry's flags
// begin (APM volume 2, 5.3.3).
#define C_BIT_MIN 32
#define C_BIT_MAX 51

static struct snp_cpuid_page copy;
static bool is_there;

// Leaves whose answer depends on ECX (APM volume 3, E.3 and E.4).
static bool has_subleaves(uint32_t leaf)
{
	switch (leaf) {
	case 0x00000004:
	case 0x00000007:
	case 0x0000000b:
	case 0x0000000d:
	case 0x0000000f:
	case 0x00000010:
	case 0x8000001d:
	case 0x80000020:
	case 0x80000026:
		return true;
	default:
		return false;
	}
}

// Subleaves 0 and 1 of leaf D tell sizes that depend on XCR0 and XSS. The page
// may have them for several; those for x87 and SSE alone are the ones that hold
// as long as neither register is changed.
static bool is_for_this_state(const struct cpuid_function *f)
{
	if (f->eax_in != LEAF_XSAVE || f->ecx_in > 1)
		return true;
	return (f->xcr0_in == 1 || f->xcr0_in == 3) && f->xss_in == 0;
}

static const struct cpuid_function *find(const struct snp_cpuid_page *page,
					 uint32_t leaf, uint32_t subleaf)
{
	for (uint32_t i = 0; i < page->count; i++) {
		const struct cpuid_function *f = &page->entries[i];

		if (f->eax_in == leaf &&
		    (f->ecx_in == subleaf || !has_subleaves(leaf)) &&
		    is_for_this_state(f))
			return f;
	}
	return NULL;
}

static unsigned int c_bit_of(const struct cpuid_function *f)
{
	return f->ebx & C_BIT_MASK;
}

static enum err judge(const struct snp_cpuid_page *page)
{
	const struct cpuid_function *f;

	if (page->count == 0 || page->count > SNP_CPUID_ENTRIES_MAX)
		return ERR_BAD_INPUT;
	f = find(page, LEAF_MEMORY_ENCRYPTION, 0);
	if (!f || c_bit_of(f) < C_BIT_MIN || c_bit_of(f) > C_BIT_MAX)
		return ERR_BAD_INPUT;
	return OK;
}

enum err cpuid_page_take(const struct snp_cpuid_page *page)
{
	memcpy(&copy, page, sizeof(copy));
	TRY(judge(&copy));
	is_there = true;
	return OK;
}

bool cpuid_page_is_there(void)
{
	return is_there;
}

struct cpuid cpuid_page_read(uint32_t leaf, uint32_t subleaf)
{
	const struct cpuid_function *f = find(&copy, leaf, subleaf);

	if (!f)
		return (struct cpuid){ 0 };
	return (struct cpuid){ f->eax, f->ebx, f->ecx, f->edx };
}

unsigned int cpuid_page_c_bit(void)
{
	const struct cpuid_function *f = find(&copy, LEAF_MEMORY_ENCRYPTION, 0);

	CHECK(is_there && f);
	return c_bit_of(f);
}
