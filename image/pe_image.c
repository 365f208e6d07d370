// SPDX-License-Identifier: Apache-2.0
// Lays an image out as a bare PE32+ EFI application: subsystem 10, no symbols,
// no relocation block. Its code works wherever the firmware puts it, and its
// pointers are made for KERNEL_BASE already, so there is nothing to relocate;
// RELOCS_STRIPPED stays clear, because firmware refuses to move such a file.
#include "image/pe_image.h"

#include <string.h>

#include "abi/elf.h"
#include "abi/layout.h"
#include "abi/pe.h"
#include "base/check.h"
#include "base/num.h"

#define FILE_ALIGNMENT 512u
// The signature stands behind 0x1f1, so that this byte belongs to no field.
#define SIGNATURE_OFFSET 0x200u
#define SETUP_SECTS_OFFSET 0x1f1u
#define FILE_HEADER_OFFSET (SIGNATURE_OFFSET + 4u)
#define OPTIONAL_OFFSET \
	(FILE_HEADER_OFFSET + (uint32_t)sizeof(struct pe_file_header))
#define SECTIONS_OFFSET \
	(OPTIONAL_OFFSET + (uint32_t)sizeof(struct pe_optional_header))
#define HEADERS_BYTES 0x600u
_Static_assert(SECTIONS_OFFSET + PE_SECTION_LIMIT * sizeof(struct pe_section) <=
		       HEADERS_BYTES,
	       "the section table fits the headers");
_Static_assert(HEADERS_BYTES % FILE_ALIGNMENT == 0, "PE Format");

static uint32_t file_align(uint64_t bytes)
{
	return (uint32_t)align_up(bytes, FILE_ALIGNMENT);
}

size_t pe_image_bytes(const struct elf_image *image)
{
	size_t bytes = HEADERS_BYTES;

	for (size_t i = 0; i < image->part_count; i++)
		bytes += file_align(image->parts[i].file_bytes);
	return bytes;
}

static struct pe_section section_of(const struct elf_part *part,
				    uint32_t file_offset)
{
	struct pe_section s = {
		.virtual_bytes = (uint32_t)part->memory_bytes,
		.rva = (uint32_t)part->rva,
		.file_bytes = file_align(part->file_bytes),
		.file_offset = part->file_bytes ? file_offset : 0,
	};

	if (part->flags & PF_X) {
		memcpy(s.name, ".text", 5);
		s.characteristics = PE_SECTION_CODE | PE_SECTION_EXECUTE |
				    PE_SECTION_READ;
	} else if (part->flags & PF_W) {
		memcpy(s.name, ".data", 5);
		s.characteristics = PE_SECTION_DATA | PE_SECTION_READ |
				    PE_SECTION_WRITE;
	} else {
		memcpy(s.name, ".rodata", 7);
		s.characteristics = PE_SECTION_DATA | PE_SECTION_READ;
	}
	return s;
}

static void sections_write(const struct elf_image *image, uint8_t *out,
			   struct pe_optional_header *optional)
{
	uint32_t at = HEADERS_BYTES;

	for (size_t i = 0; i < image->part_count; i++) {
		const struct elf_part *part = &image->parts[i];
		struct pe_section s = section_of(part, at);

		memcpy(out + SECTIONS_OFFSET + i * sizeof(s), &s, sizeof(s));
		if (part->file_bytes)
			memcpy(out + at, image->bytes + part->offset,
			       part->file_bytes);
		at += s.file_bytes;
		if (part->flags & PF_X)
			optional->code_bytes += s.file_bytes;
		else
			optional->data_bytes += s.file_bytes;
	}
}

void pe_image_write(const struct elf_image *image, uint8_t *out)
{
	uint32_t signature = PE_SIGNATURE, signature_at = SIGNATURE_OFFSET;
	uint16_t dos_magic = PE_DOS_MAGIC;
	struct pe_file_header file = {
		.machine = PE_MACHINE_AMD64,
		.section_count = (uint16_t)image->part_count,
		.optional_bytes = sizeof(struct pe_optional_header),
		.characteristics = PE_EXECUTABLE_IMAGE | PE_LARGE_ADDRESS_AWARE,
	};
	struct pe_optional_header optional = {
		.magic = PE_OPTIONAL_MAGIC,
		.entry_rva = (uint32_t)image->entry,
		.code_rva = (uint32_t)image->parts[0].rva,
		.section_alignment = PAGE_SIZE,
		.file_alignment = FILE_ALIGNMENT,
		.image_bytes = (uint32_t)image->end,
		.headers_bytes = HEADERS_BYTES,
		.subsystem = PE_SUBSYSTEM_EFI_APPLICATION,
		.dll_characteristics = PE_DLL_NX_COMPAT,
		.directory_count = PE_DIRECTORY_COUNT,
	};

	memset(out, 0, pe_image_bytes(image));
	sections_write(image, out, &optional);
	memcpy(out, &dos_magic, sizeof(dos_magic));
	memcpy(out + PE_DOS_LFANEW, &signature_at, sizeof(signature_at));
	memcpy(out + SIGNATURE_OFFSET, &signature, sizeof(signature));
	memcpy(out + FILE_HEADER_OFFSET, &file, sizeof(file));
	memcpy(out + OPTIONAL_OFFSET, &optional, sizeof(optional));
	CHECK(out[SETUP_SECTS_OFFSET] == 0);
}
