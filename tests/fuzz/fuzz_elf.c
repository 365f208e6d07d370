// SPDX-License-Identifier: Apache-2.0
// Fuzzes elf2pe: what its reader lets through is relocated and laid out.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "abi/layout.h"
#include "base/check.h"
#include "image/elf_image.h"
#include "image/pe_image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t count);

static void check_parts(const struct elf_image *image)
{
	uint64_t end = PAGE_SIZE;

	CHECK(image->part_count >= 1 && image->part_count <= ELF_PART_LIMIT);
	for (size_t i = 0; i < image->part_count; i++) {
		const struct elf_part *part = &image->parts[i];

		CHECK(part->rva % PAGE_SIZE == 0 && part->rva >= end);
		CHECK(part->file_bytes <= part->memory_bytes);
		CHECK(part->offset + part->file_bytes <= image->count);
		end = part->rva + part->memory_bytes;
	}
	CHECK(image->end >= end && image->entry < image->end);
}

static void lay_out(const struct elf_image *image)
{
	// Exactly as long as promised, so that one byte too far is seen.
	uint8_t *pe = malloc(pe_image_bytes(image));

	CHECK(pe);
	pe_image_write(image, pe);
	free(pe);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t count)
{
	uint8_t *bytes = malloc(count ? count : 1);
	struct elf_image image;
	const char *why = NULL;

	CHECK(bytes);
	if (count)
		memcpy(bytes, data, count);
	if (elf_image_open(bytes, count, &image, &why) == OK) {
		check_parts(&image);
		if (elf_image_relocate(&image, KERNEL_BASE, &why) == OK)
			lay_out(&image);
	}
	free(bytes);
	return 0;
}
