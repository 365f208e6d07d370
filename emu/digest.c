// SPDX-License-Identifier: Apache-2.0
// PAGE_INFO is written byte by byte, so that a wrong struct in abi/ shows up
// against the calculator that uses it.
#include "emu/digest.h"

#include <string.h>

#include "base/bytes.h"
#include "emu/crypto.h"

#define PAGE_INFO_BYTES 0x70u
#define PAGE_INFO_CONTENTS 0x30u
#define PAGE_INFO_LENGTH 0x60u
#define PAGE_INFO_TYPE 0x62u
#define PAGE_INFO_GPA 0x68u

bool digest_knows(enum launch_page_type type)
{
	return type >= LAUNCH_PAGE_NORMAL && type <= LAUNCH_PAGE_CPUID;
}

void digest_page(uint8_t digest[LAUNCH_DIGEST_BYTES], uint64_t gpa,
		 enum launch_page_type type, const uint8_t *page)
{
	uint8_t info[PAGE_INFO_BYTES] = { 0 };

	memcpy(info, digest, LAUNCH_DIGEST_BYTES);
	if (type == LAUNCH_PAGE_NORMAL || type == LAUNCH_PAGE_VMSA)
		crypto_sha384(page, DIGEST_PAGE_BYTES,
			      info + PAGE_INFO_CONTENTS);
	store_le16(info + PAGE_INFO_LENGTH, PAGE_INFO_BYTES);
	info[PAGE_INFO_TYPE] = (uint8_t)type;
	// No IMI page, and no permissions for VMPL 1 to 3: bytes 0x63..0x67.
	store_le64(info + PAGE_INFO_GPA, gpa);
	crypto_sha384(info, sizeof(info), digest);
}
