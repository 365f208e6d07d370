// SPDX-License-Identifier: Apache-2.0
// The test guest's page tables. paging_make() runs where the firmware put the
// image. Ring 3 may reach everything: it is ours, and the tests want it so.
#include <stdint.h>

#include "abi/layout.h"
#include "abi/snp.h"
#include "abi/x86.h"
#include "tests/emu/payload/memory.h"

#define ENTRIES 512
#define GIGABYTES 4
#define CBIT (1ull << SNP_CBIT_POSITION)
#define FLAGS (PTE_PRESENT | PTE_WRITE | PTE_USER)
#define PML4_INDEX(address) ((address) >> 39 & (ENTRIES - 1))
#define PDPT_INDEX(address) ((address) >> 30 & (ENTRIES - 1))

struct table {
	uint64_t entries[ENTRIES];
} __attribute__((aligned(4096)));

// What paging_make() returns, in RAX and RDX.
struct way_up {
	uint64_t root, distance;
};

extern const uint8_t image_start[] __attribute__((visibility("hidden")));

static struct table root, low, shared, high, high_directory, image_pages;
static struct table low_directories[GIGABYTES], shared_directories[GIGABYTES];

struct way_up paging_make(void);

static uint64_t entry(const struct table *t)
{
	return (uint64_t)t | CBIT | FLAGS;
}

static void map_all(struct table *t, struct table *directories, uint64_t bits)
{
	for (uint64_t g = 0; g < GIGABYTES; g++) {
		t->entries[g] = entry(&directories[g]);
		for (uint64_t i = 0; i < ENTRIES; i++)
			directories[g].entries[i] =
				(g * ENTRIES + i) * MEMORY_LARGE_BYTES | bits |
				PTE_LARGE | FLAGS;
	}
}

struct way_up paging_make(void)
{
	uint64_t image = (uint64_t)image_start;
	map_all(&low, low_directories, CBIT);
	map_all(&shared, shared_directories, 0);
	root.entries[0] = entry(&low);
	root.entries[PML4_INDEX(SHARED_WINDOW)] = entry(&shared);
	root.entries[PML4_INDEX(KERNEL_BASE)] = entry(&high);
	high.entries[PDPT_INDEX(KERNEL_BASE)] = entry(&high_directory);
	high_directory.entries[0] = entry(&image_pages);
	for (uint64_t i = 0; i < ENTRIES; i++)
		image_pages.entries[i] = (image + i * MEMORY_PAGE_BYTES) |
					 CBIT | FLAGS;
	return (struct way_up){ (uint64_t)&root | CBIT, KERNEL_BASE - image };
}
