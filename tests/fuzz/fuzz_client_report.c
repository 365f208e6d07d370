// SPDX-License-Identifier: Apache-2.0
// Fuzzes the judge of a report and its chain: each part of the input is a
// length and that many bytes. No input may pass, since none is AMD's.
#include "base/bytes.h"
#include "base/check.h"
#include "client/anchorhold.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t count);

static struct anchorhold_bytes take(struct reader *r)
{
	struct anchorhold_bytes part = { 0 };
	uint16_t count;

	if (read_le16(r, &count) != OK)
		return part;
	part.count = count < r->left ? count : r->left;
	CHECK(read_view(r, part.count, &part.at) == OK);
	return part;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t count)
{
	struct reader r = reader_of(data, count);
	struct anchorhold_material material = { .report = take(&r),
						.vek = take(&r),
						.ca = take(&r),
						.root = take(&r),
						.crl = take(&r) };
	struct anchorhold_demands demands = { .at = 1700000000,
					      .insecure_root = take(&r),
					      .authentic_only = true };
	struct anchorhold_verdict v;
	char json[4096];

	anchorhold_verify_report(&material, &demands, &v);
	CHECK(v.code != ANCHORHOLD_PASS || demands.insecure_root.count != 0);
	CHECK(anchorhold_verdict_json(&v, json, sizeof(json)) < sizeof(json));
	return 0;
}
