// SPDX-License-Identifier: Apache-2.0
// Judges the firmware's memory map. Pure. The map describes a machine that the
// host made, so it is hostile input.
#pragma once

#include <stddef.h>

#include "base/err.h"
#include "kernel/boot_info.h"

struct memory_map {
	struct boot_region
		ram[BOOT_REGION_LIMIT]; // sorted, disjoint, not touching
	size_t ram_count;
	// The largest piece that nobody used while the firmware ran: its tables
	// and stacks lie elsewhere. Part of `ram`.
	struct boot_region early;
	// Memory that nobody has validated: left alone.
	uint64_t unaccepted_pages;
};

// Finds, in `count` bytes of map, the memory that is the kernel's: conventional,
// loader and boot-services memory that may be cached, from 1 MiB up to
// DIRECT_MAP_BYTES, without the image. `stride` is the distance of descriptors.
// ERR_BAD_INPUT when a descriptor is malformed, or one of ours overlaps another
// or the firmware's place below 4 GiB; ERR_TOO_BIG with more regions than fit;
// ERR_NO_MEMORY when no piece is left for page tables.
enum err memory_map_judge(const void *bytes, size_t count, size_t stride,
			  struct boot_region image, struct memory_map *out);
