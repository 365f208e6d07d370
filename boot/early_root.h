// SPDX-License-Identifier: Apache-2.0
// The page tables for the way up: the firmware's low half, so that the code
// keeps running, and the image at KERNEL_BASE. They live for some milliseconds,
// until kernel/mem/address_space.c has built the kernel's own.
#pragma once

#include <stdint.h>

struct early_root {
	uint64_t cr3;
	uint64_t way_up; // added to an address here, gives it in the high half
};

// Runs at the physical address, called by entry.S.
struct early_root early_root_make(void);
