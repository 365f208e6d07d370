// SPDX-License-Identifier: Apache-2.0
// Pages for the kernel's first tables and stacks, before there is a page pool.
#pragma once

#include <stdint.h>

#include "base/err.h"
#include "kernel/boot_info.h"
#include "kernel/mem/page_pool.h"

// Sets where to take from: the start of `region`.
void early_pages_init(struct boot_region region);
// One page, content undefined. ERR_NO_MEMORY when the region is used up.
enum err early_pages_take(struct phys *out);
// What was taken until now: contiguous.
struct boot_region early_pages_taken(void);
