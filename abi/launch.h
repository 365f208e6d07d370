// SPDX-License-Identifier: Apache-2.0
// What SNP_LAUNCH_UPDATE measures (AMD 56860, 8.17), and what it is fed under
// QEMU: OVMF's metadata and the table of kernel hashes.
#pragma once

#include <stddef.h>
#include <stdint.h>

#define LAUNCH_DIGEST_BYTES 48 // SHA-384

enum launch_page_type {
	LAUNCH_PAGE_NORMAL = 1,
	LAUNCH_PAGE_VMSA = 2,
	LAUNCH_PAGE_ZERO = 3,
	LAUNCH_PAGE_UNMEASURED = 4,
	LAUNCH_PAGE_SECRETS = 5,
	LAUNCH_PAGE_CPUID = 6,
};

// PAGE_INFO (AMD 56860, 8.17.2): the next digest is the SHA-384 of one.
struct launch_page_info {
	uint8_t digest[LAUNCH_DIGEST_BYTES];   // of all pages before
	uint8_t contents[LAUNCH_DIGEST_BYTES]; // SHA-384 of the page, or zeros
	uint16_t length;                       // of this struct
	uint8_t page_type;
	uint8_t imi_page;
	uint8_t vmpl3_permissions, vmpl2_permissions, vmpl1_permissions;
	uint8_t reserved;
	uint64_t gpa;
};

_Static_assert(offsetof(struct launch_page_info, length) == 0x60);
_Static_assert(offsetof(struct launch_page_info, gpa) == 0x68);
_Static_assert(sizeof(struct launch_page_info) == 0x70);

// KVM gives the firmware every vCPU's save area at the last guest page.
#define LAUNCH_VMSA_GPA 0x0000fffffffff000ull

// edk2, OvmfPkg/ResetVector/X64/OvmfSevMetadata.asm
enum ovmf_section_type {
	OVMF_SECTION_SEC_MEM = 1,
	OVMF_SECTION_SECRETS = 2,
	OVMF_SECTION_CPUID = 3,
	OVMF_SECTION_SVSM_CAA = 4,
	OVMF_SECTION_KERNEL_HASHES = 0x10,
};

struct ovmf_metadata {
	char signature[4]; // "ASEV"
	uint32_t length;   // of header and sections
	uint32_t version;  // 1
	uint32_t section_count;
};

struct ovmf_section {
	uint32_t gpa;
	uint32_t size; // bytes
	uint32_t type; // enum ovmf_section_type
};

_Static_assert(sizeof(struct ovmf_metadata) == 16);
_Static_assert(sizeof(struct ovmf_section) == 12);

// The firmware's table of GUIDed entries is read backward from here (edk2,
// OvmfPkg/ResetVector/Ia16/ResetVectorVtf0.asm): data, u16 length, GUID.
#define OVMF_TABLE_END_FROM_TOP 32u
#define OVMF_ENTRY_TAIL_BYTES 18u

#define GUID_BYTES 16
struct guid {
	uint8_t bytes[GUID_BYTES]; // first three fields little-endian
};

#define OVMF_TABLE_FOOTER_GUID                                            \
	((struct guid){ { 0xde, 0x82, 0xb5, 0x96, 0xb2, 0x1f, 0xf7, 0x45, \
			  0xba, 0xea, 0xa3, 0x66, 0xc5, 0x5a, 0x08, 0x2d } })
#define OVMF_METADATA_GUID                                                \
	((struct guid){ { 0x66, 0x65, 0x88, 0xdc, 0x4a, 0x98, 0x98, 0x47, \
			  0xa7, 0x5e, 0x55, 0x85, 0xa7, 0xbf, 0x67, 0xcc } })
#define OVMF_HASH_TABLE_GUID                                              \
	((struct guid){ { 0x1f, 0x37, 0x55, 0x72, 0x3b, 0x3a, 0x04, 0x4b, \
			  0x92, 0x7b, 0x1d, 0xa6, 0xef, 0xa8, 0xd4, 0x54 } })
#define OVMF_AP_RESET_GUID                                                \
	((struct guid){ { 0xde, 0x71, 0xf7, 0x00, 0x7e, 0x1a, 0xcb, 0x4f, \
			  0x89, 0x0e, 0x68, 0xc7, 0x7e, 0x2f, 0xb4, 0x4e } })

// The kernel-hash table (QEMU, target/i386/sev.c): header, then the entries of
// command line, initrd and kernel, padded to a multiple of 16.
#define HASH_TABLE_GUID                                                   \
	((struct guid){ { 0x06, 0xd6, 0x38, 0x94, 0x22, 0x4f, 0xc9, 0x4c, \
			  0xb4, 0x79, 0xa7, 0x93, 0xd4, 0x11, 0xfd, 0x21 } })
#define HASH_ENTRY_COMMAND_LINE_GUID                                      \
	((struct guid){ { 0xd8, 0x2d, 0xd0, 0x97, 0x20, 0xbd, 0x94, 0x4c, \
			  0xaa, 0x78, 0xe7, 0x71, 0x4d, 0x36, 0xab, 0x2a } })
#define HASH_ENTRY_INITRD_GUID                                            \
	((struct guid){ { 0x31, 0xf7, 0xba, 0x44, 0x2f, 0x3a, 0xd7, 0x4b, \
			  0x9a, 0xf1, 0x41, 0xe2, 0x91, 0x69, 0x78, 0x1d } })
#define HASH_ENTRY_KERNEL_GUID                                            \
	((struct guid){ { 0x37, 0x94, 0xe7, 0x4d, 0xd2, 0xab, 0x7f, 0x42, \
			  0xb8, 0x35, 0xd5, 0xb1, 0x72, 0xd2, 0x04, 0x5b } })

#define SHA256_BYTES 32
struct hash_entry {
	struct guid guid;
	uint8_t length[2]; // little-endian, of this entry
	uint8_t sha256[SHA256_BYTES];
};

struct hash_table {
	struct guid guid;
	uint8_t length[2]; // little-endian, of header and entries
	struct hash_entry command_line, initrd, kernel;
	uint8_t padding[8];
};

_Static_assert(sizeof(struct hash_entry) == 50);
_Static_assert(offsetof(struct hash_table, padding) == 168);
_Static_assert(sizeof(struct hash_table) == 176);
