// SPDX-License-Identifier: Apache-2.0
// Physical memory in an array.
#include "tests/fake/ram.h"

#include <string.h>

#include "abi/layout.h"
#include "base/check.h"
#include "kernel/mem/page_pool.h"

static _Alignas(PAGE_SIZE) uint8_t ram[FAKE_RAM_PAGES * PAGE_SIZE];

void fake_ram_reset(void)
{
	memset(ram, FAKE_RAM_FILL, sizeof(ram));
}

uint8_t *fake_ram_page(size_t number)
{
	CHECK(number < FAKE_RAM_PAGES);
	return ram + number * PAGE_SIZE;
}

void *page_pool_address(struct phys base)
{
	CHECK(base.value - FAKE_RAM_BASE < sizeof(ram));
	return ram + (base.value - FAKE_RAM_BASE);
}

struct phys page_pool_phys(const void *address)
{
	uintptr_t offset = (uintptr_t)address - (uintptr_t)ram;

	CHECK(offset < sizeof(ram));
	return (struct phys){ FAKE_RAM_BASE + offset };
}
