// SPDX-License-Identifier: Apache-2.0
// Messages between a guest and the secure processor: their header and the
// payloads of CPUID, KEY and TSC_INFO (AMD 56860: chapter 7, "Guest Messages",
// and 8.26, SNP_GUEST_REQUEST). Reports have abi/report.h. All integers are
// little-endian; what is reserved is zero in a request.
#pragma once

#include <stddef.h>
#include <stdint.h>

#define GUEST_MESSAGE_PAGE_BYTES 4096u
#define GUEST_MESSAGE_TAG_BYTES 16u // of the 32 that the header has room for
#define GUEST_MESSAGE_IV_BYTES 12u  // the sequence number, then zeros
#define GUEST_MESSAGE_AAD_OFFSET 0x30u
#define GUEST_MESSAGE_AAD_BYTES 0x30u // from there to the header's end

#define VMPCK_COUNT 4u
#define VMPCK_BYTES 32u

// AMD 56860, 8.26, table "Message Type Encodings"
enum guest_message_type {
	GUEST_MESSAGE_CPUID_REQ = 1,
	GUEST_MESSAGE_CPUID_RSP = 2,
	GUEST_MESSAGE_KEY_REQ = 3,
	GUEST_MESSAGE_KEY_RSP = 4,
	GUEST_MESSAGE_REPORT_REQ = 5,
	GUEST_MESSAGE_REPORT_RSP = 6,
	GUEST_MESSAGE_EXPORT_REQ = 7,
	GUEST_MESSAGE_IMPORT_REQ = 9,
	GUEST_MESSAGE_ABSORB_REQ = 11,
	GUEST_MESSAGE_VMRK_REQ = 13,
	GUEST_MESSAGE_TSC_INFO_REQ = 17,
	GUEST_MESSAGE_TSC_INFO_RSP = 18,
};

#define GUEST_MESSAGE_ALGO_AES_256_GCM 1u
#define GUEST_MESSAGE_HEADER_VERSION 1u
#define GUEST_MESSAGE_VERSION 1u

// AMD 56860, 8.26, table "Message Header Format"
struct guest_message_header {
	uint8_t tag[32];
	uint64_t sequence; // of a request: one more than the last; never 0
	uint8_t reserved_28[8];
	uint8_t algo;
	uint8_t header_version;
	uint16_t header_size;
	uint8_t type; // enum guest_message_type
	uint8_t version;
	uint16_t payload_size;
	uint8_t reserved_38[4];
	uint8_t vmpck; // which key: 0..3
	uint8_t reserved_3d[35];
};

_Static_assert(offsetof(struct guest_message_header, sequence) == 0x20);
_Static_assert(offsetof(struct guest_message_header, algo) == 0x30);
_Static_assert(offsetof(struct guest_message_header, header_version) == 0x31);
_Static_assert(offsetof(struct guest_message_header, header_size) == 0x32);
_Static_assert(offsetof(struct guest_message_header, type) == 0x34);
_Static_assert(offsetof(struct guest_message_header, version) == 0x35);
_Static_assert(offsetof(struct guest_message_header, payload_size) == 0x36);
_Static_assert(offsetof(struct guest_message_header, vmpck) == 0x3c);
_Static_assert(sizeof(struct guest_message_header) == 0x60);
_Static_assert(GUEST_MESSAGE_AAD_OFFSET + GUEST_MESSAGE_AAD_BYTES ==
	       sizeof(struct guest_message_header));

#define GUEST_MESSAGE_PAYLOAD_LIMIT \
	(GUEST_MESSAGE_PAGE_BYTES - sizeof(struct guest_message_header))

// Statuses inside a payload.
#define GUEST_MESSAGE_STATUS_OK 0u
#define GUEST_MESSAGE_STATUS_INVALID_PARAM 0x16u
#define GUEST_MESSAGE_STATUS_INVALID_KEY 0x27u // of KEY_SEL

// What signs a report or roots a key (AMD 56860, 7.2 and 7.3). AUTO is the
// VLEK where one is installed, else the VCEK.
enum guest_key_select {
	GUEST_KEY_AUTO = 0,
	GUEST_KEY_VCEK = 1,
	GUEST_KEY_VLEK = 2,
};

