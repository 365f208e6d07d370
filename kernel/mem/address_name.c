// SPDX-License-Identifier: Apache-2.0
// Words for addresses, for the reader of a dump.
#include "abi/layout.h"
#include "base/num.h"
#include "kernel/mem/address_space.h"
#include "kernel/mem/image.h"
#include "kernel/mem/stack_window.h"

struct window {
	uint64_t start, end;
	const char *name;
};

static const struct window windows[] = {
	{ 0, PAGE_SIZE, "null page" },
	{ PAGE_SIZE, USER_END, "low half" },
	{ USER_END, DIRECT_MAP_BASE, "a non-canonical address" },
	{ DIRECT_MAP_BASE, DIRECT_MAP_BASE + DIRECT_MAP_BYTES, "direct map" },
	{ SHARED_BASE, FIRMWARE_BASE, "shared memory" },
	{ FIRMWARE_BASE, DEVICE_BASE, "the firmware's pages" },
	{ DEVICE_BASE, KERNEL_BASE, "device registers" },
	{ KERNEL_BASE, KERNEL_BASE + IMAGE_HEADERS_BYTES, "image headers" },
};

static const char *image_part_name(uintptr_t address)
{
	if (address >= (uintptr_t)text_start && address < (uintptr_t)text_end)
		return "kernel text";
	if (address >= (uintptr_t)rodata_start &&
	    address < (uintptr_t)rodata_end)
		return "kernel constants";
	if (address >= (uintptr_t)data_start && address < (uintptr_t)data_end)
		return "kernel data";
	if (address >= (uintptr_t)image_shared &&
	    address < (uintptr_t)image_end)
		return "the GHCB";
	return NULL;
}

const char *address_space_name(uintptr_t address)
{
	bool is_guard = false;

	if (image_part_name(address))
		return image_part_name(address);
	if (stack_window_find(address, &is_guard))
		return is_guard ? "guard page" : "stack";
	for (size_t i = 0; i < ARRAY_COUNT(windows); i++) {
		if (address >= windows[i].start && address < windows[i].end)
			return windows[i].name;
	}
	return "high half";
}
