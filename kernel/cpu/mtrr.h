// SPDX-License-Identifier: Apache-2.0
// Judges memory-type range registers. Pure: the registers are read elsewhere.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/boot_info.h"

#define MTRR_VARIABLE_LIMIT 32

// As read: APM volume 2, 7.7.2. Fixed ranges lie below 1 MiB, where the kernel
// has no memory, so they don't count.
struct mtrr_state {
	uint64_t def_type;
	size_t variable_count;
	struct {
		uint64_t base, mask;
	} variable[MTRR_VARIABLE_LIMIT];
};

// Whether each byte of the regions is write-back. In doubt (a mask with gaps,
// ranges of two types) it says no.
bool mtrr_all_write_back(const struct mtrr_state *state,
			 unsigned int physical_bits,
			 const struct boot_region *regions, size_t count);
