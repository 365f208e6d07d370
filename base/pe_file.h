// SPDX-License-Identifier: Apache-2.0
// The PE32+ file that an image is, as image/pe_image.c lays it out: the kernel's
// three sections, then .app and .policy where they are packed. Reads the form of
// our own files and no other. Pure; the bytes are judged as hostile.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/pe.h"
#include "base/err.h"

#define PE_FILE_ALIGNMENT 512u
// Behind 0x1f1, so that this byte belongs to no field.
#define PE_FILE_SIGNATURE_OFFSET 0x200u
#define PE_FILE_HEADER_OFFSET (PE_FILE_SIGNATURE_OFFSET + 4u)
#define PE_FILE_OPTIONAL_OFFSET \
	(PE_FILE_HEADER_OFFSET + (uint32_t)sizeof(struct pe_file_header))
#define PE_FILE_SECTIONS_OFFSET \
	(PE_FILE_OPTIONAL_OFFSET + (uint32_t)sizeof(struct pe_optional_header))
#define PE_FILE_HEADERS_BYTES 0x600u

// The kernel's sections, in this order; then what is packed, in this order.
#define PE_FILE_KERNEL_SECTIONS 3u
#define PE_FILE_PACKED_SECTIONS 5u
#define PE_FILE_APP ".app"
#define PE_FILE_POLICY ".policy"

_Static_assert(PE_FILE_SECTIONS_OFFSET + PE_FILE_PACKED_SECTIONS *
						 sizeof(struct pe_section) <=
		       PE_FILE_HEADERS_BYTES,
	       "the section table fits the headers");
_Static_assert(PE_FILE_HEADERS_BYTES % PE_FILE_ALIGNMENT == 0, "PE Format");

struct pe_file {
	struct pe_file_header file;
	struct pe_optional_header optional;
	struct pe_section sections[PE_FILE_PACKED_SECTIONS];
};

// Reads the headers out of `count` bytes: those of a kernel or of a packed
// image. Each section starts at a page of its own, behind the one before it and
// within the image; in the file they lie one behind the other without a gap.
// Else ERR_BAD_INPUT.
enum err pe_file_read(const uint8_t *bytes, size_t count, struct pe_file *out);
// Whether section `i` has this name.
bool pe_file_is_named(const struct pe_file *pe, size_t i, const char *name);
