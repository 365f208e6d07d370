// SPDX-License-Identifier: Apache-2.0
// Reads the static position-independent ELF that the linker made and applies
// its relocations. Strict: what our own linker script doesn't produce is
// refused, and the reason is said.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define ELF_PART_LIMIT 4

// One loadable segment. Page-aligned, never writable and executable at once.
struct elf_part {
	uint32_t flags; // PF_R, PF_W, PF_X
	uint64_t offset, file_bytes;
	uint64_t rva, memory_bytes;
};

struct elf_image {
	uint8_t *bytes;
	size_t count;
	uint64_t entry;
	struct elf_part parts[ELF_PART_LIMIT]; // sorted by rva, disjoint
	size_t part_count;
	uint64_t end; // of the last part, page-aligned
	uint64_t rela_offset, rela_count;
};

// Judges `count` bytes and describes them. The segment that holds the dynamic
// section must be the last one; it serves the converter alone and is left out
// of the parts. `out` points into `bytes`. ERR_BAD_INPUT with a reason in *why.
enum err elf_image_open(uint8_t *bytes, size_t count, struct elf_image *out,
			const char **why);
// Makes every pointer right for an image that runs at `base`. Only
// R_X86_64_RELATIVE is taken. All are judged before the first is applied.
enum err elf_image_relocate(struct elf_image *image, uint64_t base,
			    const char **why);
