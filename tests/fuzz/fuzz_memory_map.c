// SPDX-License-Identifier: Apache-2.0
// Fuzzes the firmware's memory map. An input begins with the descriptors'
// stride, the image's first page in MiB and its length in pages.
#include <stdint.h>

#include "abi/layout.h"
#include "base/check.h"
#include "base/num.h"
#include "boot/memory_map.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t count);

static uint64_t end_of(struct boot_region r)
{
	return r.base + r.pages * PAGE_SIZE;
}

static void check_regions(const struct memory_map *map,
			  struct boot_region image)
{
	uint64_t last_end = 0;
	size_t early_count = 0;

	for (size_t i = 0; i < map->ram_count; i++) {
		struct boot_region r = map->ram[i];

		CHECK(r.base % PAGE_SIZE == 0 && r.pages > 0);
		CHECK(r.base >= MIB && r.base > last_end);
		CHECK(end_of(r) <= DIRECT_MAP_BYTES);
		CHECK(end_of(r) <= image.base || r.base >= end_of(image));
		early_count += map->early.base >= r.base &&
			       end_of(map->early) <= end_of(r);
		last_end = end_of(r);
	}
	CHECK(map->early.pages > 0 && early_count == 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t count)
{
	struct boot_region image;
	struct memory_map map;

	if (count < 3)
		return 0;
	image = (struct boot_region){ data[1] * MIB, data[2] + 1u };
	if (memory_map_judge(data + 3, count - 3, data[0], image, &map) == OK)
		check_regions(&map, image);
	return 0;
}
