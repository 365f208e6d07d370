// SPDX-License-Identifier: Apache-2.0
// Names of the x86-64 architecture that the kernel uses, as the AMD64
// Architecture Programmer's Manual (APM), volume 2, gives them. Section
// numbers are those of publication 24593. Usable in assembly.
#pragma once

// 3.1.1 CR0 Register
#define CR0_PE 0x00000001
#define CR0_MP 0x00000002
#define CR0_EM 0x00000004
#define CR0_TS 0x00000008
#define CR0_ET 0x00000010
#define CR0_NE 0x00000020
#define CR0_WP 0x00010000
#define CR0_AM 0x00040000
#define CR0_NW 0x20000000
#define CR0_CD 0x40000000
#define CR0_PG 0x80000000

// 3.1.3 CR4 Register
#define CR4_PAE 0x00000020
#define CR4_MCE 0x00000040
#define CR4_PGE 0x00000080
#define CR4_OSFXSR 0x00000200
#define CR4_OSXMMEXCPT 0x00000400
#define CR4_UMIP 0x00000800
#define CR4_LA57 0x00001000
#define CR4_SMEP 0x00100000
#define CR4_SMAP 0x00200000

// 3.1.6 RFLAGS Register
#define RFLAGS_RESERVED1 0x2
#define RFLAGS_IF 0x200

// 3.1.7 Extended Feature Enable Register
#define MSR_EFER 0xc0000080
#define EFER_LME 0x100
#define EFER_LMA 0x400
#define EFER_NXE 0x800

// 5.3 and 5.4 Long-mode page translation: bits of a table's entry
#define PTE_PRESENT 0x001
#define PTE_WRITE 0x002
#define PTE_USER 0x004
#define PTE_PWT 0x008
#define PTE_PCD 0x010
#define PTE_ACCESSED 0x020
#define PTE_DIRTY 0x040
#define PTE_LARGE 0x080
#define PTE_NX 0x8000000000000000
#define PTE_ADDRESS_MASK 0x000ffffffffff000

// 7.7 Memory-Type Range Registers
#define MSR_MTRR_CAP 0xfe
#define MTRR_CAP_COUNT_MASK 0xff
#define MSR_MTRR_PHYS_BASE(n) (0x200 + 2 * (n))
#define MSR_MTRR_PHYS_MASK(n) (0x201 + 2 * (n))
#define MTRR_BASE_TYPE_MASK 0xff
#define MTRR_MASK_VALID 0x800
#define MSR_MTRR_DEF_TYPE 0x2ff
#define MTRR_DEF_TYPE_TYPE_MASK 0xff
#define MTRR_DEF_TYPE_FIXED 0x400
#define MTRR_DEF_TYPE_ENABLE 0x800

// 7.8 Page-Attribute Table; the types are those of 7.4, shared with MTRRs
#define MSR_PAT 0x277
#define MEMORY_TYPE_UC 0x00
#define MEMORY_TYPE_WC 0x01
#define MEMORY_TYPE_WT 0x04
#define MEMORY_TYPE_WP 0x05
#define MEMORY_TYPE_WB 0x06
#define MEMORY_TYPE_UC_MINUS 0x07

// 16.3.1 Local APIC enable, and 16.11.1 x2APIC's registers
#define MSR_APIC_BASE 0x1b
#define MSR_X2APIC_FIRST 0x800
#define MSR_X2APIC_LAST 0x8ff

// 8.2 Vectors
#define VECTOR_DE 0
#define VECTOR_DB 1
#define VECTOR_NMI 2
#define VECTOR_BP 3
#define VECTOR_UD 6
#define VECTOR_DF 8
#define VECTOR_TS 10
#define VECTOR_NP 11
#define VECTOR_SS 12
#define VECTOR_GP 13
#define VECTOR_PF 14
#define VECTOR_AC 17
#define VECTOR_MC 18
#define VECTOR_XF 19
#define VECTOR_CP 21
#define VECTOR_HV 28
#define VECTOR_VC 29
#define VECTOR_SX 30
#define EXCEPTION_COUNT 32
#define VECTOR_COUNT 256

// 8.4.2 Page-Fault Error Code
#define PF_PRESENT 0x01
#define PF_WRITE 0x02
#define PF_USER 0x04
#define PF_RESERVED 0x08
#define PF_FETCH 0x10

// 8.4.1 Selector-Error Code
#define SELECTOR_ERROR_EXT 0x1
#define SELECTOR_ERROR_IDT 0x2
#define SELECTOR_ERROR_TI 0x4

// The kernel's own selectors (4.8). The order of the user pair is SYSRET's
// (APM volume 3): data first, code after it.
#define SELECTOR_KERNEL_CODE 0x08
#define SELECTOR_KERNEL_DATA 0x10
#define SELECTOR_USER_DATA 0x1b
#define SELECTOR_USER_CODE 0x23
#define SELECTOR_TSS 0x28
