// SPDX-License-Identifier: Apache-2.0
// Lays an image out as a bare PE32+ EFI application.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/pe_file.h"
#include "image/elf_image.h"

// Bytes of the file that pe_image_write makes.
size_t pe_image_bytes(const struct elf_image *image);
// Writes the file: no time stamps, no names of paths, every gap zero. The same
// input gives the same bytes. `out` has exactly pe_image_bytes.
void pe_image_write(const struct elf_image *image, uint8_t *out);

// A section of a kernel, named and allowed what the segment's flags (PF_...)
// ask for. `bytes` is its size in memory.
struct pe_section pe_image_section(uint32_t flags, uint32_t rva, uint32_t bytes,
				   uint32_t file_bytes, uint32_t file_offset);
// Writes the headers of an image of `count` sections, at least one. They say
// nothing that doesn't follow from its arguments. Byte 0x1f1 is zero: QEMU's
// -kernel reads it as the Linux header's setup_sects.
void pe_image_headers(const struct pe_section *sections, size_t count,
		      uint32_t entry_rva, uint8_t out[PE_FILE_HEADERS_BYTES]);
