// SPDX-License-Identifier: Apache-2.0
// Setting up and running the virtual CPU.
#include "emu/vcpu.h"

#include "abi/snp.h"
#include "abi/x86.h"
#include "emu/cpu.h"
#include "emu/die.h"
#include "emu/libc.h"
#include "emu/npt.h"

#define PAGE_BYTES 4096
#define DR7_BIT 0x80
// RFLAGS bits that are zero, and the one that is one (APM vol. 2, 3.1.6)
#define RFLAGS_FIXED 0xffffffffffc0802aull

void vcpu_enter(uint64_t gpr[REG_COUNT], uint64_t vmcb);

static struct vmcb vmcb __attribute__((aligned(PAGE_BYTES)));
static uint8_t host_save[PAGE_BYTES] __attribute__((aligned(PAGE_BYTES)));
static uint8_t io_map[3 * PAGE_BYTES] __attribute__((aligned(PAGE_BYTES)));
static uint8_t msr_map[2 * PAGE_BYTES] __attribute__((aligned(PAGE_BYTES)));

// Saved and loaded with the guest's own state on hardware: no exit.
static const uint32_t guest_msrs[] = {
	0x174,      0x175,      0x176,                  // SYSENTER
	0x277,                                          // PAT
	0x48,       0x49,                               // SPEC_CTRL, PRED_CMD
	0xc0000081, 0xc0000082, 0xc0000083, 0xc0000084, // STAR .. SFMASK
	0xc0000100, 0xc0000101, 0xc0000102,             // FS, GS, kernel GS
	0xc0000103,                                     // TSC_AUX
	0xda0,                                          // XSS
};

// 15.11: two bits for each MSR, the second range at 0x800 bytes.
static void let_msr_through(uint32_t msr)
{
	uint32_t bit = 2 * (msr & 0x1fff);
	if (msr >= 0xc0000000)
		bit += 8 * 0x800;
	msr_map[bit / 8] &= (uint8_t) ~(3u << bit % 8);
}

static void set_intercepts(void)
{
	vmcb.intercept_exceptions = 1u << VECTOR_UD;
	vmcb.intercept_misc1 =
		SVM_INTERCEPT(SVM_EXIT_RDPMC) | SVM_INTERCEPT(SVM_EXIT_CPUID) |
		SVM_INTERCEPT(SVM_EXIT_INVD) | SVM_INTERCEPT(SVM_EXIT_IOIO) |
		SVM_INTERCEPT(SVM_EXIT_MSR) | SVM_INTERCEPT(SVM_EXIT_SHUTDOWN);
	vmcb.intercept_misc2 =
		SVM_INTERCEPT(SVM_EXIT_VMRUN) |
		SVM_INTERCEPT(SVM_EXIT_VMMCALL) |
		SVM_INTERCEPT(SVM_EXIT_VMLOAD) |
		SVM_INTERCEPT(SVM_EXIT_VMSAVE) | SVM_INTERCEPT(SVM_EXIT_STGI) |
		SVM_INTERCEPT(SVM_EXIT_CLGI) | SVM_INTERCEPT(SVM_EXIT_SKINIT) |
		SVM_INTERCEPT(SVM_EXIT_WBINVD) |
		SVM_INTERCEPT(SVM_EXIT_MONITOR) | SVM_INTERCEPT(SVM_EXIT_MWAIT);
	memset(io_map, 0xff, sizeof(io_map));
	memset(msr_map, 0xff, sizeof(msr_map));
	for (unsigned int i = 0; i < sizeof(guest_msrs) / 4; i++)
		let_msr_through(guest_msrs[i]);
	vmcb.iopm_base_pa = (uint64_t)io_map;
	vmcb.msrpm_base_pa = (uint64_t)msr_map;
}

static void load_segments(const struct vmsa *vmsa)
{
	_Static_assert(sizeof(struct vmcb_segment) ==
		       sizeof(struct vmsa_segment));
	memcpy(&vmcb.es, &vmsa->es, 10 * sizeof(struct vmcb_segment));
}

