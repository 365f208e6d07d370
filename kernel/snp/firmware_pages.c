// SPDX-License-Identifier: Apache-2.0
// Walks OVMF's table backward from the firmware's end.
#include "kernel/snp/firmware_pages.h"

#include <stdbool.h>
#include <string.h>

#include "abi/launch.h"
#include "abi/layout.h"
#include "base/bytes.h"

#define METADATA_VERSION 1
#define LENGTH_BYTES 2

// One entry of the table: its tail (length, GUID) ends where the next begins.
struct entry {
	const uint8_t *guid;
	const uint8_t *data;
	size_t data_bytes;
};

// The entry that ends at `end`, with at most `left` bytes; *bytes is its whole
// length.
static enum err entry_at(const uint8_t *end, size_t left, struct entry *out,
			 size_t *bytes)
{
	const uint8_t *tail;
	size_t length;

	if (left < OVMF_ENTRY_TAIL_BYTES)
		return ERR_BAD_INPUT;
	tail = end - OVMF_ENTRY_TAIL_BYTES;
	length = load_le16(tail);
	if (length < OVMF_ENTRY_TAIL_BYTES || length > left)
		return ERR_BAD_INPUT;
	*out = (struct entry){
		.guid = tail + LENGTH_BYTES,
		.data = end - length,
		.data_bytes = length - OVMF_ENTRY_TAIL_BYTES,
	};
	*bytes = length;
	return OK;
}

static bool guid_equal(const uint8_t *at, struct guid guid)
{
	return memcmp(at, guid.bytes, GUID_BYTES) == 0;
}

// The length in the last entry is that of the whole table, itself included.
static enum err table_find(const uint8_t *tail, size_t count,
			   const uint8_t **end, size_t *bytes)
{
	struct entry footer;
	size_t whole;

	if (count < OVMF_TABLE_END_FROM_TOP)
		return ERR_BAD_INPUT;
	count -= OVMF_TABLE_END_FROM_TOP;
	TRY(entry_at(tail + count, count, &footer, &whole));
	if (!guid_equal(footer.guid, OVMF_TABLE_FOOTER_GUID))
		return ERR_BAD_INPUT;
	*end = tail + count - OVMF_ENTRY_TAIL_BYTES;
	*bytes = whole - OVMF_ENTRY_TAIL_BYTES;
	return OK;
}

// How far before the firmware's end its metadata lies.
static enum err metadata_offset(const uint8_t *tail, size_t count,
				uint32_t *out)
{
	const uint8_t *end;
	size_t left, bytes;
	struct entry entry;

	TRY(table_find(tail, count, &end, &left));
	for (; left > 0; left -= bytes, end -= bytes) {
		TRY(entry_at(end, left, &entry, &bytes));
		if (!guid_equal(entry.guid, OVMF_METADATA_GUID))
			continue;
		if (entry.data_bytes != sizeof(*out))
			return ERR_BAD_INPUT;
		*out = load_le32(entry.data);
		return OK;
	}
	return ERR_BAD_INPUT;
}

static enum err metadata_find(const uint8_t *tail, size_t count,
			      struct reader *sections, uint32_t *section_count)
{
	struct ovmf_metadata head;
	const uint8_t *at;
	uint32_t from_end;

	TRY(metadata_offset(tail, count, &from_end));
	if (from_end > count || from_end < sizeof(head))
		return ERR_BAD_INPUT;
	at = tail + count - from_end;
	memcpy(&head, at, sizeof(head));
	if (memcmp(head.signature, "ASEV", sizeof(head.signature)) != 0 ||
	    head.version != METADATA_VERSION)
		return ERR_BAD_INPUT;
	*sections = reader_of(at + sizeof(head), from_end - sizeof(head));
	*section_count = head.section_count;
	return OK;
}

static enum err page_note(const struct ovmf_section *section, struct phys *page,
			  bool *is_found)
{
	if (*is_found || section->size != PAGE_SIZE ||
	    section->gpa % PAGE_SIZE != 0)
		return ERR_BAD_INPUT;
	page->value = section->gpa;
	*is_found = true;
	return OK;
}

enum err firmware_pages_find(const uint8_t *tail, size_t count,
			     struct firmware_pages *out)
{
	bool has_secrets = false, has_cpuid = false;
	struct firmware_pages found = { 0 };
	struct ovmf_section section;
	struct reader sections;
	uint32_t left;

	TRY(metadata_find(tail, count, &sections, &left));
	for (; left > 0; left--) {
		const uint8_t *bytes;

		TRY(read_view(&sections, sizeof(section), &bytes));
		memcpy(&section, bytes, sizeof(section));
		if (section.type == OVMF_SECTION_SECRETS)
			TRY(page_note(&section, &found.secrets, &has_secrets));
		else if (section.type == OVMF_SECTION_CPUID)
			TRY(page_note(&section, &found.cpuid, &has_cpuid));
	}
	if (!has_secrets || !has_cpuid)
		return ERR_BAD_INPUT;
	*out = found;
	return OK;
}
