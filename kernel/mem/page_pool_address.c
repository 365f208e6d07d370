// SPDX-License-Identifier: Apache-2.0
// The direct map's arithmetic. A file of its own, so that unit tests link a
// pool that lies in an array.
#include "kernel/mem/page_pool.h"

#include "abi/layout.h"
#include "base/check.h"

void *page_pool_address(struct phys base)
{
	CHECK(base.value < DIRECT_MAP_BYTES);
	return (void *)(uintptr_t)(DIRECT_MAP_BASE + base.value);
}

struct phys page_pool_phys(const void *address)
{
	uint64_t offset = (uintptr_t)address - DIRECT_MAP_BASE;

	CHECK(offset < DIRECT_MAP_BYTES);
	return (struct phys){ offset };
}
