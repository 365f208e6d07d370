// SPDX-License-Identifier: Apache-2.0
// Page states (APM vol. 2, 15.36; vol. 3, PVALIDATE and RMPADJUST).
#include "tests/emu/payload/ghcb.h"
#include "tests/emu/payload/memory.h"
#include "tests/emu/payload/say.h"
#include "tests/emu/payload/scenarios.h"
#include "tests/emu/payload/trap.h"

#define WRITTEN 0x1122334455667788ull
#define READ_WRITE (3u << RMPADJUST_PERMISSIONS_SHIFT)
#define UNMAPPED 0x8000000000ull
#define RET_CODE 0xc3c3c3c3c3c3c3c3ull

static void touch_private(uint64_t gpa)
{
	(void)*private_at(gpa);
}

static void write_private(uint64_t gpa)
{
	*private_at(gpa) = WRITTEN;
}

static void validate(const char *what, uint64_t gpa, unsigned int size,
		     bool state)
{
	bool unchanged;
	uint32_t result = pvalidate(gpa, size, state, &unchanged);
	SAY2(what, FACT("result", result), FACT("carry", unchanged));
}

static void pvalidate_again(uint64_t gpa)
{
	bool unchanged;
	pvalidate(gpa, SNP_PAGE_SIZE_4K, true, &unchanged);
}

static void small_pages(void)
{
	uint64_t gpa = page_take();
	validate("validate a valid page", gpa, SNP_PAGE_SIZE_4K, true);
	validate("rescind", gpa, SNP_PAGE_SIZE_4K, false);
	validate("rescind twice", gpa, SNP_PAGE_SIZE_4K, false);
	trap_say("read of a rescinded page", trap_try(touch_private, gpa));
	trap_say("write to a rescinded page", trap_try(write_private, gpa));
	validate("validate", gpa, SNP_PAGE_SIZE_4K, true);
	validate("validate twice", gpa, SNP_PAGE_SIZE_4K, true);
	trap_say("read of a valid page", trap_try(touch_private, gpa));
}

static void large_pages(void)
{
	validate("large, of small entries", ARENA_GPA, SNP_PAGE_SIZE_2M, true);
	validate("large, off its boundary", ARENA_LARGE_GPA + MEMORY_PAGE_BYTES,
		 SNP_PAGE_SIZE_2M, true);
	validate("large, valid", ARENA_LARGE_GPA, SNP_PAGE_SIZE_2M, true);
	validate("large, rescind", ARENA_LARGE_GPA, SNP_PAGE_SIZE_2M, false);
	trap_say("read in a rescinded large page",
		 trap_try(touch_private,
			  ARENA_LARGE_GPA + 3 * MEMORY_PAGE_BYTES));
	validate("large, validate", ARENA_LARGE_GPA, SNP_PAGE_SIZE_2M, true);
	validate("a small page of a large one", ARENA_LARGE_GPA,
		 SNP_PAGE_SIZE_4K, false);
	trap_say("read beside it",
		 trap_try(touch_private, ARENA_LARGE_GPA + MEMORY_PAGE_BYTES));
	validate("large, no longer", ARENA_LARGE_GPA, SNP_PAGE_SIZE_2M, false);
}

// A page that changes hands keeps nothing, and its two sides are two memories.
static void hands(void)
{
	uint64_t gpa = page_take();
	bool unchanged;
	*private_at(gpa) = WRITTEN;
	pvalidate(gpa, SNP_PAGE_SIZE_4K, false, &unchanged);
	page_state(gpa, PAGE_STATE_SHARED);
	SAY1("shared after private", FACT("kept", *shared_at(gpa) == WRITTEN));
	*shared_at(gpa) = ~WRITTEN;
	SAY1("shared, written", FACT("same", *shared_at(gpa) == ~WRITTEN));
	page_state(gpa, PAGE_STATE_PRIVATE);
	trap_say("private before validation", trap_try(touch_private, gpa));
	validate("validate what the host gave", gpa, SNP_PAGE_SIZE_4K, true);
	SAY2("private after shared", FACT("old", *private_at(gpa) == WRITTEN),
	     FACT("leaked", *private_at(gpa) == ~WRITTEN));
}

static void try_rmpadjust(uint64_t gpa)
{
	rmpadjust(gpa, SNP_PAGE_SIZE_4K, READ_WRITE | 1);
}

static void adjust(const char *what, uint64_t gpa, unsigned int size,
		   uint64_t attributes)
{
	SAY1(what, FACT("result", rmpadjust(gpa, size, attributes)));
}

static void permissions(void)
{
	uint64_t gpa = page_take();
	bool unchanged;
	adjust("RMPADJUST VMPL 1", gpa, SNP_PAGE_SIZE_4K, READ_WRITE | 1);
	adjust("RMPADJUST VMPL 1 to nothing", gpa, SNP_PAGE_SIZE_4K, 1);
	trap_say("VMPL 0 reads on", trap_try(touch_private, gpa));
	adjust("RMPADJUST VMPL 0", gpa, SNP_PAGE_SIZE_4K, READ_WRITE);
	adjust("RMPADJUST VMPL 4", gpa, SNP_PAGE_SIZE_4K, READ_WRITE | 4);
	adjust("RMPADJUST VMSA", gpa, SNP_PAGE_SIZE_4K, RMPADJUST_VMSA | 1);
	adjust("RMPADJUST large", gpa & ~(MEMORY_LARGE_BYTES - 1),
	       SNP_PAGE_SIZE_2M, READ_WRITE | 1);
	pvalidate(gpa, SNP_PAGE_SIZE_4K, false, &unchanged);
	trap_say("RMPADJUST of a rescinded page", trap_try(try_rmpadjust, gpa));
	bool trapped = trap_try(pvalidate_again, UNMAPPED);
	SAY2("PVALIDATE of no page",
	     FACT("vector", trapped ? trap_last()->vector : 0),
	     FACT("cr2", trap_last()->cr2));
	trap_try_user(pvalidate_again, 0);
	trap_say("PVALIDATE in ring 3", true);
	trap_try_user(try_rmpadjust, 0);
	trap_say("RMPADJUST in ring 3", true);
}

void scenario_memory(void)
{
	small_pages();
	large_pages();
	hands();
	permissions();
}

// For a host that refuses or lies: what is said first, then what is.
void scenario_page_state(void)
{
	uint64_t gpa = page_take();
	bool unchanged;
	pvalidate(gpa, SNP_PAGE_SIZE_4K, false, &unchanged);
	bool shared = page_state(gpa, PAGE_STATE_SHARED);
	SAY1("to shared", FACT("done", shared));
	if (!shared)
		return;
	*shared_at(gpa) = WRITTEN;
	bool given = page_state(gpa, PAGE_STATE_PRIVATE);
	SAY1("to private", FACT("done", given));
	if (!given)
		return;
	validate("validate", gpa, SNP_PAGE_SIZE_4K, true);
	trap_say("touch", trap_try(touch_private, gpa));
}

void scenario_touch_shared_as_private(void)
{
	touch_private(page_take_shared());
}

void scenario_touch_private_as_shared(void)
{
	*shared_at(page_take()) = WRITTEN;
}

void scenario_fetch_shared(void)
{
	uint64_t gpa = page_take_shared();
	*shared_at(gpa) = RET_CODE;
	__asm__ volatile("call *%0" : : "r"(shared_at(gpa)) : "memory");
}

void scenario_validate_shared(void)
{
	pvalidate_again(page_take_shared());
}

void scenario_share_validated(void)
{
	page_state(page_take(), PAGE_STATE_SHARED);
}