// MSG_KEY_REQ (AMD 56860, 7.2). ROOT_KEY_SELECT: bit 0 says VMRK; bits 2:1 are
// an enum guest_key_select.
#define KEY_ROOT_VMRK (1u << 0)
#define KEY_ROOT_SELECT_SHIFT 1u
#define KEY_ROOT_SELECT_MASK 3u
#define KEY_ROOT_KNOWN_BITS 7u

#define KEY_FIELD_POLICY (1ull << 0)
#define KEY_FIELD_IMAGE_ID (1ull << 1)
#define KEY_FIELD_FAMILY_ID (1ull << 2)
#define KEY_FIELD_MEASUREMENT (1ull << 3)
#define KEY_FIELD_GUEST_SVN (1ull << 4)
#define KEY_FIELD_TCB (1ull << 5)
#define KEY_FIELD_LAUNCH_MIT (1ull << 6) // message version 2
#define KEY_FIELD_KNOWN_BITS 0x7full

#define KEY_REQUEST_V1_BYTES 0x20u // without launch_mit_vector
#define KEY_BYTES 32u

struct key_request {
	uint32_t root_key_select;
	uint32_t reserved_04;
	uint64_t guest_field_select;
	uint32_t vmpl; // not below the asker's
	uint32_t guest_svn;
	uint64_t tcb;
	uint64_t launch_mit_vector; // from firmware 1.58, message version 2
};

_Static_assert(offsetof(struct key_request, guest_field_select) == 0x08);
_Static_assert(offsetof(struct key_request, vmpl) == 0x10);
_Static_assert(offsetof(struct key_request, guest_svn) == 0x14);
_Static_assert(offsetof(struct key_request, tcb) == 0x18);
_Static_assert(offsetof(struct key_request, launch_mit_vector) ==
	       KEY_REQUEST_V1_BYTES);
_Static_assert(sizeof(struct key_request) == 0x28);

struct key_response {
	uint32_t status;
	uint8_t reserved_04[28];
	uint8_t key[KEY_BYTES];
};

_Static_assert(offsetof(struct key_response, key) == 0x20);
_Static_assert(sizeof(struct key_response) == 0x40);

// MSG_TSC_INFO_REQ and _RSP (AMD 56860, chapter 7, "TSC Info").
struct tsc_info_request {
	uint8_t reserved_00[128];
};

struct tsc_info_response {
	uint32_t status;
	uint32_t reserved_04;
	uint64_t scale;  // 8.32 fixed point (AMD APM vol. 2, 15.30.5)
	uint64_t offset; // added to the scaled counter
	uint32_t factor; // in 1/100 000: what to take off the nominal frequency
	uint8_t reserved_1c[100];
};

_Static_assert(sizeof(struct tsc_info_request) == 128);
_Static_assert(offsetof(struct tsc_info_response, scale) == 0x08);
_Static_assert(offsetof(struct tsc_info_response, offset) == 0x10);
_Static_assert(offsetof(struct tsc_info_response, factor) == 0x18);
_Static_assert(sizeof(struct tsc_info_response) == 128);

// MSG_CPUID_REQ and _RSP (AMD 56860, 7.1); the CPUID page has the same entries
// behind the same 16 bytes (8.17, SNP_LAUNCH_UPDATE).
#define CPUID_FUNCTION_LIMIT 64u

struct cpuid_function {
	uint32_t eax_in;
	uint32_t ecx_in;
	uint64_t xcr0_in;
	uint64_t xss_in;
	uint32_t eax, ebx, ecx, edx;
	uint64_t reserved;
};

_Static_assert(offsetof(struct cpuid_function, xcr0_in) == 0x08);
_Static_assert(offsetof(struct cpuid_function, eax) == 0x18);
_Static_assert(sizeof(struct cpuid_function) == 48);

struct cpuid_request {
	uint32_t count;
	uint8_t reserved_04[12];
	struct cpuid_function functions[CPUID_FUNCTION_LIMIT];
};

struct cpuid_response {
	uint32_t status;
	uint32_t count;
	uint8_t reserved_08[8];
	struct cpuid_function functions[CPUID_FUNCTION_LIMIT];
};

_Static_assert(offsetof(struct cpuid_request, functions) == 0x10);
_Static_assert(offsetof(struct cpuid_response, functions) == 0x10);
_Static_assert(sizeof(struct cpuid_request) <= GUEST_MESSAGE_PAYLOAD_LIMIT);
_Static_assert(sizeof(struct cpuid_response) == sizeof(struct cpuid_request));
