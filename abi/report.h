// SPDX-License-Identifier: Apache-2.0
// The attestation report of versions 2, 3 and 5, the messages that fetch it
// (AMD 56860, 7.3, "Attestation"), and the table of certificates that a host
// may hand over with it (AMD 56421, 4.1.8.1, "SNP Extended Guest Request").
// All integers are little-endian.
#pragma once

#include <stddef.h>
#include <stdint.h>

#define REPORT_DATA_BYTES 64u
#define REPORT_DIGEST_BYTES 48u
#define REPORT_SIGNED_BYTES 0x2a0u
#define REPORT_SCALAR_BYTES 72u // of which P-384 fills 48

// MSG_REPORT_REQ
struct report_request {
	uint8_t report_data[REPORT_DATA_BYTES];
	uint32_t vmpl;  // not below the asker's
	uint32_t flags; // bits 1:0: enum guest_key_select
	uint8_t reserved_48[24];
};

#define REPORT_FLAG_KEY_SELECT_MASK 3u

_Static_assert(offsetof(struct report_request, vmpl) == 0x40);
_Static_assert(offsetof(struct report_request, flags) == 0x44);
_Static_assert(sizeof(struct report_request) == 0x60);

// The guest's policy (AMD 56860, 4.3, "Guest Policy")
#define POLICY_ABI_MINOR(policy) ((uint8_t)(policy))
#define POLICY_ABI_MAJOR(policy) ((uint8_t)((policy) >> 8))
#define POLICY_SMT (1ull << 16)
#define POLICY_MUST_BE_ONE (1ull << 17)
#define POLICY_MIGRATE_MA (1ull << 18)
#define POLICY_DEBUG (1ull << 19)
#define POLICY_SINGLE_SOCKET (1ull << 20)
#define POLICY_CXL_ALLOW (1ull << 21)
#define POLICY_MEM_AES_256_XTS (1ull << 22)
#define POLICY_RAPL_DIS (1ull << 23)
#define POLICY_CIPHERTEXT_HIDING (1ull << 24)
#define POLICY_PAGE_SWAP_DISABLE (1ull << 25)
#define POLICY_KNOWN_BITS 0x3ffffffull

// PLATFORM_INFO (AMD 56860, 7.3)
#define PLATFORM_SMT_EN (1ull << 0)
#define PLATFORM_TSME_EN (1ull << 1)
#define PLATFORM_ECC_EN (1ull << 2)
#define PLATFORM_RAPL_DIS (1ull << 3)
#define PLATFORM_CIPHERTEXT_HIDING (1ull << 4)
#define PLATFORM_ALIAS_CHECK_COMPLETE (1ull << 5)
#define PLATFORM_TIO_EN (1ull << 7)

// KEY_INFO (AMD 56860, 7.3)
#define KEY_INFO_AUTHOR_KEY_EN (1u << 0)
#define KEY_INFO_MASK_CHIP_KEY (1u << 1) // the signature is then zero
#define KEY_INFO_SIGNING_KEY_SHIFT 2u
#define KEY_INFO_SIGNING_KEY_MASK 7u
enum report_signing_key {
	REPORT_SIGNED_BY_VCEK = 0,
	REPORT_SIGNED_BY_VLEK = 1,
	REPORT_SIGNED_BY_NONE = 7,
};

#define REPORT_ALGO_ECDSA_P384_SHA384 1u

struct report_firmware_version {
	uint8_t build, minor, major, reserved;
};

// TCB_VERSION, a u64 everywhere else (AMD 56860, 2.2, "TCB Versions"): of
// Milan and Genoa, and of Turin.
struct tcb_milan {
	uint8_t boot_loader, tee;
	uint8_t reserved_2[4];
	uint8_t snp, microcode;
};

struct tcb_turin {
	uint8_t fmc, boot_loader, tee, snp;
	uint8_t reserved_4[3];
	uint8_t microcode;
};

_Static_assert(offsetof(struct tcb_milan, snp) == 6);
_Static_assert(offsetof(struct tcb_turin, microcode) == 7);
_Static_assert(sizeof(struct tcb_milan) == 8);
_Static_assert(sizeof(struct tcb_turin) == 8);

// ATTESTATION_REPORT (AMD 56860, 7.3)
struct attestation_report {
	uint32_t version;
	uint32_t guest_svn;
	uint64_t policy;
	uint8_t family_id[16];
	uint8_t image_id[16];
	uint32_t vmpl;
	uint32_t signature_algo;
	uint64_t current_tcb;
	uint64_t platform_info;
	uint32_t key_info;
	uint32_t reserved_04c;
	uint8_t report_data[REPORT_DATA_BYTES];
	uint8_t measurement[REPORT_DIGEST_BYTES];
	uint8_t host_data[32];
	uint8_t id_key_digest[REPORT_DIGEST_BYTES];
	uint8_t author_key_digest[REPORT_DIGEST_BYTES];
	uint8_t report_id[32];
	uint8_t report_id_ma[32]; // all ones: no migration agent
	uint64_t reported_tcb;
	uint8_t cpuid_family, cpuid_model, cpuid_stepping; // from version 3
	uint8_t reserved_18b[21];
	uint8_t chip_id[64]; // Turin: 8 bytes, then zeros
	uint64_t committed_tcb;
	struct report_firmware_version current_version;
	struct report_firmware_version committed_version;
	uint64_t launch_tcb;
	uint64_t launch_mit_vector;  // from version 5
	uint64_t current_mit_vector; // from version 5
	uint8_t reserved_208[152];
	uint8_t signature_r[REPORT_SCALAR_BYTES];
	uint8_t signature_s[REPORT_SCALAR_BYTES];
	uint8_t reserved_330[368];
};

