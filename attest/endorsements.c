// SPDX-License-Identifier: Apache-2.0
#include "attest/endorsements.h"

#include <stdlib.h>
#include <string.h>

#include "abi/evidence.h"
#include "base/num.h"
#include "kernel/dev/fw_cfg.h"
#include "kernel/snp/certificate_table.h"
#include "kernel/snp/guest_message.h"

#define ITEM "opt/org.anchorhold/certs"
#define ITEM_LIMIT ((size_t)32 * KIB)

static const uint8_t guid_vcek[] = CERTIFICATE_GUID_VCEK;
static const uint8_t guid_vlek[] = CERTIFICATE_GUID_VLEK;
static const uint8_t guid_ask[] = CERTIFICATE_GUID_ASK;

// What decides whether a certificate fits a report: whose key signs, and the
// TCB that the key was derived with.
struct origin {
	uint64_t tcb;
	uint64_t signer;
};

static uint8_t kept[EVIDENCE_CERTIFICATES_LIMIT];
static size_t kept_count;
static struct origin kept_for;

struct part {
	const uint8_t *guid;
	struct certificate_view view;
};

static void put_entry(uint8_t *at, const uint8_t guid[16], size_t offset,
		      size_t length)
{
	struct certificate_entry entry = { .offset = (uint32_t)offset,
					   .length = (uint32_t)length };

	memcpy(entry.guid, guid, sizeof(entry.guid));
	memcpy(at, &entry, sizeof(entry));
}

static enum err write_table(const struct part *parts, size_t count)
{
	size_t offset = (count + 1) * sizeof(struct certificate_entry);
	size_t total = offset;

	for (size_t i = 0; i < count; i++)
		total += parts[i].view.count;
	if (total > sizeof(kept))
		return ERR_TOO_BIG;
	memset(kept, 0, offset);
	for (size_t i = 0; i < count; i++) {
		put_entry(kept + i * sizeof(struct certificate_entry),
			  parts[i].guid, offset, parts[i].view.count);
		memcpy(kept + offset, parts[i].view.der, parts[i].view.count);
		offset += parts[i].view.count;
	}
	kept_count = total;
	return OK;
}

// Keeps what the present signer's reports need out of a host's table.
static enum err take(const uint8_t *bytes, size_t count)
{
	struct certificate_table table;
	struct part parts[2] = { 0 };

	TRY(certificate_table_read(bytes, count, &table));
	if (kept_for.signer == REPORT_SIGNED_BY_VCEK)
		parts[0] = (struct part){ guid_vcek, table.vcek };
	if (kept_for.signer == REPORT_SIGNED_BY_VLEK)
		parts[0] = (struct part){ guid_vlek, table.vlek };
	parts[1] = (struct part){ guid_ask, table.ask };
	if (parts[0].view.count == 0)
		return ERR_NOT_FOUND;
	return write_table(parts, table.ask.count ? 2 : 1);
}

static void take_item(void)
{
	uint8_t *item = malloc(ITEM_LIMIT);
	size_t count = 0;

	if (item && fw_cfg_read(ITEM, item, ITEM_LIMIT, &count) == OK)
		(void)take(item, count);
	free(item);
}

bool endorsements_fit(const struct attestation_report *report)
{
	struct origin present = {
		.tcb = report->reported_tcb,
		.signer = report->key_info >> KEY_INFO_SIGNING_KEY_SHIFT &
			  KEY_INFO_SIGNING_KEY_MASK,
	};

	if (memcmp(&present, &kept_for, sizeof(present)) == 0)
		return true;
	kept_for = present;
	kept_count = 0;
	return false;
}

void endorsements_refresh(const struct attestation_report *report)
{
	static bool is_late;
	size_t count;
	const uint8_t *table = guest_message_certificates(&count);

	(void)endorsements_fit(report);
	if (count)
		(void)take(table, count);
	// Byte by byte it takes tens of milliseconds: at boot alone, and what
	// was put there before that fits no other TCB.
	if (kept_count == 0 && !is_late)
		take_item();
	is_late = true;
}

const uint8_t *endorsements_table(size_t *count)
{
	*count = kept_count;
	return kept;
}
