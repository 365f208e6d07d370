// SPDX-License-Identifier: Apache-2.0
// The state of each guest page, as the reverse map table has it (APM vol. 2,
// 15.36.3). A page that isn't assigned is the host's: "shared". Every change
// goes through here, and the nested tables follow at once.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "abi/snp.h"

#define GUEST_PAGE_BYTES 0x1000ull
#define GUEST_LARGE_BYTES 0x200000ull
#define CBIT (1ull << SNP_CBIT_POSITION)

#define RMP_ASSIGNED 0x01  // the guest's, else the host's
#define RMP_VALIDATED 0x02 // by the guest's PVALIDATE or at launch
#define RMP_LARGE 0x04     // part of a 2 MiB entry
#define RMP_VMSA 0x08
// Hardware takes page walks and fetches as private whatever the C-bit says;
// QEMU doesn't. Such a page is mapped at its shared address too.
#define RMP_WALKED 0x10

struct rmp_entry {
	uint8_t flags;
	uint8_t permissions[SNP_VMPL_COUNT - 1]; // VMPL 1 to 3
};

// All RAM starts assigned and unvalidated, in 2 MiB entries. The firmware lies
// right below 4 GiB.
void rmp_init(uint64_t ram_bytes, uint64_t firmware_bytes);
bool rmp_is_memory(uint64_t gpa); // RAM or firmware; `gpa` without C-bit
bool rmp_is_firmware(uint64_t gpa);
uint64_t rmp_ram_bytes(void);
// The entry of a page of memory.
const struct rmp_entry *rmp_entry_of(uint64_t gpa);
bool rmp_is_shared(uint64_t gpa);
bool rmp_is_valid(uint64_t gpa); // private and validated
// The bytes behind a page of memory, as the guest or as the host sees it.
void *rmp_private_bytes(uint64_t gpa);
void *rmp_shared_bytes(uint64_t gpa);

// Each takes a page of memory. The new content is undefined: a guest that
// reads it before it writes is wrong.
void rmp_make_private(uint64_t gpa, bool large);
void rmp_make_shared(uint64_t gpa);
// For a page that is assigned.
void rmp_set_validated(uint64_t gpa, bool validated);
void rmp_set_permissions(uint64_t gpa, unsigned int vmpl, uint8_t permissions,
			 bool vmsa);
void rmp_set_walked(uint64_t gpa);
// Takes all those second mappings away, until the next walk.
void rmp_forget_walked(void);
// Splits the 2 MiB entry that holds `gpa`, if one does.
void rmp_smash(uint64_t gpa);
// As the launch does: assigned, validated, 4 KiB. Returns the private bytes.
void *rmp_launch(uint64_t gpa);
