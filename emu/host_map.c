// SPDX-License-Identifier: Apache-2.0
// Identity paging of 1 GiB pages, beyond 512 GiB as needed (64-bit BARs).
#include "emu/host_map.h"

#include <stddef.h>

#include "abi/x86.h"
#include "base/num.h"
#include "emu/cpu.h"
#include "emu/layout.h"

#define ENTRIES 512
#define FLAGS (PTE_PRESENT | PTE_WRITE)
#define POOL_TABLES 4
#define ADDRESS_END (1ull << 48)

static uint64_t pml5[ENTRIES] __attribute__((aligned(4096)));
static uint64_t pml4[ENTRIES] __attribute__((aligned(4096)));
static uint64_t pool[POOL_TABLES][ENTRIES] __attribute__((aligned(4096)));
static unsigned int pool_used;

static uint64_t *directory_of(uint64_t address)
{
	uint64_t *entry = &pml4[address >> 39 & (ENTRIES - 1)];
	if (*entry == 0) {
		if (pool_used == POOL_TABLES)
			return NULL;
		*entry = (uint64_t)pool[pool_used++] | FLAGS;
	}
	return (uint64_t *)(*entry & PTE_ADDRESS_MASK);
}

void host_map_init(void)
{
	pml5[0] = (uint64_t)pml4 | FLAGS;
	uint64_t *directory = directory_of(0);
	for (uint64_t i = 0; i < ENTRIES; i++)
		directory[i] = i * GIB | FLAGS | PTE_LARGE;
	cpu_set_cr3((uint64_t)pml5);
}

volatile void *host_map_device(uint64_t address)
{
	bool own = address >= EMU_BASE &&
		   address < EMU_PRIVATE + EMU_GUEST_RAM_MAX;
	if (own || address >= ADDRESS_END)
		return NULL;
	uint64_t *directory = directory_of(address);
	if (directory == NULL)
		return NULL;
	uint64_t *entry = &directory[address >> 30 & (ENTRIES - 1)];
	if (*entry == 0)
		*entry = align_down(address, GIB) | FLAGS | PTE_LARGE;
	return (volatile void *)address;
}
