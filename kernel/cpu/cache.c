// SPDX-License-Identifier: Apache-2.0
// Memory types: the PAT and the MTRRs (APM volume 2, 7.7 and 7.8).
#include "kernel/cpu/cache.h"

#include "abi/x86.h"
#include "base/num.h"
#include "kernel/cpu/features.h"
#include "kernel/cpu/mtrr.h"
#include "kernel/cpu/regs.h"
#include "kernel/snp/snp.h"

#define PAT_FIELD(index, type) ((uint64_t)(type) << (8 * (index)))

// The types that a reset gives (7.8), so that PWT and PCD mean what they
// always meant; the second half repeats the first.
#define PAT_HALF                                                       \
	(PAT_FIELD(0, MEMORY_TYPE_WB) | PAT_FIELD(1, MEMORY_TYPE_WT) | \
	 PAT_FIELD(2, MEMORY_TYPE_UC_MINUS) | PAT_FIELD(3, MEMORY_TYPE_UC))
#define PAT_VALUE (PAT_HALF | PAT_HALF << 32)

static void tlb_flush(void)
{
	write_cr3(read_cr3());
}

// 7.6.2 and 7.7: caches off and empty around a change of types. Returns the
// CR0 to go back to. PGE is off already.
static uint64_t caches_stop(void)
{
	uint64_t cr0 = read_cr0();

	write_cr0((cr0 | CR0_CD) & ~(uint64_t)CR0_NW);
	write_back_caches();
	tlb_flush();
	return cr0;
}

static void caches_start(uint64_t cr0)
{
	write_back_caches();
	tlb_flush();
	write_cr0(cr0);
}

static void pat_write(void)
{
	uint64_t cr0;

	// Under SEV-SNP emptying the caches is the host's privilege (WBINVD is
	// intercepted). No memory of ours had another type, so there's no need.
	if (snp_is_on()) {
		write_msr(MSR_PAT, PAT_VALUE);
		return;
	}
	if (read_msr(MSR_PAT) == PAT_VALUE)
		return;
	cr0 = caches_stop();
	write_msr(MSR_PAT, PAT_VALUE);
	caches_start(cr0);
}

static size_t variable_count(void)
{
	return min_size(read_msr(MSR_MTRR_CAP) & MTRR_CAP_COUNT_MASK,
			MTRR_VARIABLE_LIMIT);
}

static struct mtrr_state mtrr_read(void)
{
	struct mtrr_state state = {
		.def_type = read_msr(MSR_MTRR_DEF_TYPE),
		.variable_count = variable_count(),
	};

	for (uint32_t i = 0; i < state.variable_count; i++) {
		state.variable[i].base = read_msr(MSR_MTRR_PHYS_BASE(i));
		state.variable[i].mask = read_msr(MSR_MTRR_PHYS_MASK(i));
	}
	return state;
}

// All memory write-back, no exceptions: devices get their type from the PAT.
static void mtrr_program(void)
{
	uint64_t cr0 = caches_stop();
	size_t count = variable_count();

	write_msr(MSR_MTRR_DEF_TYPE, 0);
	for (uint32_t i = 0; i < count; i++)
		write_msr(MSR_MTRR_PHYS_MASK(i), 0);
	write_msr(MSR_MTRR_DEF_TYPE, MTRR_DEF_TYPE_ENABLE | MEMORY_TYPE_WB);
	caches_start(cr0);
}

enum cache_verdict cache_init(const struct boot_region *regions, size_t count)
{
	struct mtrr_state state;

	pat_write();
	// With nested paging a type is made of the guest's PAT and the nested
	// tables' (APM volume 2, 15.25.8); the guest's MTRRs are registers that
	// the host plays, with no effect.
	if (snp_is_on())
		return CACHE_NO_MTRR;
	if (!cpu_has(CPU_MTRR))
		return CACHE_NO_MTRR;
	state = mtrr_read();
	if (mtrr_all_write_back(&state, cpu_physical_bits(), regions, count))
		return CACHE_AS_FOUND;
	mtrr_program();
	return CACHE_PROGRAMMED;
}
