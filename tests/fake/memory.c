// SPDX-License-Identifier: Apache-2.0
// net/memory.h straight on malloc, so that ASan sees each block's life, and no
// block carries the traps of fake_nic_set_trap into its next one.
#include "net/memory.h"

#include <stdlib.h>

#include "net/limits.h"

void *memory_take(size_t bytes)
{
	return malloc(bytes);
}

void *memory_take_zeroed(size_t count, size_t bytes)
{
	return calloc(count, bytes);
}

void memory_give(void *block)
{
	free(block);
}

uint16_t memory_reorder_limit(void)
{
	return NET_REORDER_PIECES;
}

struct memory_figures memory_figures(void)
{
	return (struct memory_figures){ 0 };
}
