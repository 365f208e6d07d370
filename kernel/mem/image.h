// SPDX-License-Identifier: Apache-2.0
// The image's own extent, as boot/link.ld draws it.
#pragma once

#include <stdint.h>

#include "abi/layout.h"
#include "base/err.h"
#include "kernel/mem/page_table.h"

// Borders of the parts, each a page's start. Taken with & only. Hidden, so that
// no compiler reads their addresses from a table, which boot/ can't use yet.
#pragma GCC visibility push(hidden)
extern const char text_start[], text_end[];
extern const char rodata_start[], rodata_end[];
extern char data_start[], data_end[];
// One page behind the data that the host may write: no variable lies in it.
extern char image_shared[], image_end[];
#pragma GCC visibility pop

// The page of the file's headers stands before the code.
#define IMAGE_HEADERS_BYTES PAGE_SIZE

// Where the image lies under the mapping that the caller runs in: a physical
// address in boot/efi.c, KERNEL_BASE later.
static inline uint64_t image_address_here(void)
{
	return (uint64_t)(uintptr_t)text_start - IMAGE_HEADERS_BYTES;
}

// From the headers' page to the end of the shared page.
static inline uint64_t image_bytes(void)
{
	return (uint64_t)(uintptr_t)image_end - image_address_here();
}

// Maps the image that lies at `base` to KERNEL_BASE: code executable and
// read-only, constants read-only, data writable, the shared page without the
// private mask; the headers' page not at all. ERR_NO_MEMORY.
enum err image_map(const struct page_table *table, struct phys base);
// Maps what image_map leaves out of `loaded_bytes` from `base` on: the headers'
// page and what is packed behind the kernel, read-only, at the same distance
// from KERNEL_BASE. ERR_NO_MEMORY.
enum err image_map_rest(const struct page_table *table, struct phys base,
			uint64_t loaded_bytes);
