// SPDX-License-Identifier: Apache-2.0
#include "kernel/snp/certificate_table.h"

#include <stdbool.h>
#include <string.h>

#include "abi/report.h"
#include "base/bytes.h"
#include "base/num.h"

#define ENTRY_BYTES sizeof(struct certificate_entry)
#define DER_SEQUENCE 0x30u

struct table {
	const uint8_t *bytes;
	size_t count;
	struct certificate_entry entries[CERTIFICATE_TABLE_ENTRIES];
	size_t entry_count;
};

static bool is_closing(const struct certificate_entry *entry)
{
	static const struct certificate_entry closing;

	return memcmp(entry, &closing, sizeof(closing)) == 0;
}

static enum err read_entries(struct table *t)
{
	struct reader r = reader_of(t->bytes, t->count);

	for (;;) {
		struct certificate_entry entry;
		const uint8_t *at;

		TRY(read_view(&r, ENTRY_BYTES, &at));
		memcpy(&entry, at, sizeof(entry));
		if (is_closing(&entry))
			return OK;
		if (t->entry_count == ARRAY_COUNT(t->entries))
			return ERR_TOO_BIG;
		t->entries[t->entry_count++] = entry;
	}
}

static bool is_within(const struct table *t,
		      const struct certificate_entry *entry)
{
	size_t start = (t->entry_count + 1) * ENTRY_BYTES;

	return entry->length > 0 && entry->offset >= start &&
	       entry->offset <= t->count &&
	       entry->length <= t->count - entry->offset;
}

// Both lie within the table.
static bool is_apart(const struct certificate_entry *a,
		     const struct certificate_entry *b)
{
	return a->offset + (size_t)a->length <= b->offset ||
	       b->offset + (size_t)b->length <= a->offset;
}

static enum err judge_entries(const struct table *t)
{
	for (size_t i = 0; i < t->entry_count; i++) {
		if (!is_within(t, &t->entries[i]))
			return ERR_BAD_INPUT;
		for (size_t j = 0; j < i; j++)
			if (!is_apart(&t->entries[i], &t->entries[j]))
				return ERR_BAD_INPUT;
	}
	return OK;
}

// Whether this is one DER SEQUENCE, to the last byte (X.690, 8.1.3 and 10.1:
// the length in the fewest bytes). A certificate has at least 256 bytes: its
// signature alone takes about 100 to 512, so the long form of two bytes is the
// only one.
static bool is_der(const uint8_t *at, size_t count)
{
	return count >= 4 + 0x100 && count <= CERTIFICATE_BYTES_MAX &&
	       at[0] == DER_SEQUENCE && at[1] == 0x82 &&
	       load_be16(at + 2) == count - 4;
}

static enum err find(const struct table *t, const uint8_t guid[16],
		     struct certificate_view *out)
{
	struct certificate_view found = { 0 };
	bool is_found = false;

	for (size_t i = 0; i < t->entry_count; i++) {
		const struct certificate_entry *entry = &t->entries[i];
		const uint8_t *at = t->bytes + entry->offset;

		if (memcmp(entry->guid, guid, sizeof(entry->guid)) != 0)
			continue;
		if (is_found)
			return ERR_BAD_INPUT;
		is_found = true;
		if (is_der(at, entry->length))
			found = (struct certificate_view){ at, entry->length };
	}
	*out = found;
	return OK;
}

enum err certificate_table_read(const uint8_t *bytes, size_t count,
				struct certificate_table *out)
{
	static const uint8_t vcek[16] = CERTIFICATE_GUID_VCEK;
	static const uint8_t vlek[16] = CERTIFICATE_GUID_VLEK;
	static const uint8_t ask[16] = CERTIFICATE_GUID_ASK;
	struct table t = { .bytes = bytes, .count = count };
	struct certificate_table found;

	TRY(read_entries(&t));
	TRY(judge_entries(&t));
	TRY(find(&t, vcek, &found.vcek));
	TRY(find(&t, vlek, &found.vlek));
	TRY(find(&t, ask, &found.ask));
	*out = found;
	return OK;
}
