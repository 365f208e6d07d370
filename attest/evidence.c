// SPDX-License-Identifier: Apache-2.0
#include "attest/evidence.h"

#include "attest/endorsements.h"
#include "kernel/package.h"
#include "kernel/profile.h"
#include "tls/hash.h"
#include "tls/key.h"

_Static_assert(EVIDENCE_PROFILE_PRODUCTION == PROFILE_PRODUCTION);
_Static_assert(EVIDENCE_PROFILE_DEVELOPMENT == PROFILE_DEVELOPMENT);

enum err evidence_claims_make(uint32_t key, struct evidence_claims *out)
{
	const struct package *p = package();
	struct evidence_claims claims = { .profile = profile_linked() };
	uint8_t spki[TLS_KEY_SPKI_BYTES];
	size_t count;

	TRY(tls_key_spki(key, spki, sizeof(spki), &count));
	TRY(hash_sha256(spki, count, claims.spki_sha256.bytes));
	TRY(hash_sha256(p->policy, p->policy_bytes,
			claims.policy_sha256.bytes));
	TRY(hash_sha256(p->app, p->app_bytes, claims.app_sha256.bytes));
	*out = claims;
	return OK;
}

enum err evidence_report_data(const struct evidence_claims *claims,
			      uint8_t out[REPORT_DATA_BYTES])
{
	uint8_t bytes[EVIDENCE_PREIMAGE_LIMIT];
	struct writer w = writer_of(bytes, sizeof(bytes));

	TRY(evidence_form_preimage(&w, claims));
	return hash_sha512(bytes, w.used, out);
}

enum err evidence_leaf(const uint8_t nonce[EVIDENCE_NONCE_BYTES],
		       const uint8_t exporter[EVIDENCE_EXPORTER_BYTES],
		       struct evidence_hash *out)
{
	uint8_t bytes[EVIDENCE_LEAF_BYTES_LIMIT];
	struct writer w = writer_of(bytes, sizeof(bytes));

	TRY(evidence_form_leaf(&w, nonce, exporter));
	return hash_sha256(bytes, w.used, out->bytes);
}

enum err evidence_envelope(struct writer *w,
			   const struct evidence_claims *claims,
			   const struct evidence_place *place,
			   const struct attestation_report *report,
			   bool is_json)
{
	uint8_t bytes[EVIDENCE_CLAIMS_LIMIT];
	struct writer inner = writer_of(bytes, sizeof(bytes));
	struct evidence_parts parts = {
		.claims = bytes,
		.report = (const uint8_t *)report,
		.report_bytes = sizeof(*report),
	};

	TRY(evidence_form_claims(&inner, claims, place));
	parts.claims_bytes = inner.used;
	parts.certificates = endorsements_table(&parts.certificates_bytes);
	return is_json ? evidence_form_json(w, &parts)
		       : evidence_form_cbor(w, &parts);
}
