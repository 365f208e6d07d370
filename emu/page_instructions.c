// SPDX-License-Identifier: Apache-2.0
// The two instructions by which the guest changes its pages' state.
#include "emu/page_instructions.h"

#include "abi/x86.h"
#include "emu/die.h"
#include "emu/guest_memory.h"
#include "emu/inject.h"
#include "emu/rmp.h"
#include "emu/trace.h"

#define RFLAGS_CF 0x001ull
// CF, PF, AF, ZF, SF, OF: set by the result
#define RFLAGS_ARITHMETIC 0x8d5ull

// The page that RAX names, or false when the guest gets a fault instead.
static bool page_of_rax(struct vcpu *v, uint64_t *gpa)
{
	uint64_t linear = v->vmcb->rax;
	if (!vcpu_is_code64(v))
		linear = (uint32_t)linear;
	linear &= ~(GUEST_PAGE_BYTES - 1);
	if (v->vmcb->cpl != 0) {
		inject_exception_error(v, VECTOR_GP, 0);
		return false;
	}
	switch (guest_translate(v, linear, gpa)) {
	case OK:
		break;
	case ERR_NOT_FOUND:
		inject_page_fault(v, linear, 0);
		return false;
	default:
		die(v, "page instruction: the address can't be walked");
	}
	*gpa &= ~CBIT;
	if (!rmp_is_memory(*gpa))
		die_at(v, "page instruction: not a page of memory", *gpa);
	return true;
}

static void finish(struct vcpu *v, enum snp_instruction_result result,
		   bool carry)
{
	v->vmcb->rax = result;
	v->vmcb->rflags &= ~RFLAGS_ARITHMETIC;
	if (result == SNP_OK && carry)
		v->vmcb->rflags |= RFLAGS_CF;
	vcpu_skip(v, PAGE_INSTRUCTION_BYTES);
}

// A host that hasn't assigned the page gets an exit (RMP violation), and might
// assign it. This one doesn't.
static void require_assigned(struct vcpu *v, uint64_t gpa, unsigned int pages)
{
	for (unsigned int i = 0; i < pages; i++) {
		uint64_t page = gpa + i * GUEST_PAGE_BYTES;
		if (rmp_is_shared(page))
			die_at(v, "page instruction: the page isn't assigned",
			       page);
	}
}

// APM vol. 3, PVALIDATE: a 2 MiB request needs a 2 MiB entry. (A 4 KiB one on
// a 2 MiB entry exits, and the host splits the entry.)
static enum snp_instruction_result check_size(uint64_t gpa, bool large)
{
	if (!large)
		return SNP_OK;
	if (gpa % GUEST_LARGE_BYTES != 0)
		return SNP_FAIL_INPUT;
	if (!rmp_is_memory(gpa + GUEST_LARGE_BYTES - 1) ||
	    (rmp_entry_of(gpa)->flags & RMP_LARGE) == 0)
		return SNP_FAIL_SIZE_MISMATCH;
	return SNP_OK;
}

void pvalidate(struct vcpu *v)
{
	uint64_t gpa;
	if (!page_of_rax(v, &gpa))
		return;
	// Bit 0 alone counts: Linux leaves other bits as they are.
	bool large = (v->gpr[REG_RCX] & 1) == SNP_PAGE_SIZE_2M;
	bool validate = (v->gpr[REG_RDX] & 1) == 1;
	enum snp_instruction_result result = check_size(gpa, large);
	if (result != SNP_OK) {
		finish(v, result, false);
		return;
	}
	unsigned int pages = large ? SNP_LARGE_PAGES : 1;
	require_assigned(v, gpa, pages);
	if (!large)
		rmp_smash(gpa);
	bool unchanged = rmp_is_valid(gpa) == validate;
	if (!unchanged) {
		for (unsigned int i = 0; i < pages; i++)
			rmp_set_validated(gpa + i * GUEST_PAGE_BYTES, validate);
	}
	trace_pages(validate ? "PVALIDATE" : "PVALIDATE away", gpa, pages);
	finish(v, SNP_OK, unchanged);
}

static enum snp_instruction_result adjust(struct vcpu *v, uint64_t gpa,
					  bool large)
{
	uint64_t rdx = v->gpr[REG_RDX];
	unsigned int target = rdx & RMPADJUST_VMPL_MASK;
	bool vmsa = (rdx & RMPADJUST_VMSA) != 0;
	if (target >= SNP_VMPL_COUNT)
		return SNP_FAIL_INPUT;
	if (target <= v->vmpl)
		return SNP_FAIL_PERMISSION;
	if (vmsa && (large || v->vmpl != 0))
		return large ? SNP_FAIL_INPUT : SNP_FAIL_PERMISSION;
	uint8_t permissions = rdx >> RMPADJUST_PERMISSIONS_SHIFT &
			      RMPADJUST_PERMISSIONS_MASK;
	unsigned int pages = large ? SNP_LARGE_PAGES : 1;
	for (unsigned int i = 0; i < pages; i++)
		rmp_set_permissions(gpa + i * GUEST_PAGE_BYTES, target,
				    permissions, vmsa);
	return SNP_OK;
}

void rmpadjust(struct vcpu *v)
{
	uint64_t gpa;
	if (!page_of_rax(v, &gpa))
		return;
	bool large = (v->gpr[REG_RCX] & 1) == SNP_PAGE_SIZE_2M;
	enum snp_instruction_result result = check_size(gpa, large);
	if (result == SNP_OK) {
		require_assigned(v, gpa, large ? SNP_LARGE_PAGES : 1);
		if (!rmp_is_valid(gpa)) {
			inject_vc(v, SVM_EXIT_PAGE_NOT_VALIDATED);
			return;
		}
		if (!large)
			rmp_smash(gpa);
		result = adjust(v, gpa, large);
	}
	trace_pages("RMPADJUST", gpa, v->gpr[REG_RDX]);
	finish(v, result, false);
}
