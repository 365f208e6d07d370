// SPDX-License-Identifier: Apache-2.0
// Runs of pages that the heap holds. What the heap knows of a run lies apart
// from it: a block written past its end can't change it. Only heap.c calls this.
#pragma once

#include <stddef.h>
#include <stdint.h>

#define HEAP_RUN_WORDS 4ull

struct heap_run {
	struct heap_run *next, *previous;
	uint8_t *base;
	size_t pages;
	uint64_t free_blocks[HEAP_RUN_WORDS]; // bit by bit, 1: free
	uint16_t free_count;
	uint8_t class_index;
};

void heap_run_init(uint64_t limit_bytes);
// A new run, its pages' content undefined, all other members zero. NULL when
// the limit or the page pool doesn't allow it.
struct heap_run *heap_run_take(size_t pages);
void heap_run_give(struct heap_run *run);
// The run that holds the address, or NULL.
struct heap_run *heap_run_of(const void *address);
// Bytes of pages held, those for the records themselves included.
uint64_t heap_run_held_bytes(void);
uint64_t heap_run_limit_bytes(void);
