// SPDX-License-Identifier: Apache-2.0
// SEV-SNP: page states and the two instructions that change them (APM vol. 2,
// 15.36, and vol. 3), the secrets page and the CPUID page (AMD 56860,
// 8.17.2.5 and 8.17.2.6).
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "abi/guest_message.h"

// MSR_SEV_STATUS (APM vol. 2, 15.34.10)
#define SEV_STATUS_SEV 0x00001ull
#define SEV_STATUS_ES 0x00002ull
#define SEV_STATUS_SNP 0x00004ull
#define SEV_STATUS_VTOM 0x00008ull
#define SEV_STATUS_REFLECT_VC 0x00010ull
#define SEV_STATUS_RESTRICTED_INJECTION 0x00020ull
#define SEV_STATUS_ALTERNATE_INJECTION 0x00040ull
#define SEV_STATUS_DEBUG_SWAP 0x00080ull
#define SEV_STATUS_HOST_IBS 0x00100ull
#define SEV_STATUS_BTB_ISOLATION 0x00200ull
#define SEV_STATUS_VMPL_SSS 0x00400ull
#define SEV_STATUS_SECURE_TSC 0x00800ull
#define SEV_STATUS_VMSA_REG_PROTECTION 0x10000ull
#define SEV_STATUS_SMT_PROTECTION 0x20000ull

// APM vol. 2, 15.36.19 Secure TSC
#define MSR_GUEST_TSC_FREQ 0xc0010134

// Milan's and Genoa's; a guest learns its own from CPUID 8000001F.
#define SNP_CBIT_POSITION 51

// PVALIDATE: RAX address, ECX size, EDX 1 to validate. Result in EAX; CF is set
// when the page was in that state already.
// RMPADJUST: RAX address, RCX size, RDX target VMPL and permissions. Result in
// RAX.
enum snp_instruction_result {
	SNP_OK = 0,
	SNP_FAIL_INPUT = 1,
	SNP_FAIL_PERMISSION = 2,
	SNP_FAIL_SIZE_MISMATCH = 6,
};
#define SNP_PAGE_SIZE_4K 0
#define SNP_PAGE_SIZE_2M 1
#define SNP_LARGE_PAGES 512

#define RMPADJUST_VMPL_MASK 0xff
#define RMPADJUST_PERMISSIONS_SHIFT 8
#define RMPADJUST_PERMISSIONS_MASK 0x0f // read, write, user and kernel execute
#define RMPADJUST_VMSA 0x10000
#define SNP_VMPL_COUNT 4

struct snp_secrets {
	uint32_t version;
	uint32_t imi_enabled; // bit 0
	uint32_t family_model_stepping;
	uint32_t reserved_00c;
	uint8_t guest_os_visible_workarounds[16];
	uint8_t vmpck[SNP_VMPL_COUNT][VMPCK_BYTES];
	uint8_t guest_os_area[96];
	uint8_t vmsa_tweak_bitmap[64];
	uint64_t svsm_base, svsm_size, svsm_caa;
	uint32_t svsm_max_version;
	uint8_t svsm_guest_vmpl;
	uint8_t reserved_15d[3];
	uint32_t tsc_factor;
	uint8_t reserved_164[0x1000 - 0x164];
};

_Static_assert(offsetof(struct snp_secrets, family_model_stepping) == 0x08);
_Static_assert(offsetof(struct snp_secrets, guest_os_visible_workarounds) ==
	       0x10);
_Static_assert(offsetof(struct snp_secrets, vmpck) == 0x20);
_Static_assert(offsetof(struct snp_secrets, guest_os_area) == 0xa0);
_Static_assert(offsetof(struct snp_secrets, vmsa_tweak_bitmap) == 0x100);
_Static_assert(offsetof(struct snp_secrets, svsm_base) == 0x140);
_Static_assert(offsetof(struct snp_secrets, svsm_max_version) == 0x158);
_Static_assert(offsetof(struct snp_secrets, svsm_guest_vmpl) == 0x15c);
_Static_assert(offsetof(struct snp_secrets, tsc_factor) == 0x160);
_Static_assert(sizeof(struct snp_secrets) == 0x1000);

#define SNP_CPUID_ENTRIES_MAX 64

struct snp_cpuid_page {
	uint32_t count;
	uint32_t reserved_004;
	uint64_t reserved_008;
	struct cpuid_function entries[SNP_CPUID_ENTRIES_MAX];
	uint8_t unused[0x1000 - 16 -
		       SNP_CPUID_ENTRIES_MAX * sizeof(struct cpuid_function)];
};

_Static_assert(offsetof(struct snp_cpuid_page, entries) == 16);
_Static_assert(sizeof(struct snp_cpuid_page) == 0x1000);

// What OVMF leaves for the operating system, as a configuration table (edk2,
// OvmfPkg/Include/Guid/ConfidentialComputingSevSnpBlob.h).
#define SNP_BLOB_GUID                                                  \
	{                                                              \
		0x067b1f5f, 0xcf26, 0x44c5,                            \
		{                                                      \
			0x85, 0x54, 0x93, 0xd7, 0x77, 0x91, 0x2d, 0x42 \
		}                                                      \
	}
#define SNP_BLOB_MAGIC 0x45444d41 // "AMDE"
#define SNP_BLOB_VERSION 1

struct snp_blob {
	uint32_t magic;
	uint16_t version;
	uint16_t reserved_06;
	uint64_t secrets_gpa;
	uint32_t secrets_bytes;
	uint32_t reserved_14;
	uint64_t cpuid_gpa;
	uint32_t cpuid_bytes;
	uint32_t reserved_24;
};

_Static_assert(offsetof(struct snp_blob, secrets_gpa) == 0x08);
_Static_assert(offsetof(struct snp_blob, cpuid_gpa) == 0x18);
_Static_assert(sizeof(struct snp_blob) == 0x28);
