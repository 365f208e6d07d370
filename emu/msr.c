// SPDX-License-Identifier: Apache-2.0
// RDMSR and WRMSR.
#include "emu/msr.h"

#include "abi/ghcb.h"
#include "abi/snp.h"
#include "abi/x86.h"
#include "base/num.h"
#include "emu/cpu.h"
#include "emu/inject.h"
#include "emu/trace.h"
#include "emu/x2apic.h"

#define MSR_BYTES 2

enum msr_kind {
	MSR_NATIVE,    // QEMU's own
	MSR_FIXED,     // reads one value, writes are dropped
	MSR_READ_ONLY, // reads one value, a write is #GP
};

struct msr_range {
	uint32_t first, last;
	enum msr_kind kind;
	uint64_t value;
};

#define HWCR_TSC_FREQ_SEL 0x1000000 // the TSC counts at P0's frequency

static const struct msr_range ranges[] = {
	{ 0x10, 0x10, MSR_NATIVE, 0 },    // TSC
	{ 0x17, 0x17, MSR_READ_ONLY, 0 }, // PLATFORM_ID
	{ 0x8b, 0x8b, MSR_NATIVE, 0 },    // PATCH_LEVEL
	{ 0xfe, 0xfe, MSR_NATIVE, 0 },    // MTRRcap
	{ 0x179, 0x17b, MSR_FIXED, 0 },   // MCG
	{ 0x1d9, 0x1d9, MSR_FIXED, 0 },   // DEBUGCTL
	{ 0x200, 0x20f, MSR_NATIVE, 0 },  // MTRRs
	{ 0x250, 0x250, MSR_NATIVE, 0 },
	{ 0x258, 0x259, MSR_NATIVE, 0 },
	{ 0x268, 0x26f, MSR_NATIVE, 0 },
	{ 0x2ff, 0x2ff, MSR_NATIVE, 0 },
	{ 0x400, 0x47f, MSR_FIXED, 0 },           // machine-check banks
	{ 0xc0000104, 0xc0000104, MSR_FIXED, 0 }, // TSC_RATIO
	{ 0xc0010000, 0xc0010007, MSR_FIXED, 0 }, // performance counters
	{ 0xc0010010, 0xc0010010, MSR_FIXED, 0 }, // SYSCFG
	{ 0xc0010015, 0xc0010015, MSR_FIXED, HWCR_TSC_FREQ_SEL },
	{ 0xc001001f, 0xc001001f, MSR_FIXED, 0 },     // NB_CFG
	{ 0xc0010055, 0xc0010055, MSR_READ_ONLY, 0 }, // interrupt pending
	{ 0xc0010058, 0xc0010058, MSR_FIXED, 0 },     // MMIO configuration
	{ 0xc0010114, 0xc0010114, MSR_FIXED, 0 },     // VM_CR
	{ 0xc0010117, 0xc0010117, MSR_FIXED, 0 },     // VM_HSAVE_PA
	{ 0xc0010140, 0xc0010141, MSR_FIXED, 0 },     // OSVW
	{ 0xc0010200, 0xc001020b, MSR_FIXED, 0 },     // performance counters
	{ 0xc0011020, 0xc0011029, MSR_FIXED, 0 },     // LS_CFG .. DE_CFG
};

static const struct msr_range *find(uint32_t msr)
{
	for (unsigned int i = 0; i < ARRAY_COUNT(ranges); i++) {
		if (msr >= ranges[i].first && msr <= ranges[i].last)
			return &ranges[i];
	}
	return NULL;
}

enum err msr_read(struct vcpu *v, uint32_t msr, uint64_t *value)
{
	if (x2apic_owns(msr))
		return x2apic_read(msr, value);
	const struct msr_range *range = find(msr);
	if (range == NULL) {
		trace_unknown_msr(v, false, msr, 0);
		return ERR_NOT_FOUND;
	}
	*value = range->kind == MSR_NATIVE ? cpu_rdmsr(msr) : range->value;
	return OK;
}

enum err msr_write(struct vcpu *v, uint32_t msr, uint64_t value)
{
	if (x2apic_owns(msr))
		return x2apic_write(msr, value);
	const struct msr_range *range = find(msr);
	if (range == NULL || range->kind == MSR_READ_ONLY) {
		trace_unknown_msr(v, true, msr, value);
		return ERR_NOT_FOUND;
	}
	if (range->kind == MSR_NATIVE)
		cpu_wrmsr(msr, value);
	return OK;
}

// SVME must be set for VMRUN and VMMCALL to work under QEMU; the guest doesn't
// see it.
static void write_efer(struct vcpu *v, uint64_t value)
{
	uint64_t lma = v->vmcb->efer & EFER_LMA;
	v->vmcb->efer = (value & ~(uint64_t)EFER_LMA) | EFER_SVME | lma;
	vcpu_watch_cr0(v);
}

// What the hardware keeps for an SNP guest: no #VC.
static bool own_read(struct vcpu *v, uint32_t msr, uint64_t *value)
{
	switch (msr) {
	case MSR_GHCB:
		*value = v->ghcb_msr;
		return true;
	case MSR_SEV_STATUS:
		*value = v->sev_status;
		return true;
	case MSR_EFER:
		*value = v->vmcb->efer & ~(uint64_t)EFER_SVME;
		return true;
	case MSR_GUEST_TSC_FREQ:
		if ((v->sev_status & SEV_STATUS_SECURE_TSC) == 0)
			return false;
		*value = v->tsc_khz / 1000; // in MHz
		return true;
	default:
		return false;
	}
}

static bool own_write(struct vcpu *v, uint32_t msr, uint64_t value)
{
	switch (msr) {
	case MSR_GHCB:
		v->ghcb_msr = value;
		return true;
	case MSR_EFER:
		write_efer(v, value);
		return true;
	default:
		return false;
	}
}

void msr_exit(struct vcpu *v)
{
	uint32_t msr = (uint32_t)v->gpr[REG_RCX];
	bool write = (v->vmcb->exitinfo1 & 1) != 0;
	uint64_t value = (uint32_t)v->vmcb->rax | v->gpr[REG_RDX] << 32;
	if (write && msr == MSR_SEV_STATUS) {
		inject_exception_error(v, VECTOR_GP, 0);
		return;
	}
	bool own = write ? own_write(v, msr, value) : own_read(v, msr, &value);
	if (!own) {
		inject_vc(v, SVM_EXIT_MSR);
		return;
	}
	if (!write) {
		v->vmcb->rax = (uint32_t)value;
		v->gpr[REG_RDX] = value >> 32;
	}
	vcpu_skip(v, MSR_BYTES);
}
