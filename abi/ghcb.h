// SPDX-License-Identifier: Apache-2.0
// The guest-hypervisor communication block and its MSR protocol, version 2
// (AMD 56421). Both sides read the other's words once and judge the copy.
#pragma once

#include <stddef.h>
#include <stdint.h>

#define GHCB_PROTOCOL_VERSION 2
#define GHCB_USAGE_STANDARD 0
#define GHCB_SHARED_BUFFER_BYTES 2032

// Table 3: only what the protocol gives a meaning is named.
struct ghcb {
	uint8_t reserved_000[0xcb];
	uint8_t cpl;
	uint8_t reserved_0cc[0x140 - 0xcc];
	uint64_t xss;
	uint8_t reserved_148[0x160 - 0x148];
	uint64_t dr7;
	uint8_t reserved_168[0x1f8 - 0x168];
	uint64_t rax;
	uint8_t reserved_200[0x308 - 0x200];
	uint64_t rcx, rdx, rbx;
	uint8_t reserved_320[0x390 - 0x320];
	uint64_t sw_exit_code, sw_exit_info_1, sw_exit_info_2, sw_scratch;
	uint8_t reserved_3b0[0x3e8 - 0x3b0];
	uint64_t xcr0;
	uint8_t valid_bitmap[16]; // bit n: the 8 bytes at offset 8 * n
	uint64_t x87_state_gpa;
	uint8_t reserved_408[0x800 - 0x408];
	uint8_t shared_buffer[GHCB_SHARED_BUFFER_BYTES];
	uint8_t reserved_ff0[10];
	uint16_t protocol_version;
	uint32_t usage;
};

_Static_assert(offsetof(struct ghcb, cpl) == 0x0cb);
_Static_assert(offsetof(struct ghcb, xss) == 0x140);
_Static_assert(offsetof(struct ghcb, rax) == 0x1f8);
_Static_assert(offsetof(struct ghcb, rcx) == 0x308);
_Static_assert(offsetof(struct ghcb, rbx) == 0x318);
_Static_assert(offsetof(struct ghcb, sw_exit_code) == 0x390);
_Static_assert(offsetof(struct ghcb, sw_scratch) == 0x3a8);
_Static_assert(offsetof(struct ghcb, xcr0) == 0x3e8);
_Static_assert(offsetof(struct ghcb, valid_bitmap) == 0x3f0);
_Static_assert(offsetof(struct ghcb, shared_buffer) == 0x800);
_Static_assert(offsetof(struct ghcb, protocol_version) == 0xffa);
_Static_assert(offsetof(struct ghcb, usage) == 0xffc);
_Static_assert(sizeof(struct ghcb) == 0x1000);

#define GHCB_VALID_BIT(field) (offsetof(struct ghcb, field) / 8)

#define MSR_GHCB 0xc0010130
#define MSR_SEV_STATUS 0xc0010131

// 2.3.1: bits 11:0 of the MSR say what the rest means.
#define GHCB_MSR_INFO_MASK 0xfffull
enum ghcb_msr_info {
	GHCB_MSR_GPA = 0x000, // the whole is the GPA of the GHCB page
	GHCB_MSR_SEV_INFO = 0x001,
	GHCB_MSR_SEV_INFO_REQUEST = 0x002,
	GHCB_MSR_CPUID_REQUEST = 0x004,
	GHCB_MSR_CPUID_RESPONSE = 0x005,
	GHCB_MSR_AP_RESET_HOLD_REQUEST = 0x006,
	GHCB_MSR_AP_RESET_HOLD_RESPONSE = 0x007,
	GHCB_MSR_PREFERRED_GPA_REQUEST = 0x010,
	GHCB_MSR_PREFERRED_GPA_RESPONSE = 0x011,
	GHCB_MSR_REGISTER_GPA_REQUEST = 0x012,
	GHCB_MSR_REGISTER_GPA_RESPONSE = 0x013,
	GHCB_MSR_PAGE_STATE_REQUEST = 0x014,
	GHCB_MSR_PAGE_STATE_RESPONSE = 0x015,
	GHCB_MSR_RUN_VMPL_REQUEST = 0x016,
	GHCB_MSR_RUN_VMPL_RESPONSE = 0x017,
	GHCB_MSR_FEATURES_REQUEST = 0x080,
	GHCB_MSR_FEATURES_RESPONSE = 0x081,
	GHCB_MSR_TERMINATE = 0x100,
};

#define GHCB_MSR_SEV_INFO_MAX_SHIFT 48
#define GHCB_MSR_SEV_INFO_MIN_SHIFT 32
#define GHCB_MSR_SEV_INFO_CBIT_SHIFT 24
#define GHCB_MSR_CPUID_FUNCTION_SHIFT 32
#define GHCB_MSR_CPUID_REGISTER_SHIFT 30 // 0 EAX, 1 EBX, 2 ECX, 3 EDX
#define GHCB_MSR_PAGE_STATE_OP_SHIFT 52
#define GHCB_MSR_PAGE_STATE_GFN_MASK 0xffffffffffull // of the value >> 12
#define GHCB_MSR_FEATURES_SHIFT 12
#define GHCB_MSR_TERMINATE_SET_SHIFT 12  // 4 bits
#define GHCB_MSR_TERMINATE_CODE_SHIFT 16 // 8 bits
#define GHCB_MSR_GFN_NONE 0xfffffffffffff000ull

