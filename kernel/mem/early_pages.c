// SPDX-License-Identifier: Apache-2.0
// Pages for the kernel's first tables and stacks: a cursor in one region.
#include "kernel/mem/early_pages.h"

#include "abi/layout.h"

static struct boot_region source;
static uint64_t taken_pages;

void early_pages_init(struct boot_region region)
{
	source = region;
	taken_pages = 0;
}

enum err early_pages_take(struct phys *out)
{
	if (taken_pages == source.pages)
		return ERR_NO_MEMORY;
	out->value = source.base + taken_pages * PAGE_SIZE;
	taken_pages++;
	return OK;
}

struct boot_region early_pages_taken(void)
{
	return (struct boot_region){ source.base, taken_pages };
}
