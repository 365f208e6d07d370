// SPDX-License-Identifier: Apache-2.0
#include "tests/emu/payload/memory.h"

#include "tests/emu/payload/ghcb.h"
#include "tests/emu/payload/say.h"

static uint64_t next_gpa = ARENA_MARK_GPA + MEMORY_PAGE_BYTES;

uint64_t page_take(void)
{
	uint64_t gpa = next_gpa;
	next_gpa += MEMORY_PAGE_BYTES;
	return gpa;
}

uint64_t page_take_shared(void)
{
	uint64_t gpa = page_take();
	bool unchanged;
	if (pvalidate(gpa, SNP_PAGE_SIZE_4K, false, &unchanged) != SNP_OK ||
	    unchanged || !page_state(gpa, PAGE_STATE_SHARED))
		give_up("no shared page");
	return gpa;
}

uint32_t pvalidate(uint64_t gpa, unsigned int size, bool validate,
		   bool *unchanged)
{
	uint64_t rax = gpa;
	bool carry;
	__asm__ volatile(".byte 0xf2, 0x0f, 0x01, 0xff"
			 : "+a"(rax), "=@ccc"(carry)
			 : "c"(size), "d"((uint32_t)validate)
			 : "memory");
	*unchanged = carry;
	return (uint32_t)rax;
}

uint64_t rmpadjust(uint64_t gpa, unsigned int size, uint64_t attributes)
{
	uint64_t rax = gpa;
	__asm__ volatile(".byte 0xf3, 0x0f, 0x01, 0xfe"
			 : "+a"(rax)
			 : "c"((uint64_t)size), "d"(attributes)
			 : "memory", "cc");
	return rax;
}

bool page_state(uint64_t gpa, enum page_state_op op)
{
	uint64_t answer =
		ghcb_msr((uint64_t)op << GHCB_MSR_PAGE_STATE_OP_SHIFT | gpa |
			 GHCB_MSR_PAGE_STATE_REQUEST);
	return answer == GHCB_MSR_PAGE_STATE_RESPONSE;
}
