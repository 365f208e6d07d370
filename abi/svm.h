// SPDX-License-Identifier: Apache-2.0
// The virtual machine control block (AMD APM vol. 2, appendix B) and the exit
// codes (appendix C), as far as a hypervisor without AVIC uses them.
#pragma once

#include <stddef.h>
#include <stdint.h>

struct vmcb_segment {
	uint16_t selector;
	uint16_t attributes; // descriptor bits 55:52, 47:40 (15.5.1)
	uint32_t limit;
	uint64_t base;
};

#define SEGMENT_ATTR_LONG 0x200
#define SEGMENT_ATTR_PRESENT 0x80

// B.1 and B.2, packed into one page.
struct vmcb {
	uint16_t intercept_cr_read, intercept_cr_write;
	uint16_t intercept_dr_read, intercept_dr_write;
	uint32_t intercept_exceptions;
	uint32_t intercept_misc1; // exit codes 60 to 7f
	uint32_t intercept_misc2; // exit codes 80 to 9f
	uint8_t unset_014[0x40 - 0x14];
	uint64_t iopm_base_pa, msrpm_base_pa, tsc_offset;
	uint32_t guest_asid;
	uint8_t tlb_control;
	uint8_t unset_05d[3];
	uint32_t int_control, int_vector;
	uint64_t interrupt_shadow;
	uint64_t exitcode, exitinfo1, exitinfo2, exitintinfo;
	uint64_t np_control;
	uint8_t unset_098[0xa8 - 0x98];
	uint64_t eventinj, n_cr3, lbr_control;
	uint8_t unset_0c0[0x400 - 0xc0];
	struct vmcb_segment es, cs, ss, ds, fs, gs, gdtr, ldtr, idtr, tr;
	uint8_t unset_4a0[0x4cb - 0x4a0];
	uint8_t cpl;
	uint8_t unset_4cc[4];
	uint64_t efer;
	uint8_t unset_4d8[0x548 - 0x4d8];
	uint64_t cr4, cr3, cr0, dr7, dr6, rflags, rip;
	uint8_t unset_580[0x5d8 - 0x580];
	uint64_t rsp;
	uint8_t unset_5e0[0x5f8 - 0x5e0];
	uint64_t rax, star, lstar, cstar, sfmask, kernel_gs_base;
	uint64_t sysenter_cs, sysenter_esp, sysenter_eip, cr2;
	uint8_t unset_648[0x668 - 0x648];
	uint64_t g_pat;
	uint8_t unset_670[0x1000 - 0x670];
};

_Static_assert(offsetof(struct vmcb, intercept_misc1) == 0x00c);
_Static_assert(offsetof(struct vmcb, iopm_base_pa) == 0x040);
_Static_assert(offsetof(struct vmcb, guest_asid) == 0x058);
_Static_assert(offsetof(struct vmcb, interrupt_shadow) == 0x068);
_Static_assert(offsetof(struct vmcb, exitcode) == 0x070);
_Static_assert(offsetof(struct vmcb, np_control) == 0x090);
_Static_assert(offsetof(struct vmcb, eventinj) == 0x0a8);
_Static_assert(offsetof(struct vmcb, es) == 0x400);
_Static_assert(offsetof(struct vmcb, tr) == 0x490);
_Static_assert(offsetof(struct vmcb, cpl) == 0x4cb);
_Static_assert(offsetof(struct vmcb, efer) == 0x4d0);
_Static_assert(offsetof(struct vmcb, cr4) == 0x548);
_Static_assert(offsetof(struct vmcb, rip) == 0x578);
_Static_assert(offsetof(struct vmcb, rsp) == 0x5d8);
_Static_assert(offsetof(struct vmcb, rax) == 0x5f8);
_Static_assert(offsetof(struct vmcb, cr2) == 0x640);
_Static_assert(offsetof(struct vmcb, g_pat) == 0x668);
_Static_assert(sizeof(struct vmcb) == 0x1000);

// C, table C-1. The GHCB's events use the same numbers.
#define SVM_EXIT_WRITE_CR0 0x10
#define SVM_EXIT_READ_DR7 0x27
#define SVM_EXIT_WRITE_DR7 0x37
#define SVM_EXIT_EXCEPTION(vector) (0x40 + (vector))
#define SVM_EXIT_RDTSC 0x6e
#define SVM_EXIT_RDPMC 0x6f
#define SVM_EXIT_CPUID 0x72
#define SVM_EXIT_INVD 0x76
#define SVM_EXIT_IOIO 0x7b
#define SVM_EXIT_MSR 0x7c
#define SVM_EXIT_SHUTDOWN 0x7f
#define SVM_EXIT_VMRUN 0x80
#define SVM_EXIT_VMMCALL 0x81
#define SVM_EXIT_VMLOAD 0x82
#define SVM_EXIT_VMSAVE 0x83
#define SVM_EXIT_STGI 0x84
#define SVM_EXIT_CLGI 0x85
#define SVM_EXIT_SKINIT 0x86
#define SVM_EXIT_RDTSCP 0x87
#define SVM_EXIT_WBINVD 0x89
#define SVM_EXIT_MONITOR 0x8a
#define SVM_EXIT_MWAIT 0x8b
#define SVM_EXIT_NPF 0x400
#define SVM_EXIT_PAGE_NOT_VALIDATED 0x404 // 15.36.10: only ever in a #VC
#define SVM_EXIT_INVALID (~0ull)

// The bit of an exit code in intercept_misc1 or intercept_misc2
#define SVM_INTERCEPT(exit_code) (1u << ((exit_code)&0x1f))

#define VMCB_TLB_FLUSH_ALL 1
#define VMCB_NP_ENABLE 1ull

// 15.20: EVENTINJ, and EXITINTINFO in 15.7.2
#define EVENT_VECTOR_MASK 0xffull
#define EVENT_TYPE_MASK 0x700ull
#define EVENT_TYPE_INTR 0x000ull
#define EVENT_TYPE_NMI 0x200ull
#define EVENT_TYPE_EXCEPTION 0x300ull
#define EVENT_TYPE_SOFTWARE 0x400ull
#define EVENT_ERROR_VALID 0x800ull
#define EVENT_VALID 0x80000000ull
#define EVENT_ERROR_SHIFT 32

// 15.25.6: EXITINFO1 of a nested page fault
#define NPF_PRESENT 0x001ull
#define NPF_WRITE 0x002ull
#define NPF_USER 0x004ull
#define NPF_RESERVED 0x008ull
#define NPF_FETCH 0x010ull
#define NPF_FINAL 0x100000000ull
#define NPF_TABLE_WALK 0x200000000ull

#define MSR_VM_HSAVE_PA 0xc0010117
#define EFER_SVME 0x1000
