// SPDX-License-Identifier: Apache-2.0
// A firmware file as a launch measures it.
#include "image/measure/firmware.h"

#include <string.h>

#include "base/bytes.h"

#define PAGE_BYTES 4096u
#define FIRMWARE_END_GPA 0x100000000ull

static bool guid_equal(const uint8_t *bytes, struct guid guid)
{
	return memcmp(bytes, guid.bytes, GUID_BYTES) == 0;
}

static bool section_is_sane(const struct ovmf_section *s)
{
	return s->gpa % PAGE_BYTES == 0 && s->size % PAGE_BYTES == 0 &&
	       s->size != 0 && s->size <= UINT32_MAX - s->gpa;
}

static enum err parse_sections(struct reader *r, struct firmware *f)
{
	for (size_t i = 0; i < f->section_count; i++) {
		struct ovmf_section *s = &f->sections[i];

		TRY(read_le32(r, &s->gpa));
		TRY(read_le32(r, &s->size));
		TRY(read_le32(r, &s->type));
		if (!section_is_sane(s))
			return ERR_BAD_INPUT;
	}
	return OK;
}

static enum err parse_metadata(uint32_t offset_from_end, struct firmware *f)
{
	const uint8_t *signature;
	uint32_t length, version, count;

	if (offset_from_end > f->size)
		return ERR_BAD_INPUT;
	struct reader r = reader_of(f->bytes + f->size - offset_from_end,
				    offset_from_end);
	TRY(read_view(&r, 4, &signature));
	TRY(read_le32(&r, &length));
	TRY(read_le32(&r, &version));
	TRY(read_le32(&r, &count));
	if (memcmp(signature, "ASEV", 4) != 0 || version != 1)
		return ERR_BAD_INPUT;
	if (count > FIRMWARE_SECTION_LIMIT)
		return ERR_TOO_BIG;
	if (length <
	    sizeof(struct ovmf_metadata) + count * sizeof(struct ovmf_section))
		return ERR_BAD_INPUT;
	f->section_count = count;
	return parse_sections(&r, f);
}

// Entries other than the three below don't bear on the launch digest.
static enum err parse_entry(const uint8_t *guid, const uint8_t *data,
			    size_t count, struct firmware *f,
			    bool *has_metadata)
{
	bool is_metadata = guid_equal(guid, OVMF_METADATA_GUID);
	bool is_hashes = guid_equal(guid, OVMF_HASH_TABLE_GUID);
	bool is_reset = guid_equal(guid, OVMF_AP_RESET_GUID);

	if (!is_metadata && !is_hashes && !is_reset)
		return OK;
	if (count < 4)
		return ERR_BAD_INPUT;
	uint32_t value = load_le32(data);
	if (is_metadata) {
		*has_metadata = true;
		return parse_metadata(value, f);
	}
	if (is_hashes) {
		f->has_hash_table = value != 0;
		f->hash_table_gpa = value;
		return OK;
	}
	f->has_ap_reset = true;
	f->ap_reset_eip = value;
	return OK;
}

// Walks the table from its end; `end` is where its last entry's GUID ends.
static enum err parse_table(const uint8_t *start, size_t left,
			    struct firmware *f, bool *has_metadata)
{
	while (left >= OVMF_ENTRY_TAIL_BYTES) {
		const uint8_t *tail = start + left - OVMF_ENTRY_TAIL_BYTES;
		size_t length = load_le16(tail);

		if (length < OVMF_ENTRY_TAIL_BYTES || length > left)
			return ERR_BAD_INPUT;
		TRY(parse_entry(tail + 2, start + left - length,
				length - OVMF_ENTRY_TAIL_BYTES, f,
				has_metadata));
		left -= length;
	}
	return left == 0 ? OK : ERR_BAD_INPUT;
}

enum err firmware_parse(const uint8_t *bytes, size_t size, struct firmware *out)
{
	struct firmware f = { .bytes = bytes,
			      .size = size,
			      .gpa = FIRMWARE_END_GPA - size };
	bool has_metadata = false;

	if (size > FIRMWARE_BYTES_LIMIT)
		return ERR_TOO_BIG;
	if (size == 0 || size % PAGE_BYTES != 0)
		return ERR_BAD_INPUT;
	const uint8_t *footer =
		bytes + size - OVMF_TABLE_END_FROM_TOP - OVMF_ENTRY_TAIL_BYTES;
	if (!guid_equal(footer + 2, OVMF_TABLE_FOOTER_GUID))
		return ERR_UNSUPPORTED;
	size_t table_bytes = load_le16(footer);
	if (table_bytes < OVMF_ENTRY_TAIL_BYTES)
		return ERR_BAD_INPUT;
	table_bytes -= OVMF_ENTRY_TAIL_BYTES;
	if (table_bytes > (size_t)(footer - bytes))
		return ERR_BAD_INPUT;
	TRY(parse_table(footer - table_bytes, table_bytes, &f, &has_metadata));
	if (!has_metadata)
		return ERR_UNSUPPORTED;
	*out = f;
	return OK;
}
