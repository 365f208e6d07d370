// SPDX-License-Identifier: Apache-2.0
// Physical memory that the kernel owns, in pages, reached by the direct map.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

// A guest-physical address: its own type, so that it is never dereferenced.
struct phys {
	uint64_t value;
};

// Adds [base, base + pages) to the pool, page-aligned, in at most
// BOOT_REGION_LIMIT + 1 calls. Regions never overlap. A few pages of each (one
// in 32768, at least one) hold the pool's own records; a region of one page and
// RAM beyond the direct map are left alone. Touches no memory: the direct map
// may come later.
void page_pool_add(struct phys base, uint64_t pages);
// Takes `count` contiguous pages, content undefined. ERR_NO_MEMORY.
enum err page_pool_take(size_t count, struct phys *out);
// Gives back pages that were taken: all that one call took, or a part. A page
// given twice or never taken ends the guest.
void page_pool_give(struct phys base, size_t count);
// Pages that are free now, and pages that can be taken in all.
uint64_t page_pool_free_pages(void);
uint64_t page_pool_total_pages(void);
// Where the direct map shows a page of the pool.
void *page_pool_address(struct phys base);
struct phys page_pool_phys(const void *address);
