// SPDX-License-Identifier: Apache-2.0
// The image's own extent, as boot/link.ld draws it.
#pragma once

#include <stdint.h>

#include "abi/layout.h"
#include "base/err.h"
#include "kernel/mem/page_table.h"

// Borders of the three parts, each a page's start. Taken with & only.
extern const char text_start[], text_end[];
extern const char rodata_start[], rodata_end[];
extern char data_start[], data_end[];

// The page of the file's headers stands before the code, and is never mapped.
#define IMAGE_HEADERS_BYTES PAGE_SIZE

// Where the image lies under the mapping that the caller runs in: a physical
// address in boot/efi.c, KERNEL_BASE later.
static inline uint64_t image_address_here(void)
{
	return (uint64_t)(uintptr_t)text_start - IMAGE_HEADERS_BYTES;
}

// From the headers' page to the end of the data.
static inline uint64_t image_bytes(void)
{
	return (uint64_t)(uintptr_t)data_end - image_address_here();
}

// Maps the image that lies at `base` to KERNEL_BASE: code executable and
// read-only, constants read-only, data writable; the headers' page nowhere.
// ERR_NO_MEMORY.
enum err image_map(const struct page_table *table, struct phys base);
