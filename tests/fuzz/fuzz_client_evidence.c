// SPDX-License-Identifier: Apache-2.0
// Fuzzes the evidence: the envelope, the table of certificates and the claims.
// Nothing passes, since no input is AMD's.
#include "base/check.h"
#include "client/anchorhold.h"
#include "client/claims.h"
#include "client/cmw.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t count);

static void fuzz_claims(struct anchorhold_bytes bytes)
{
	uint8_t leaf[EVIDENCE_HASH_BYTES] = { 1 }, root[EVIDENCE_HASH_BYTES];
	struct evidence_claims claims;
	struct evidence_place place;
	bool has_place;

	if (claims_read(bytes, &claims, &has_place, &place) != OK || !has_place)
		return;
	CHECK(place.index < place.size && place.size <= EVIDENCE_TREE_LIMIT);
	CHECK(place.path_count <= EVIDENCE_PATH_LIMIT);
	(void)!claims_root(leaf, &place, root);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t count)
{
	static const uint8_t fixed[32] = { 1 };
	struct anchorhold_bytes input = { data, count };
	struct anchorhold_bytes none = { 0 };
	struct anchorhold_binding binding = { .spki = { fixed, sizeof(fixed) },
					      .nonce = fixed,
					      .exporter = fixed };
	struct anchorhold_material material = { 0 };
	struct anchorhold_demands demands = { .at = 1700000000 };
	struct anchorhold_verdict v;
	struct cmw cmw;

	anchorhold_verify_evidence(input, &binding, none, &material, &demands,
				   &v);
	CHECK(v.code == ANCHORHOLD_NOT_AN_ENCLAVE);
	fuzz_claims(input);
	if (cmw_read(input, &cmw) == OK)
		fuzz_claims(cmw.claims);
	if (anchorhold_evidence_open(input, &material))
		CHECK(material.report.at >= data &&
		      material.report.at + material.report.count <=
			      data + count);
	(void)!cmw_read_certificates(input, &material);
	return 0;
}
