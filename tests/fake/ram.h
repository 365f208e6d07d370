// SPDX-License-Identifier: Apache-2.0
// Physical memory in an array: it stands in for
// kernel/mem/page_pool_address.c. Every byte starts as FAKE_RAM_FILL.
#pragma once

#include <stddef.h>
#include <stdint.h>

#define FAKE_RAM_PAGES 4096u
#define FAKE_RAM_FILL 0xa5
// Where the array begins, physically; across a boundary of 1 GiB.
#define FAKE_RAM_BASE 0x3fc00000ull

// Fills the array anew.
void fake_ram_reset(void);
uint8_t *fake_ram_page(size_t number);