// 2.2 Hypervisor features
#define GHCB_FEATURE_SNP 0x01ull
#define GHCB_FEATURE_AP_CREATION 0x02ull
#define GHCB_FEATURE_RESTRICTED_INJECTION 0x04ull
#define GHCB_FEATURE_RESTRICTED_INJECTION_TIMER 0x08ull
#define GHCB_FEATURE_APIC_ID_LIST 0x10ull
#define GHCB_FEATURE_MULTI_VMPL 0x20ull

// 4.1: events beyond the exit codes of abi/svm.h
#define GHCB_EVENT_MMIO_READ 0x80000001
#define GHCB_EVENT_MMIO_WRITE 0x80000002
#define GHCB_EVENT_NMI_COMPLETE 0x80000003
#define GHCB_EVENT_AP_RESET_HOLD 0x80000004
#define GHCB_EVENT_AP_JUMP_TABLE 0x80000005
#define GHCB_EVENT_PAGE_STATE_CHANGE 0x80000010
#define GHCB_EVENT_GUEST_REQUEST 0x80000011
#define GHCB_EVENT_EXTENDED_GUEST_REQUEST 0x80000012
#define GHCB_EVENT_AP_CREATION 0x80000013
#define GHCB_EVENT_APIC_ID_LIST 0x80000017
#define GHCB_EVENT_RUN_VMPL 0x80000018
#define GHCB_EVENT_FEATURES 0x8000fffd
#define GHCB_EVENT_TERMINATE 0x8000fffe
#define GHCB_EVENT_UNSUPPORTED 0x8000ffff

// 4.1: SW_EXITINFO1[31:0] of an answer, and SW_EXITINFO2 with the last
enum ghcb_result {
	GHCB_RESULT_OK = 0,
	GHCB_RESULT_EXCEPTION = 1, // SW_EXITINFO2 in EVENTINJ's form
	GHCB_RESULT_MALFORMED = 2,
};
enum ghcb_malformed {
	GHCB_MALFORMED_NOT_REGISTERED = 1,
	GHCB_MALFORMED_USAGE = 2,
	GHCB_MALFORMED_SCRATCH = 3,
	GHCB_MALFORMED_MISSING_INPUT = 4,
	GHCB_MALFORMED_INVALID_INPUT = 5,
	GHCB_MALFORMED_INVALID_EVENT = 6,
};

// 4.1.2: SW_EXITINFO1 of an IOIO event, as EXITINFO1 of the exit (APM 15.10.2)
#define GHCB_IO_IN 0x01ull
#define GHCB_IO_STRING 0x04ull
#define GHCB_IO_REP 0x08ull
#define GHCB_IO_SIZE_SHIFT 4 // then 1, 2 or 4 bytes, one bit each
#define GHCB_IO_SIZE_MASK 0x7
#define GHCB_IO_ADDRESS_64 0x200ull
#define GHCB_IO_PORT_SHIFT 16

// 4.1.6 Page state change
enum page_state_op {
	PAGE_STATE_PRIVATE = 1,
	PAGE_STATE_SHARED = 2,
	PAGE_STATE_PSMASH = 3,
	PAGE_STATE_UNSMASH = 4,
};
struct page_state_header {
	uint16_t cur_entry; // the host moves it on
	uint16_t end_entry; // inclusive
	uint32_t reserved;
};
// Bits 11:0 current page, 51:12 GFN, 55:52 operation, 56 page size (1: 2 MiB)
#define PAGE_STATE_CUR_PAGE_MASK 0xfffull
#define PAGE_STATE_GFN_SHIFT 12
#define PAGE_STATE_GFN_MASK 0xffffffffffull
#define PAGE_STATE_OP_SHIFT 52
#define PAGE_STATE_OP_MASK 0xf
#define PAGE_STATE_LARGE_SHIFT 56
#define PAGE_STATE_ENTRIES_MAX 253

struct page_state_buffer {
	struct page_state_header header;
	uint64_t entries[PAGE_STATE_ENTRIES_MAX];
};
_Static_assert(sizeof(struct page_state_buffer) == GHCB_SHARED_BUFFER_BYTES);
// SW_EXITINFO2[31:0] while SW_EXITINFO1 is 0; bits 63:32 tell more
#define PAGE_STATE_ERROR_SHIFT 32
#define PAGE_STATE_ERROR_HEADER 1
#define PAGE_STATE_ERROR_ENTRY 2
#define PAGE_STATE_ERROR_GENERIC 0x100

// 4.1.8: SW_EXITINFO2[63:32] of an answer to a guest request
#define GUEST_REQUEST_BUFFER_TOO_SMALL 1
#define GUEST_REQUEST_BUSY 2
#define GUEST_REQUEST_GENERIC 0xffffffff
