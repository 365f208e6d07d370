// SPDX-License-Identifier: Apache-2.0
// The test guest's memory: every page of the first 4 GiB twice, with and
// without the C-bit, and an arena of pages to try things on.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "abi/ghcb.h"
#include "abi/snp.h"

#define MEMORY_PAGE_BYTES 0x1000ull
#define MEMORY_LARGE_BYTES 0x200000ull

// Where tests on the outside know it, too: test_payload.py.
#define ARENA_GPA 0x10000000ull
#define ARENA_LARGE_GPA (ARENA_GPA + MEMORY_LARGE_BYTES) // kept in one piece
#define ARENA_BYTES (2 * MEMORY_LARGE_BYTES)
#define ARENA_MARK_GPA ARENA_GPA // its first page: always private

// A window from 1 TiB up without the C-bit; below 4 GiB all is private.
#define SHARED_WINDOW 0x10000000000ull

static inline volatile uint64_t *private_at(uint64_t gpa)
{
	return (volatile uint64_t *)gpa;
}

static inline volatile uint64_t *shared_at(uint64_t gpa)
{
	return (volatile uint64_t *)(SHARED_WINDOW + gpa);
}

// A page of the arena that nobody had before: private and validated.
uint64_t page_take(void);
// The same, shared with the host.
uint64_t page_take_shared(void);

// PVALIDATE and RMPADJUST (APM vol. 3): the result, and CF.
uint32_t pvalidate(uint64_t gpa, unsigned int size, bool validate,
		   bool *unchanged);
uint64_t rmpadjust(uint64_t gpa, unsigned int size, uint64_t attributes);
// By the MSR protocol: false when the host says that it failed.
bool page_state(uint64_t gpa, enum page_state_op op);
