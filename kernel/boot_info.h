// SPDX-License-Identifier: Apache-2.0
// What boot/ learnt from the firmware, copied into the image's own memory
// before boot services ended. All of it comes from a firmware that may lie;
// boot/ has judged it: regions are page-aligned, sorted, disjoint, and none
// touches the image.
#pragma once

#include <stddef.h>
#include <stdint.h>

// The page pool takes one more: the region with the kernel's first tables may
// come to it in two pieces.
#define BOOT_REGION_LIMIT 120
#define BOOT_COMMAND_LINE_LIMIT 1024

struct boot_region {
	uint64_t base;  // physical, page-aligned
	uint64_t pages; // of PAGE_SIZE
};

struct boot_info {
	struct boot_region ram[BOOT_REGION_LIMIT]; // free for the kernel's use
	size_t ram_count;
	uint64_t image_base; // physical, page-aligned
	uint64_t image_bytes;
	// From image_base on: the image, then what is packed behind it. At
	// least image_bytes, at most IMAGE_LOADED_LIMIT.
	uint64_t loaded_bytes;
	uint64_t entry_tsc; // the time stamp counter at the EFI entry point
	char command_line[BOOT_COMMAND_LINE_LIMIT]; // ASCII, NUL-terminated
};
