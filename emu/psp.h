// SPDX-License-Identifier: Apache-2.0
// The secure processor of the emulator: launch, guest messages, reports and
// keys of one guest (AMD 56860). Pure: it sees the bytes it is handed and its
// own state, no memory of the guest and no device, so it runs on the host as
// well. Callers hand it private copies of what the guest or a device can write.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/guest_message.h"
#include "abi/launch.h"
#include "abi/report.h"

// Statuses of the firmware (AMD 56860, table "Status Codes").
enum psp_status {
	PSP_SUCCESS = 0,
	PSP_INVALID_GUEST_STATE = 0x02,
	PSP_POLICY_FAILURE = 0x07,
	PSP_BAD_MEASUREMENT = 0x0b,
	PSP_UNSUPPORTED = 0x15,
	PSP_INVALID_PARAM = 0x16,
	PSP_AEAD_OFLOW = 0x1d,
	PSP_INVALID_KEY = 0x26,
};

enum psp_product {
	PSP_MILAN = 0,
	PSP_GENOA = 1,
	PSP_TURIN = 2,
};

#define PSP_KEY_BYTES 48u // P-384 scalars, big-endian
#define PSP_SEED_BYTES 32u

// The machine that plays host. A scalar of zeros is a key that isn't there.
struct psp_platform {
	uint32_t product;        // enum psp_product
	uint32_t report_version; // 2, 3 or 5
	uint64_t current_tcb, committed_tcb, launch_tcb, reported_tcb;
	uint64_t platform_info; // PLATFORM_* of abi/report.h
	uint64_t launch_mit_vector, current_mit_vector; // version 5
	struct report_firmware_version current_version, committed_version;
	uint8_t chip_id[64];
	uint8_t vcek[PSP_KEY_BYTES];
	uint8_t vlek[PSP_KEY_BYTES];         // zeros: no VLEK is installed
	uint8_t chip_secret[PSP_SEED_BYTES]; // roots keys of KEY_REQ
	uint8_t mask_chip_id;                // 1: reports say zeros
	uint8_t mask_chip_key; // 1: reports bear a signature of zeros
	uint8_t unused[6];
};

// What the host and the guest's owner say of the guest at launch.
struct psp_guest {
	uint64_t policy; // POLICY_* of abi/report.h
	uint32_t guest_svn;
	uint32_t author_key_enabled; // 0 or 1
	uint8_t family_id[16];
	uint8_t image_id[16];
	uint8_t host_data[32];
	uint8_t id_key_digest[REPORT_DIGEST_BYTES];
	uint8_t author_key_digest[REPORT_DIGEST_BYTES];
	uint64_t tsc_scale, tsc_offset; // of Secure TSC
	uint32_t tsc_factor;
	uint32_t secure_tsc; // 0 or 1
};

enum psp_state {
	PSP_STATE_NONE = 0,
	PSP_STATE_LAUNCH,
	PSP_STATE_RUNNING,
};

// Belongs to psp_*.c but for what is said below; zeros before the launch.
struct psp {
	enum psp_state state;
	struct psp_platform platform;
	struct psp_guest guest;
	uint8_t digest[LAUNCH_DIGEST_BYTES];
	uint8_t report_id[32];
	uint8_t vmrk[PSP_SEED_BYTES];
	uint8_t vmpck[VMPCK_COUNT][VMPCK_BYTES];
	uint64_t sequence[VMPCK_COUNT]; // last number used with each key

	// The caller's to set between any two calls.
	uint32_t busy_answers; // so many requests are turned away as busy
	// What CPUID says, for MSG_CPUID_REQ; stays the caller's.
	const struct cpuid_function *cpuid;
	uint32_t cpuid_count;
	// The host's table, for the extended request; stays the caller's. NULL:
	// the host has none, which is a table of one closing entry.
	const uint8_t *certificates;
	size_t certificates_bytes;
};

// SNP_GCTX_CREATE and SNP_LAUNCH_START (AMD 56860, chapter 8): takes copies of both
// and derives this run's VMPCKs, VMRK and report id from the seed; the same
// seed gives the same. PSP_INVALID_PARAM: a reserved policy bit, an unknown
// product or report version, no VCEK; PSP_POLICY_FAILURE: the platform isn't
// what the policy demands. A failure leaves `p` in PSP_STATE_NONE.
enum psp_status psp_launch_start(struct psp *p,
				 const struct psp_platform *platform,
				 const struct psp_guest *guest,
				 const uint8_t seed[PSP_SEED_BYTES]);

// SNP_LAUNCH_UPDATE (8.17): measures one 4 KiB page. `page` is looked at for
// NORMAL and VMSA only, else NULL will do. What stands in a secrets page or a
// CPUID page is the caller's to write (psp_vmpck).
enum psp_status psp_launch_update(struct psp *p, uint64_t gpa,
				  enum launch_page_type type,
				  const uint8_t *page);

// SNP_LAUNCH_FINISH (8.18): from now on the guest may send messages.
// `wanted_digest` is that of an id block: another launch is
// PSP_BAD_MEASUREMENT. NULL: no id block.
enum psp_status psp_launch_finish(struct psp *p, const uint8_t *wanted_digest);

// Key `index` (0..3) for the secrets page, 32 bytes; from psp_launch_start on.
const uint8_t *psp_vmpck(const struct psp *p, unsigned int index);

// SNP_GUEST_REQUEST (8.26): one whole request page in, one whole response page
// out. The response is written only on success, and then past the message with
// zeros. Any other status leaves the sequence number where it was.
enum psp_status psp_message(struct psp *p,
			    const uint8_t request[GUEST_MESSAGE_PAGE_BYTES],
			    uint8_t response[GUEST_MESSAGE_PAGE_BYTES]);

// The host's part of the two GHCB events (AMD 56421, 4.1.7 and 4.1.8): what to
// put in SW_EXITINFO2. Low half: psp_status; high half: the host's own error.
#define PSP_VMM_INVALID_LENGTH (1ull << 32)
#define PSP_VMM_BUSY (2ull << 32)

// Event 80000011.
uint64_t psp_guest_request(struct psp *p,
			   const uint8_t request[GUEST_MESSAGE_PAGE_BYTES],
			   uint8_t response[GUEST_MESSAGE_PAGE_BYTES]);

// Event 80000012. `*pages` is RBX: how many pages the guest offers for the
// certificates. PSP_VMM_INVALID_LENGTH with `*pages` = how many it takes, when
// those don't do; nothing else happened then, so the same request may come
// again. On 0, copy the table with psp_certificates_copy().
uint64_t psp_extended_request(struct psp *p,
			      const uint8_t request[GUEST_MESSAGE_PAGE_BYTES],
			      uint8_t response[GUEST_MESSAGE_PAGE_BYTES],
			      uint64_t *pages);

// Page `index` of the table, zeros past its end.
void psp_certificates_copy(const struct psp *p, uint64_t index,
			   uint8_t page[GUEST_MESSAGE_PAGE_BYTES]);

// What isn't given in the input is zeros.
bool psp_is_zero(const void *bytes, size_t count);
