// SPDX-License-Identifier: Apache-2.0
// Reading OVMF's table backward from the end of the file.
#include "emu/firmware.h"

#include "base/bytes.h"
#include "emu/libc.h"

#define LENGTH_BYTES 2

static bool guid_at(const uint8_t *at, struct guid guid)
{
	return memcmp(at, guid.bytes, GUID_BYTES) == 0;
}

static enum err set_metadata(struct firmware *f, uint32_t from_end)
{
	if (from_end > f->size || from_end < sizeof(struct ovmf_metadata))
		return ERR_BAD_INPUT;
	const uint8_t *at = f->bytes + f->size - from_end;
	struct ovmf_metadata head;
	memcpy(&head, at, sizeof(head));
	uint64_t room = (from_end - sizeof(head)) / sizeof(struct ovmf_section);
	if (memcmp(head.signature, "ASEV", sizeof(head.signature)) != 0 ||
	    head.version != 1 || head.section_count > room)
		return ERR_BAD_INPUT;
	f->sections =
		(const struct ovmf_section *)(const void *)(at + sizeof(head));
	f->section_count = head.section_count;
	return OK;
}

static enum err set_entry(struct firmware *f, const uint8_t *guid,
			  const uint8_t *data, uint32_t data_bytes)
{
	if (data_bytes < sizeof(uint32_t))
		return OK;
	uint32_t value = load_le32(data);
	if (guid_at(guid, OVMF_METADATA_GUID))
		return set_metadata(f, value);
	if (guid_at(guid, OVMF_HASH_TABLE_GUID))
		f->hash_table_gpa = value;
	else if (guid_at(guid, OVMF_AP_RESET_GUID))
		f->ap_reset_eip = value;
	return OK;
}

enum err firmware_parse(const uint8_t *bytes, uint64_t size,
			struct firmware *out)
{
	struct firmware f = { .bytes = bytes, .size = size };
	if (size < OVMF_TABLE_END_FROM_TOP + OVMF_ENTRY_TAIL_BYTES)
		return ERR_BAD_INPUT;
	const uint8_t *end = bytes + size - OVMF_TABLE_END_FROM_TOP;
	const uint8_t *footer = end - OVMF_ENTRY_TAIL_BYTES;
	if (!guid_at(footer + LENGTH_BYTES, OVMF_TABLE_FOOTER_GUID))
		return ERR_BAD_INPUT;
	uint32_t left = load_le16(footer);
	if (left < OVMF_ENTRY_TAIL_BYTES || left > (uint64_t)(end - bytes))
		return ERR_BAD_INPUT;
	left -= OVMF_ENTRY_TAIL_BYTES;
	for (const uint8_t *at = footer; left >= OVMF_ENTRY_TAIL_BYTES;) {
		const uint8_t *tail = at - OVMF_ENTRY_TAIL_BYTES;
		uint32_t length = load_le16(tail);
		if (length < OVMF_ENTRY_TAIL_BYTES || length > left)
			return ERR_BAD_INPUT;
		TRY(set_entry(&f, tail + LENGTH_BYTES, at - length,
			      length - OVMF_ENTRY_TAIL_BYTES));
		at -= length;
		left -= length;
	}
	if (f.sections == NULL)
		return ERR_BAD_INPUT;
	*out = f;
	return OK;
}
