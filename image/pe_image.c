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
#include "base/pe_file.h"

#define SETUP_SECTS_OFFSET 0x1f1u

static uint32_t file_align(uint64_t bytes)
{
	return (uint32_t)align_up(bytes, PE_FILE_ALIGNMENT);
}

size_t pe_image_bytes(const struct elf_image *image)
{
	size_t bytes = PE_FILE_HEADERS_BYTES;

	for (size_t i = 0; i < image->part_count; i++)
		bytes += file_align(image->parts[i].file_bytes);
	return bytes;
}

struct pe_section pe_image_section(uint32_t flags, uint32_t rva, uint32_t bytes,
				   uint32_t file_bytes, uint32_t file_offset)
{
	struct pe_section s = {
		.virtual_bytes = bytes,
		.rva = rva,
		.file_bytes = file_align(file_bytes),
		.file_offset = file_bytes ? file_offset : 0,
	};

	if (flags & PF_X) {
		memcpy(s.name, ".text", 5);
		s.characteristics = PE_SECTION_CODE | PE_SECTION_EXECUTE |
				    PE_SECTION_READ;
	} else if (flags & PF_W) {
		memcpy(s.name, ".data", 5);
		s.characteristics = PE_SECTION_DATA | PE_SECTION_READ |
				    PE_SECTION_WRITE;
	} else {
		memcpy(s.name, ".rodata", 7);
		s.characteristics = PE_SECTION_DATA | PE_SECTION_READ;
	}
	return s;
}

static struct pe_optional_header optional_of(const struct pe_section *sections,
					     size_t count, uint32_t entry_rva)
{
	const struct pe_section *last = &sections[count - 1];
	struct pe_optional_header optional = {
		.magic = PE_OPTIONAL_MAGIC,
		.entry_rva = entry_rva,
		.code_rva = sections[0].rva,
		.section_alignment = PAGE_SIZE,
		.file_alignment = PE_FILE_ALIGNMENT,
		.image_bytes = (uint32_t)align_up(
			(uint64_t)last->rva + last->virtual_bytes, PAGE_SIZE),
		.headers_bytes = PE_FILE_HEADERS_BYTES,
		.subsystem = PE_SUBSYSTEM_EFI_APPLICATION,
		.dll_characteristics = PE_DLL_NX_COMPAT,
		.directory_count = PE_DIRECTORY_COUNT,
	};

	for (size_t i = 0; i < count; i++) {
		if (sections[i].characteristics & PE_SECTION_CODE)
			optional.code_bytes += sections[i].file_bytes;
		else
			optional.data_bytes += sections[i].file_bytes;
	}
	return optional;
}

void pe_image_headers(const struct pe_section *sections, size_t count,
		      uint32_t entry_rva, uint8_t out[PE_FILE_HEADERS_BYTES])
{
	struct pe_optional_header optional =
		optional_of(sections, count, entry_rva);
	uint32_t signature = PE_SIGNATURE,
		 signature_at = PE_FILE_SIGNATURE_OFFSET;
	uint16_t dos_magic = PE_DOS_MAGIC;
	struct pe_file_header file = {
		.machine = PE_MACHINE_AMD64,
		.section_count = (uint16_t)count,
		.optional_bytes = sizeof(struct pe_optional_header),
		.characteristics = PE_EXECUTABLE_IMAGE | PE_LARGE_ADDRESS_AWARE,
	};

	memset(out, 0, PE_FILE_HEADERS_BYTES);
	memcpy(out, &dos_magic, sizeof(dos_magic));
	memcpy(out + PE_DOS_LFANEW, &signature_at, sizeof(signature_at));
	memcpy(out + PE_FILE_SIGNATURE_OFFSET, &signature, sizeof(signature));
	memcpy(out + PE_FILE_HEADER_OFFSET, &file, sizeof(file));
	memcpy(out + PE_FILE_OPTIONAL_OFFSET, &optional, sizeof(optional));
	memcpy(out + PE_FILE_SECTIONS_OFFSET, sections,
	       count * sizeof(*sections));
	CHECK(out[SETUP_SECTS_OFFSET] == 0);
}

void pe_image_write(const struct elf_image *image, uint8_t *out)
{
	struct pe_section sections[ELF_PART_LIMIT] = { 0 };
	uint32_t at = PE_FILE_HEADERS_BYTES;

	memset(out, 0, pe_image_bytes(image));
	for (size_t i = 0; i < image->part_count; i++) {
		const struct elf_part *part = &image->parts[i];

		sections[i] = pe_image_section(part->flags, (uint32_t)part->rva,
					       (uint32_t)part->memory_bytes,
					       (uint32_t)part->file_bytes, at);
		if (part->file_bytes)
			memcpy(out + at, image->bytes + part->offset,
			       part->file_bytes);
		at += sections[i].file_bytes;
	}
	pe_image_headers(sections, image->part_count, (uint32_t)image->entry,
			 out);
}
