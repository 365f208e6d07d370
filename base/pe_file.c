// SPDX-License-Identifier: Apache-2.0
// Reads an image's PE headers: every field that anything later relies on.
#include "base/pe_file.h"

#include <string.h>

#include "abi/layout.h"
#include "base/bytes.h"
#include "base/num.h"

static bool headers_fit(const struct pe_file *pe)
{
	const struct pe_optional_header *optional = &pe->optional;

	return pe->file.machine == PE_MACHINE_AMD64 &&
	       pe->file.optional_bytes == sizeof(*optional) &&
	       optional->magic == PE_OPTIONAL_MAGIC &&
	       optional->subsystem == PE_SUBSYSTEM_EFI_APPLICATION &&
	       optional->section_alignment == PAGE_SIZE &&
	       optional->file_alignment == PE_FILE_ALIGNMENT &&
	       optional->headers_bytes == PE_FILE_HEADERS_BYTES &&
	       (pe->file.section_count == PE_FILE_KERNEL_SECTIONS ||
		pe->file.section_count == PE_FILE_PACKED_SECTIONS);
}

static bool section_fits(const struct pe_section *s, uint64_t rva_from,
			 uint64_t file_from)
{
	uint32_t both = PE_SECTION_WRITE | PE_SECTION_EXECUTE;

	if (s->rva % PAGE_SIZE != 0 || s->rva < rva_from ||
	    s->virtual_bytes == 0)
		return false;
	if (s->file_bytes % PE_FILE_ALIGNMENT != 0 ||
	    s->file_bytes > align_up(s->virtual_bytes, PE_FILE_ALIGNMENT))
		return false;
	return (s->file_bytes == 0 || s->file_offset == file_from) &&
	       (s->characteristics & both) != both;
}

static bool sections_fit(const struct pe_file *pe)
{
	uint64_t rva_from = PAGE_SIZE, file_from = PE_FILE_HEADERS_BYTES;

	for (size_t i = 0; i < pe->file.section_count; i++) {
		const struct pe_section *s = &pe->sections[i];

		if (!section_fits(s, rva_from, file_from))
			return false;
		rva_from = align_up((uint64_t)s->rva + s->virtual_bytes,
				    PAGE_SIZE);
		file_from += s->file_bytes;
	}
	return rva_from == pe->optional.image_bytes;
}

enum err pe_file_read(const uint8_t *bytes, size_t count, struct pe_file *out)
{
	struct pe_file pe = { 0 };

	if (count < PE_FILE_HEADERS_BYTES || load_le16(bytes) != PE_DOS_MAGIC ||
	    load_le32(bytes + PE_DOS_LFANEW) != PE_FILE_SIGNATURE_OFFSET ||
	    load_le32(bytes + PE_FILE_SIGNATURE_OFFSET) != PE_SIGNATURE)
		return ERR_BAD_INPUT;
	memcpy(&pe.file, bytes + PE_FILE_HEADER_OFFSET, sizeof(pe.file));
	memcpy(&pe.optional, bytes + PE_FILE_OPTIONAL_OFFSET,
	       sizeof(pe.optional));
	memcpy(pe.sections, bytes + PE_FILE_SECTIONS_OFFSET,
	       sizeof(pe.sections));
	if (!headers_fit(&pe) || !sections_fit(&pe))
		return ERR_BAD_INPUT;
	*out = pe;
	return OK;
}

bool pe_file_is_named(const struct pe_file *pe, size_t i, const char *name)
{
	char padded[sizeof(pe->sections[i].name)] = { 0 };

	if (i >= pe->file.section_count || strlen(name) > sizeof(padded))
		return false;
	memcpy(padded, name, strlen(name));
	return memcmp(pe->sections[i].name, padded, sizeof(padded)) == 0;
}
