// SPDX-License-Identifier: Apache-2.0
#include "tests/fake/rmp.h"

#include <string.h>

#include "abi/layout.h"
#include "abi/snp.h"
#include "base/check.h"
#include "kernel/mem/page_pool.h"
#include "kernel/snp/rmp.h"
#include "tests/fake/ram.h"

static bool is_validated[FAKE_RAM_PAGES];
static uint32_t answer;
static struct fake_adjust adjusted;

jmp_buf fake_halt_jump;
enum halt_reason fake_halt_reason;

void fake_rmp_reset(void)
{
	for (size_t i = 0; i < FAKE_RAM_PAGES; i++)
		is_validated[i] = true;
	answer = SNP_OK;
	memset(&adjusted, 0, sizeof(adjusted));
}

bool fake_rmp_is_validated(size_t page)
{
	return is_validated[page];
}

void fake_rmp_set_validated(size_t page, bool validated)
{
	is_validated[page] = validated;
}

void fake_rmp_refuse(uint32_t result)
{
	answer = result;
}

struct fake_adjust fake_rmp_adjusted(void)
{
	return adjusted;
}

static bool *entry_of(uintptr_t page)
{
	uint64_t offset =
		page_pool_phys((const void *)page).value - FAKE_RAM_BASE;

	CHECK(offset % PAGE_SIZE == 0);
	return &is_validated[offset / PAGE_SIZE];
}

uint32_t rmp_validate(uintptr_t page, bool validate, bool *changed)
{
	bool *entry = entry_of(page);

	if (answer != SNP_OK)
		return answer;
	*changed = *entry != validate;
	*entry = validate;
	return SNP_OK;
}

uint64_t rmp_adjust(uintptr_t page, unsigned int target,
		    unsigned int permissions)
{
	adjusted = (struct fake_adjust){ page, target, permissions };
	return answer;
}

void halt(enum halt_reason reason, const char *line)
{
	(void)line;
	fake_halt_reason = reason;
	longjmp(fake_halt_jump, 1);
}
