// SPDX-License-Identifier: Apache-2.0
#include "client/report_form.h"

#include <string.h>

#include "base/num.h"
#include "client/chain_product.h"
#include "client/crypto.h"
#include "client/tcb.h"

#define VERSION_FIRST 2u
#define VERSION_CPUID 3u // from here on the report names its CPU; 4 reads as 3
#define VERSION_MIT_VECTOR 5u
#define VERSION_LAST 5u

#define KEY_INFO_KNOWN                                     \
	(KEY_INFO_AUTHOR_KEY_EN | KEY_INFO_MASK_CHIP_KEY | \
	 KEY_INFO_SIGNING_KEY_MASK << KEY_INFO_SIGNING_KEY_SHIFT)

// Bytes that must be zero, and in which versions.
static const struct {
	size_t offset, count;
	uint32_t first_version, last_version;
} reserved[] = {
	{ 0x04c, 4, VERSION_FIRST, VERSION_LAST },
	{ 0x188, 24, VERSION_FIRST, VERSION_CPUID - 1 },
	{ 0x18b, 21, VERSION_CPUID, VERSION_LAST },
	{ 0x1eb, 1, VERSION_FIRST, VERSION_LAST },
	{ 0x1ef, 1, VERSION_FIRST, VERSION_LAST },
	{ 0x1f8, 168, VERSION_FIRST, VERSION_MIT_VECTOR - 1 },
	{ 0x208, 152, VERSION_MIT_VECTOR, VERSION_LAST },
	{ 0x330, 368, VERSION_FIRST, VERSION_LAST },
};

static bool is_zero(const uint8_t *bytes, size_t count)
{
	uint8_t any = 0;

	for (size_t i = 0; i < count; i++)
		any |= bytes[i];
	return any == 0;
}

static uint32_t signing_key(const struct attestation_report *report)
{
	return report->key_info >> KEY_INFO_SIGNING_KEY_SHIFT &
	       KEY_INFO_SIGNING_KEY_MASK;
}

static enum reason judge_signer(const struct attestation_report *report)
{
	if (report->key_info & KEY_INFO_MASK_CHIP_KEY)
		return REASON_UNSIGNED_REPORT;
	switch (signing_key(report)) {
	case REPORT_SIGNED_BY_VCEK:
	case REPORT_SIGNED_BY_VLEK:
		return REASON_PASS;
	case REPORT_SIGNED_BY_NONE:
		return REASON_UNSIGNED_REPORT;
	default:
		return REASON_UNKNOWN_SIGNING_KEY;
	}
}

enum reason report_judge_form(struct judgement *j)
{
	const struct attestation_report *report = &j->report;

	if (j->material.report.count != sizeof(*report))
		return REASON_BAD_REPORT_SIZE;
	memcpy(&j->report, j->material.report.at, sizeof(*report));
	if (report->version < VERSION_FIRST || report->version > VERSION_LAST) {
		detail_say(&j->detail, "it is ");
		detail_say_number(&j->detail, report->version);
		return REASON_REPORT_VERSION;
	}
	if (report->signature_algo != REPORT_ALGO_ECDSA_P384_SHA384)
		return REASON_REPORT_ALGORITHM;
	return judge_signer(report);
}

// From AMD's 72 little-endian bytes, of which the upper 24 are zero.
static enum err scalar_read(const uint8_t in[REPORT_SCALAR_BYTES],
			    uint8_t out[CRYPTO_P384_BYTES])
{
	if (!is_zero(in + CRYPTO_P384_BYTES,
		     REPORT_SCALAR_BYTES - CRYPTO_P384_BYTES))
		return ERR_BAD_INPUT;
	for (size_t i = 0; i < CRYPTO_P384_BYTES; i++)
		out[i] = in[CRYPTO_P384_BYTES - 1 - i];
	return OK;
}

enum reason report_judge_signature(struct judgement *j)
{
	struct anchorhold_bytes text = { j->material.report.at,
					 REPORT_SIGNED_BYTES };
	uint8_t r[CRYPTO_P384_BYTES], s[CRYPTO_P384_BYTES];

	if (scalar_read(j->report.signature_r, r) != OK ||
	    scalar_read(j->report.signature_s, s) != OK)
		return REASON_BAD_SIGNATURE;
	enum err e = crypto_p384_verify(j->vek_certificate.spki, text, r, s);

	if (e == ERR_BAD_INPUT)
		return REASON_BAD_VEK;
	return reason_of(e, REASON_BAD_SIGNATURE);
}

enum reason report_judge_reserved(struct judgement *j)
{
	const struct attestation_report *report = &j->report;
	const uint64_t tcbs[] = { report->current_tcb, report->reported_tcb,
				  report->committed_tcb, report->launch_tcb };
	uint8_t bytes[sizeof(*report)];

	memcpy(bytes, report, sizeof(bytes));
	for (size_t i = 0; i < ARRAY_COUNT(reserved); i++) {
		if (report->version < reserved[i].first_version ||
		    report->version > reserved[i].last_version ||
		    is_zero(bytes + reserved[i].offset, reserved[i].count))
			continue;
		detail_say(&j->detail, "behind byte ");
		detail_say_number(&j->detail, reserved[i].offset);
		return REASON_REPORT_RESERVED;
	}
	for (size_t i = 0; i < ARRAY_COUNT(tcbs); i++)
		if (!tcb_is_reserved_zero(j->product, tcbs[i]))
			return REASON_REPORT_RESERVED;
	return report->key_info & ~KEY_INFO_KNOWN ? REASON_REPORT_RESERVED
						  : REASON_PASS;
}

// Version 2 doesn't say.
enum reason report_judge_product(struct judgement *j)
{
	enum anchorhold_product product;

	if (j->report.version < VERSION_CPUID)
		return REASON_PASS;
	if (product_of_cpuid(j->report.cpuid_family, j->report.cpuid_model,
			     &product) != OK)
		return REASON_WRONG_PRODUCT;
	return product == j->product ? REASON_PASS : REASON_WRONG_PRODUCT;
}

enum reason report_judge_key_kind(struct judgement *j)
{
	bool is_vlek = signing_key(&j->report) == REPORT_SIGNED_BY_VLEK;

	return is_vlek == j->vek.is_vlek ? REASON_PASS : REASON_WRONG_KEY_KIND;
}

// A VLEK is a cloud's, not a chip's, and such clouds mask the id.
enum reason report_judge_chip(struct judgement *j)
{
	const uint8_t *id = j->report.chip_id;

	if (j->vek.is_vlek)
		return REASON_PASS;
	if (is_zero(id, VEK_CHIP_ID_BYTES))
		return REASON_MASKED_CHIP_ID;
	return memcmp(id, j->vek.chip_id, VEK_CHIP_ID_BYTES) == 0
		       ? REASON_PASS
		       : REASON_WRONG_CHIP;
}

enum reason report_judge_levels(struct judgement *j)
{
	if (j->report.reported_tcb == j->vek.tcb)
		return REASON_PASS;
	detail_say(&j->detail, "the certificate has ");
	detail_say_hex(&j->detail, j->vek.tcb);
	detail_say(&j->detail, ", the report ");
	detail_say_hex(&j->detail, j->report.reported_tcb);
	return REASON_VEK_LEVELS;
}