_Static_assert(offsetof(struct attestation_report, policy) == 0x008);
_Static_assert(offsetof(struct attestation_report, family_id) == 0x010);
_Static_assert(offsetof(struct attestation_report, image_id) == 0x020);
_Static_assert(offsetof(struct attestation_report, vmpl) == 0x030);
_Static_assert(offsetof(struct attestation_report, current_tcb) == 0x038);
_Static_assert(offsetof(struct attestation_report, platform_info) == 0x040);
_Static_assert(offsetof(struct attestation_report, key_info) == 0x048);
_Static_assert(offsetof(struct attestation_report, report_data) == 0x050);
_Static_assert(offsetof(struct attestation_report, measurement) == 0x090);
_Static_assert(offsetof(struct attestation_report, host_data) == 0x0c0);
_Static_assert(offsetof(struct attestation_report, id_key_digest) == 0x0e0);
_Static_assert(offsetof(struct attestation_report, author_key_digest) == 0x110);
_Static_assert(offsetof(struct attestation_report, report_id) == 0x140);
_Static_assert(offsetof(struct attestation_report, report_id_ma) == 0x160);
_Static_assert(offsetof(struct attestation_report, reported_tcb) == 0x180);
_Static_assert(offsetof(struct attestation_report, cpuid_family) == 0x188);
_Static_assert(offsetof(struct attestation_report, chip_id) == 0x1a0);
_Static_assert(offsetof(struct attestation_report, committed_tcb) == 0x1e0);
_Static_assert(offsetof(struct attestation_report, current_version) == 0x1e8);
_Static_assert(offsetof(struct attestation_report, committed_version) == 0x1ec);
_Static_assert(offsetof(struct attestation_report, launch_tcb) == 0x1f0);
_Static_assert(offsetof(struct attestation_report, launch_mit_vector) == 0x1f8);
_Static_assert(offsetof(struct attestation_report, current_mit_vector) ==
	       0x200);
_Static_assert(offsetof(struct attestation_report, signature_r) ==
	       REPORT_SIGNED_BYTES);
_Static_assert(offsetof(struct attestation_report, signature_s) == 0x2e8);
_Static_assert(offsetof(struct attestation_report, reserved_330) == 0x330);
_Static_assert(sizeof(struct attestation_report) == 0x4a0);

// MSG_REPORT_RSP
struct report_response {
	uint32_t status;
	uint32_t report_size; // 0 with a status other than 0
	uint8_t reserved_08[24];
	struct attestation_report report;
};

_Static_assert(offsetof(struct report_response, report) == 0x20);
_Static_assert(sizeof(struct report_response) == 0x4c0);

// One entry of the table of certificates; an entry of zeros ends it, and
// offsets count from the table's start.
struct certificate_entry {
	uint8_t guid[16]; // in the byte order of RFC 4122's text
	uint32_t offset;
	uint32_t length;
};

_Static_assert(offsetof(struct certificate_entry, offset) == 16);
_Static_assert(sizeof(struct certificate_entry) == 24);

// The GUIDs below, as 16 bytes. A VLEK's ASVK stands under the ASK's.
#define CERTIFICATE_GUID_VCEK                                               \
	{                                                                   \
		0x63, 0xda, 0x75, 0x8d, 0xe6, 0x64, 0x45, 0x64, 0xad, 0xc5, \
			0xf4, 0xb9, 0x3b, 0xe8, 0xac, 0xcd                  \
	}
#define CERTIFICATE_GUID_VLEK                                               \
	{                                                                   \
		0xa8, 0x07, 0x4b, 0xc2, 0xa2, 0x5a, 0x48, 0x3e, 0xaa, 0xe6, \
			0x39, 0xc0, 0x45, 0xa0, 0xb8, 0xa1                  \
	}
#define CERTIFICATE_GUID_ASK                                                \
	{                                                                   \
		0x4a, 0xb7, 0xb3, 0x79, 0xbb, 0xac, 0x4f, 0xe4, 0xa0, 0x2f, \
			0x05, 0xae, 0xf3, 0x27, 0xc7, 0x82                  \
	}
#define CERTIFICATE_GUID_ARK                                                \
	{                                                                   \
		0xc0, 0xb4, 0x06, 0xa4, 0xa8, 0x03, 0x49, 0x52, 0x97, 0x43, \
			0x3f, 0xb6, 0x01, 0x4c, 0xd0, 0xae                  \
	}
