// SPDX-License-Identifier: Apache-2.0
// Lays an image out as a bare PE32+ EFI application.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "image/elf_image.h"

// Sections that a file may have: the kernel's, then what a later packer adds
// (.app, .policy) without moving anything.
#define PE_SECTION_LIMIT 8

// Bytes of the file that pe_image_write makes.
size_t pe_image_bytes(const struct elf_image *image);
// Writes the file: no time stamps, no names of paths, every gap zero. The same
// input gives the same bytes. `out` has exactly pe_image_bytes. Byte 0x1f1 is
// zero: QEMU's -kernel reads it as the Linux header's setup_sects.
void pe_image_write(const struct elf_image *image, uint8_t *out);
