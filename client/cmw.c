// SPDX-License-Identifier: Apache-2.0
#include "client/cmw.h"

#include <stddef.h>
#include <string.h>

#include "abi/evidence.h"
#include "abi/report.h"
#include "base/cbor.h"
#include "base/num.h"

#define RECORDS_MIN 2u
#define RECORDS_MAX 3u
#define RECORD_ITEMS 2u
#define ENTRIES_LIMIT 16u // of the table

static const struct record {
	struct text label, type;
	size_t place; // in struct cmw
} records[RECORDS_MAX] = {
	{ { EVIDENCE_LABEL_CLAIMS, sizeof(EVIDENCE_LABEL_CLAIMS) - 1 },
	  { EVIDENCE_TYPE_CLAIMS, sizeof(EVIDENCE_TYPE_CLAIMS) - 1 },
	  offsetof(struct cmw, claims) },
	{ { EVIDENCE_LABEL_REPORT, sizeof(EVIDENCE_LABEL_REPORT) - 1 },
	  { EVIDENCE_TYPE_REPORT, sizeof(EVIDENCE_TYPE_REPORT) - 1 },
	  offsetof(struct cmw, report) },
	{ { EVIDENCE_LABEL_CERTIFICATES,
	    sizeof(EVIDENCE_LABEL_CERTIFICATES) - 1 },
	  { EVIDENCE_TYPE_CERTIFICATES,
	    sizeof(EVIDENCE_TYPE_CERTIFICATES) - 1 },
	  offsetof(struct cmw, certificates) },
};

static enum err expect_text(struct reader *r, struct text expected)
{
	struct text text;

	TRY(cbor_get_text(r, &text));
	return text_equal(text, expected) ? OK : ERR_BAD_INPUT;
}

static enum err read_record(struct reader *r, const struct record *record,
			    struct cmw *out)
{
	struct anchorhold_bytes bytes;
	uint64_t count;

	TRY(expect_text(r, record->label));
	TRY(cbor_get_array(r, &count));
	if (count != RECORD_ITEMS)
		return ERR_BAD_INPUT;
	TRY(expect_text(r, record->type));
	TRY(cbor_get_bytes(r, &bytes.at, &bytes.count));
	if (bytes.count == 0)
		return ERR_BAD_INPUT;
	memcpy((uint8_t *)out + record->place, &bytes, sizeof(bytes));
	return OK;
}

enum err cmw_read(struct anchorhold_bytes evidence, struct cmw *out)
{
	struct reader r = reader_of(evidence.at, evidence.count);
	struct cmw cmw = { 0 };
	uint64_t count;

	TRY(cbor_get_map(&r, &count));
	if (count < RECORDS_MIN || count > RECORDS_MAX)
		return ERR_BAD_INPUT;
	for (size_t i = 0; i < count; i++)
		TRY(read_record(&r, &records[i], &cmw));
	if (r.left != 0 || cmw.certificates.count > EVIDENCE_CERTIFICATES_LIMIT)
		return ERR_BAD_INPUT;
	*out = cmw;
	return OK;
}

struct found {
	struct anchorhold_bytes vcek, vlek, ask;
};

static const struct {
	uint8_t guid[16];
	size_t place; // in struct found
} guids[] = {
	{ CERTIFICATE_GUID_VCEK, offsetof(struct found, vcek) },
	{ CERTIFICATE_GUID_VLEK, offsetof(struct found, vlek) },
	{ CERTIFICATE_GUID_ASK, offsetof(struct found, ask) },
};

static enum err take_entry(struct anchorhold_bytes table,
			   const struct certificate_entry *entry,
			   struct found *out)
{
	struct anchorhold_bytes bytes;

	if (entry->length == 0 || entry->offset > table.count ||
	    entry->length > table.count - entry->offset)
		return ERR_BAD_INPUT;
	for (size_t i = 0; i < ARRAY_COUNT(guids); i++) {
		uint8_t *place = (uint8_t *)out + guids[i].place;

		if (memcmp(entry->guid, guids[i].guid, sizeof(entry->guid)) !=
		    0)
			continue;
		memcpy(&bytes, place, sizeof(bytes));
		if (bytes.count)
			return ERR_BAD_INPUT;
		bytes.at = table.at + entry->offset;
		bytes.count = entry->length;
		memcpy(place, &bytes, sizeof(bytes));
	}
	return OK;
}

static enum err read_entries(struct anchorhold_bytes table, struct found *out)
{
	static const struct certificate_entry closing;
	struct reader r = reader_of(table.at, table.count);

	for (size_t i = 0; i <= ENTRIES_LIMIT; i++) {
		struct certificate_entry entry;
		const uint8_t *at;

		TRY(read_view(&r, sizeof(entry), &at));
		memcpy(&entry, at, sizeof(entry));
		if (memcmp(&entry, &closing, sizeof(entry)) == 0)
			return OK;
		TRY(take_entry(table, &entry, out));
	}
	return ERR_BAD_INPUT;
}

enum err cmw_read_certificates(struct anchorhold_bytes table,
			       struct anchorhold_material *out)
{
	struct found found = { 0 };

	TRY(read_entries(table, &found));
	if (found.vcek.count && found.vlek.count)
		return ERR_BAD_INPUT;
	if (out->vek.count == 0)
		out->vek = found.vcek.count ? found.vcek : found.vlek;
	if (out->ca.count == 0)
		out->ca = found.ask;
	return OK;
}

bool anchorhold_evidence_open(struct anchorhold_bytes evidence,
			      struct anchorhold_material *out)
{
	struct anchorhold_material material = { 0 };
	struct cmw cmw;

	if (evidence.count == 0 || cmw_read(evidence, &cmw) != OK)
		return false;
	if (cmw.certificates.count &&
	    cmw_read_certificates(cmw.certificates, &material) != OK)
		return false;
	material.report = cmw.report;
	*out = material;
	return true;
}
