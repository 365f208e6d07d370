// SPDX-License-Identifier: Apache-2.0
// The nested page tables.
#include "emu/npt.h"

#include "abi/x86.h"
#include "emu/layout.h"
#include "emu/libc.h"
#include "emu/rmp.h"

#define ENTRIES 512
#define DIRECTORIES 4 // of 1 GiB each
#define FLAGS (PTE_PRESENT | PTE_WRITE | PTE_USER)
#define PML5_CBIT_INDEX (CBIT >> 48) // the index is bits 56:48

struct tree {
	uint64_t pml4[ENTRIES];
	uint64_t pdpt[ENTRIES];
	uint64_t directories[DIRECTORIES * ENTRIES];
} __attribute__((aligned(4096)));

static struct tree private_tree;
static struct tree shared_tree;
static uint64_t root_paged[ENTRIES] __attribute__((aligned(4096)));
static uint64_t root_unpaged[ENTRIES] __attribute__((aligned(4096)));
static uint64_t *const private_leaves = (uint64_t *)EMU_LEAVES_PRIVATE;
static uint64_t *const shared_leaves = (uint64_t *)EMU_LEAVES_SHARED;

static void tree_init(struct tree *tree, uint64_t leaves)
{
	tree->pml4[0] = (uint64_t)tree->pdpt | FLAGS;
	for (unsigned int i = 0; i < DIRECTORIES; i++)
		tree->pdpt[i] = (uint64_t)&tree->directories[i * ENTRIES] |
				FLAGS;
	for (unsigned int i = 0; i < DIRECTORIES * ENTRIES; i++)
		tree->directories[i] = (leaves + i * 4096ull) | FLAGS;
}

void npt_init(void)
{
	tree_init(&private_tree, EMU_LEAVES_PRIVATE);
	tree_init(&shared_tree, EMU_LEAVES_SHARED);
	root_paged[0] = (uint64_t)shared_tree.pml4 | FLAGS;
	root_paged[PML5_CBIT_INDEX] = (uint64_t)private_tree.pml4 | FLAGS;
	root_unpaged[0] = (uint64_t)private_tree.pml4 | FLAGS;
}

static uint64_t leaf_to(const void *bytes, uint64_t more)
{
	return ((uint64_t)bytes & PTE_ADDRESS_MASK) | FLAGS | more;
}

void npt_update(uint64_t gpa)
{
	uint64_t page = gpa / GUEST_PAGE_BYTES;
	uint64_t private_leaf = 0;
	uint64_t shared_leaf = 0;
	if (rmp_is_shared(gpa)) {
		// A fetch from a shared page is a violation.
		shared_leaf = leaf_to(rmp_shared_bytes(gpa), PTE_NX);
	} else if (rmp_is_valid(gpa)) {
		private_leaf = leaf_to(rmp_private_bytes(gpa), 0);
		if ((rmp_entry_of(gpa)->flags & RMP_WALKED) != 0)
			shared_leaf = private_leaf;
	}
	private_leaves[page] = private_leaf;
	shared_leaves[page] = shared_leaf;
}

uint64_t npt_root(void)
{
	return (uint64_t)root_paged;
}

uint64_t npt_root_unpaged(void)
{
	return (uint64_t)root_unpaged;
}

void npt_hide_shared(uint64_t gpa)
{
	shared_leaves[gpa / GUEST_PAGE_BYTES] = 0;
}
