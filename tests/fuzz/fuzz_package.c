// SPDX-License-Identifier: Apache-2.0
// Fuzzes what the kernel reads of its own image and of the packed app: the
// first half of the input is the headers, the second the app.
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "abi/elf.h"
#include "abi/layout.h"
#include "base/app_image.h"
#include "base/check.h"
#include "base/num.h"
#include "boot/package.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t count);

#define KERNEL_BYTES (5 * PAGE_SIZE)
#define LOADED_BYTES (12 * PAGE_SIZE)

static void find(const uint8_t *data, size_t count)
{
	static uint8_t image[LOADED_BYTES];
	struct package found;
	volatile uint8_t last;

	memset(image, 0, sizeof(image));
	if (count)
		memcpy(image, data, min_size(count, PAGE_SIZE));
	if (package_find(image, KERNEL_BYTES, LOADED_BYTES, &found) != OK)
		return;
	CHECK(found.app >= image + KERNEL_BYTES && found.app_bytes > 0);
	CHECK(found.policy >= found.app + found.app_bytes);
	CHECK(found.policy + found.policy_bytes <= image + LOADED_BYTES);
	last = found.policy[found.policy_bytes - 1];
	(void)last;
}

static void judge_app(const uint8_t *data, size_t count)
{
	uint64_t end = APP_BASE, pages = 0;
	bool is_entry_code = false;
	struct app_image app;
	const char *why;

	if (app_image_read(data, count, &app, &why) != OK)
		return;
	CHECK(app.part_count >= 1 && app.part_count <= APP_IMAGE_PART_LIMIT);
	for (size_t i = 0; i < app.part_count; i++) {
		const struct app_part *part = &app.parts[i];
		uint64_t start = align_down(part->address, PAGE_SIZE);

		CHECK(start >= end && part->file_bytes <= part->memory_bytes);
		CHECK(part->offset + part->file_bytes <= count);
		CHECK(!(part->flags & PF_W) || !(part->flags & PF_X));
		if ((part->flags & PF_X) && app.entry >= part->address &&
		    app.entry < part->address + part->file_bytes)
			is_entry_code = true;
		end = align_up(part->address + part->memory_bytes, PAGE_SIZE);
		pages += (end - start) / PAGE_SIZE;
	}
	CHECK(end <= APP_END && pages == app.pages && is_entry_code);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t count)
{
	size_t half = min_size(count, 0x600);

	find(data, half);
	judge_app(data + half, count - half);
	return 0;
}
