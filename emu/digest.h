// SPDX-License-Identifier: Apache-2.0
// The launch digest, page by page (AMD 56860, 8.17, SNP_LAUNCH_UPDATE). Shares
// no code with image/measure, which a test holds it against.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "abi/launch.h"

#define DIGEST_PAGE_BYTES 4096u

// Whether a page of this type exists.
bool digest_knows(enum launch_page_type type);
// Goes on from `digest`, zeros before the first page, by one page of a known
// type. `page` is read for NORMAL and VMSA only.
void digest_page(uint8_t digest[LAUNCH_DIGEST_BYTES], uint64_t gpa,
		 enum launch_page_type type, const uint8_t *page);
