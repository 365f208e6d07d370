// SPDX-License-Identifier: Apache-2.0
// Nested page tables of 5 levels. The C-bit (bit 51) picks one of two trees:
// private pages and shared pages, backed by different memory. Each tree's
// leaves are one flat array and always show the page's state in rmp.h, so every
// nested page fault is a touch of device memory or a violation.
#pragma once

#include <stdint.h>

void npt_init(void);
// Brings the leaves of a page of memory in line with its state.
void npt_update(uint64_t gpa);
// Roots for a guest with paging on, and for one without: all is private then.
uint64_t npt_root(void);
uint64_t npt_root_unpaged(void);
// Takes a shared page away until the next npt_update(): each touch exits.
void npt_hide_shared(uint64_t gpa);