void vcpu_init(struct vcpu *v, const struct vmsa *vmsa)
{
	v->vmcb = &vmcb;
	v->ghcb_gpa = GHCB_GPA_NONE;
	set_intercepts();
	vmcb.guest_asid = 1;
	vmcb.tlb_control = VMCB_TLB_FLUSH_ALL;
	vmcb.np_control = VMCB_NP_ENABLE;
	load_segments(vmsa);
	vmcb.efer = vmsa->efer;
	vmcb.cr4 = vmsa->cr4;
	vmcb.cr3 = vmsa->cr3;
	// QEMU's reset state; KVM starts an SNP guest with caches off too.
	vmcb.cr0 = vmsa->cr0 | CR0_CD | CR0_NW;
	vmcb.dr7 = vmsa->dr7;
	vmcb.dr6 = vmsa->dr6;
	vmcb.rflags = vmsa->rflags;
	vmcb.rip = vmsa->rip;
	vmcb.g_pat = vmsa->g_pat;
	v->gpr[REG_RDX] = vmsa->rdx;
	cpu_wrmsr(MSR_VM_HSAVE_PA, (uint64_t)host_save);
	// Task register, LDT and the system-call MSRs live in the CPU.
	__asm__ volatile("vmload %%rax" : : "a"(&vmcb) : "memory");
}

void vcpu_set_sev_status(struct vcpu *v, uint64_t sev_status)
{
	bool own_debug = (sev_status & SEV_STATUS_DEBUG_SWAP) != 0;
	v->sev_status = sev_status;
	v->vmcb->intercept_dr_read = own_debug ? 0 : DR7_BIT;
	v->vmcb->intercept_dr_write = own_debug ? 0 : DR7_BIT;
}

void vcpu_trap_rdtsc(struct vcpu *v)
{
	v->vmcb->intercept_misc1 |= SVM_INTERCEPT(SVM_EXIT_RDTSC);
	v->vmcb->intercept_misc2 |= SVM_INTERCEPT(SVM_EXIT_RDTSCP);
}

static void check_state(struct vcpu *v)
{
	// QEMU 7.2 can corrupt RFLAGS around CMPXCHG16B: stop rather than
	// run on with it.
	if ((v->vmcb->rflags & RFLAGS_FIXED) != RFLAGS_RESERVED1)
		die(v, "QEMU corrupted the guest's RFLAGS");
}

void vcpu_run(struct vcpu *v)
{
	// Page walks, fetches and accesses without paging are private.
	bool paged = vcpu_is_paged(v) && vcpu_is_long(v);
	v->vmcb->n_cr3 = paged ? npt_root() : npt_root_unpaged();
	vcpu_enter(v->gpr, (uint64_t)v->vmcb);
	v->exit_count++;
	check_state(v);
}

uint64_t *vcpu_reg(struct vcpu *v, unsigned int number)
{
	if (number == REG_RAX)
		return &v->vmcb->rax;
	if (number == REG_RSP)
		return &v->vmcb->rsp;
	return &v->gpr[number];
}

void vcpu_skip(struct vcpu *v, unsigned int bytes)
{
	v->vmcb->rip += bytes;
	if (!vcpu_is_code64(v))
		v->vmcb->rip &= 0xffffffff;
	v->vmcb->interrupt_shadow = 0;
}

bool vcpu_is_paged(const struct vcpu *v)
{
	return (v->vmcb->cr0 & CR0_PG) != 0;
}

bool vcpu_is_long(const struct vcpu *v)
{
	return (v->vmcb->efer & EFER_LMA) != 0;
}

bool vcpu_is_code64(const struct vcpu *v)
{
	return vcpu_is_long(v) &&
	       (v->vmcb->cs.attributes & SEGMENT_ATTR_LONG) != 0;
}

uint64_t vcpu_linear_rip(const struct vcpu *v)
{
	if (vcpu_is_code64(v))
		return v->vmcb->rip;
	return (uint32_t)(v->vmcb->cs.base + v->vmcb->rip);
}

void vcpu_watch_cr0(struct vcpu *v)
{
	bool can_turn_on = (v->vmcb->efer & EFER_LME) != 0 && !vcpu_is_paged(v);
	v->vmcb->intercept_cr_write = can_turn_on ? 1 : 0;
}
