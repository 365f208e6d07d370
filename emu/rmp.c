// SPDX-License-Identifier: Apache-2.0
// The reverse map table, and which memory stands behind a guest's page.
#include "emu/rmp.h"

#include "base/check.h"
#include "emu/layout.h"
#include "emu/libc.h"
#include "emu/npt.h"

// What a page holds that changed hands: never what was there before.
#define STALE_BYTE 0xa5

static struct rmp_entry *const table = (struct rmp_entry *)EMU_RMP;
static uint64_t ram_bytes;
static uint64_t firmware_base;

static struct rmp_entry *entry_at(uint64_t gpa)
{
	CHECK(rmp_is_memory(gpa));
	return &table[gpa / GUEST_PAGE_BYTES];
}

void rmp_init(uint64_t ram, uint64_t firmware_bytes)
{
	ram_bytes = ram;
	firmware_base = EMU_GUEST_TOP - firmware_bytes;
	for (uint64_t gpa = 0; gpa < ram; gpa += GUEST_PAGE_BYTES)
		entry_at(gpa)->flags = RMP_ASSIGNED | RMP_LARGE;
	for (uint64_t gpa = firmware_base; gpa < EMU_GUEST_TOP;
	     gpa += GUEST_PAGE_BYTES)
		entry_at(gpa)->flags = RMP_ASSIGNED;
}

bool rmp_is_firmware(uint64_t gpa)
{
	return gpa >= firmware_base && gpa < EMU_GUEST_TOP;
}

bool rmp_is_memory(uint64_t gpa)
{
	return gpa < ram_bytes || rmp_is_firmware(gpa);
}

uint64_t rmp_ram_bytes(void)
{
	return ram_bytes;
}

const struct rmp_entry *rmp_entry_of(uint64_t gpa)
{
	return entry_at(gpa);
}

bool rmp_is_shared(uint64_t gpa)
{
	return (entry_at(gpa)->flags & RMP_ASSIGNED) == 0;
}

bool rmp_is_valid(uint64_t gpa)
{
	uint8_t flags = entry_at(gpa)->flags;
	return (flags & RMP_ASSIGNED) != 0 && (flags & RMP_VALIDATED) != 0;
}

void *rmp_private_bytes(uint64_t gpa)
{
	if (rmp_is_firmware(gpa))
		return (uint8_t *)EMU_FIRMWARE + (gpa - firmware_base);
	CHECK(gpa < ram_bytes);
	return (uint8_t *)EMU_PRIVATE + gpa;
}

void *rmp_shared_bytes(uint64_t gpa)
{
	if (rmp_is_firmware(gpa))
		return (uint8_t *)EMU_FIRMWARE_SHARED + (gpa - firmware_base);
	CHECK(gpa < ram_bytes);
	// The first bytes of memory are at address 0, where C has no object.
	uint8_t *zero = NULL;
	__asm__("" : "+r"(zero));
	return zero + gpa;
}

static void *page_start(void *at)
{
	return (void *)((uintptr_t)at & ~(uintptr_t)(GUEST_PAGE_BYTES - 1));
}

void rmp_smash(uint64_t gpa)
{
	if ((entry_at(gpa)->flags & RMP_LARGE) == 0)
		return;
	uint64_t start = gpa & ~(GUEST_LARGE_BYTES - 1);
	for (unsigned int i = 0; i < SNP_LARGE_PAGES; i++)
		entry_at(start + i * GUEST_PAGE_BYTES)->flags &=
			(uint8_t)~RMP_LARGE;
}

void rmp_make_private(uint64_t gpa, bool large)
{
	struct rmp_entry *entry = entry_at(gpa);
	if (!large)
		rmp_smash(gpa);
	*entry = (struct rmp_entry){
		.flags = (uint8_t)(RMP_ASSIGNED | (large ? RMP_LARGE : 0)),
	};
	memset(page_start(rmp_private_bytes(gpa)), STALE_BYTE,
	       GUEST_PAGE_BYTES);
	npt_update(gpa);
}

void rmp_make_shared(uint64_t gpa)
{
	rmp_smash(gpa);
	*entry_at(gpa) = (struct rmp_entry){ .flags = 0 };
	memset(page_start(rmp_shared_bytes(gpa)), 0, GUEST_PAGE_BYTES);
	npt_update(gpa);
}

void rmp_set_validated(uint64_t gpa, bool validated)
{
	struct rmp_entry *entry = entry_at(gpa);
	CHECK((entry->flags & RMP_ASSIGNED) != 0);
	entry->flags &= (uint8_t) ~(RMP_VALIDATED | RMP_WALKED);
	if (validated)
		entry->flags |= RMP_VALIDATED;
	npt_update(gpa);
}

void rmp_set_permissions(uint64_t gpa, unsigned int vmpl, uint8_t permissions,
			 bool vmsa)
{
	struct rmp_entry *entry = entry_at(gpa);
	CHECK(vmpl >= 1 && vmpl < SNP_VMPL_COUNT);
	entry->permissions[vmpl - 1] = permissions;
	entry->flags &= (uint8_t)~RMP_VMSA;
	if (vmsa)
		entry->flags |= RMP_VMSA;
}

void rmp_set_walked(uint64_t gpa)
{
	entry_at(gpa)->flags |= RMP_WALKED;
	npt_update(gpa);
}

static void forget_walked(uint64_t first, uint64_t end)
{
	for (uint64_t gpa = first; gpa < end; gpa += GUEST_PAGE_BYTES) {
		if ((entry_at(gpa)->flags & RMP_WALKED) == 0)
			continue;
		entry_at(gpa)->flags &= (uint8_t)~RMP_WALKED;
		npt_update(gpa);
	}
}

void rmp_forget_walked(void)
{
	forget_walked(0, ram_bytes);
	forget_walked(firmware_base, EMU_GUEST_TOP);
}

void *rmp_launch(uint64_t gpa)
{
	rmp_smash(gpa);
	entry_at(gpa)->flags = RMP_ASSIGNED | RMP_VALIDATED;
	npt_update(gpa);
	return rmp_private_bytes(gpa);
}
