// SPDX-License-Identifier: Apache-2.0
#include "base/evidence_form.h"

#include "base/base64url.h"
#include "base/cbor.h"

static enum err put_hash(struct writer *w, const struct evidence_hash *hash)
{
	return cbor_put_bytes(w, hash->bytes, sizeof(hash->bytes));
}

static enum err put_root(struct writer *w, const struct evidence_claims *claims)
{
	return claims->has_root ? put_hash(w, &claims->root) : cbor_put_null(w);
}

enum err evidence_form_preimage(struct writer *w,
				const struct evidence_claims *claims)
{
	TRY(cbor_put_array(w, EVIDENCE_PREIMAGE_ITEMS));
	TRY(cbor_put_text(w, TEXT(EVIDENCE_PREIMAGE_LABEL)));
	TRY(put_hash(w, &claims->spki_sha256));
	TRY(put_hash(w, &claims->policy_sha256));
	TRY(put_hash(w, &claims->app_sha256));
	TRY(cbor_put_uint(w, claims->profile));
	return put_root(w, claims);
}

enum err evidence_form_leaf(struct writer *w,
			    const uint8_t nonce[EVIDENCE_NONCE_BYTES],
			    const uint8_t exporter[EVIDENCE_EXPORTER_BYTES])
{
	static const uint8_t prefix = EVIDENCE_LEAF_PREFIX;

	TRY(write_bytes(w, &prefix, 1));
	TRY(cbor_put_array(w, EVIDENCE_LEAF_ITEMS));
	TRY(cbor_put_text(w, TEXT(EVIDENCE_LEAF_LABEL)));
	TRY(cbor_put_bytes(w, nonce, EVIDENCE_NONCE_BYTES));
	return cbor_put_bytes(w, exporter, EVIDENCE_EXPORTER_BYTES);
}

static enum err put_place(struct writer *w, const struct evidence_place *place)
{
	TRY(cbor_put_uint(w, EVIDENCE_CLAIM_INDEX));
	TRY(cbor_put_uint(w, place->index));
	TRY(cbor_put_uint(w, EVIDENCE_CLAIM_SIZE));
	TRY(cbor_put_uint(w, place->size));
	TRY(cbor_put_uint(w, EVIDENCE_CLAIM_PATH));
	TRY(cbor_put_array(w, place->path_count));
	for (uint32_t i = 0; i < place->path_count; i++)
		TRY(put_hash(w, &place->path[i]));
	return OK;
}

enum err evidence_form_claims(struct writer *w,
			      const struct evidence_claims *claims,
			      const struct evidence_place *place)
{
	TRY(cbor_put_map(w, place ? EVIDENCE_CLAIMS_SESSION
				  : EVIDENCE_CLAIMS_BOOT));
	TRY(cbor_put_uint(w, EVIDENCE_CLAIM_PROFILE));
	TRY(cbor_put_uint(w, claims->profile));
	TRY(cbor_put_uint(w, EVIDENCE_CLAIM_SPKI_SHA256));
	TRY(put_hash(w, &claims->spki_sha256));
	TRY(cbor_put_uint(w, EVIDENCE_CLAIM_POLICY_SHA256));
	TRY(put_hash(w, &claims->policy_sha256));
	TRY(cbor_put_uint(w, EVIDENCE_CLAIM_APP_SHA256));
	TRY(put_hash(w, &claims->app_sha256));
	TRY(cbor_put_uint(w, EVIDENCE_CLAIM_ROOT));
	TRY(put_root(w, claims));
	return place ? put_place(w, place) : OK;
}

// One record of the envelope.
struct record {
	struct text label, type;
	const uint8_t *bytes;
	size_t count;
};

// In the order of the labels' encodings (RFC 8949, 4.2.1); the third may be
// left out. Returns how many there are.
static size_t list_records(const struct evidence_parts *parts,
			   struct record out[3])
{
	out[0] = (struct record){ TEXT(EVIDENCE_LABEL_CLAIMS),
				  TEXT(EVIDENCE_TYPE_CLAIMS), parts->claims,
				  parts->claims_bytes };
	out[1] = (struct record){ TEXT(EVIDENCE_LABEL_REPORT),
				  TEXT(EVIDENCE_TYPE_REPORT), parts->report,
				  parts->report_bytes };
	out[2] = (struct record){ TEXT(EVIDENCE_LABEL_CERTIFICATES),
				  TEXT(EVIDENCE_TYPE_CERTIFICATES),
				  parts->certificates,
				  parts->certificates_bytes };
	return parts->certificates_bytes ? 3 : 2;
}

enum err evidence_form_cbor(struct writer *w,
			    const struct evidence_parts *parts)
{
	struct record records[3];
	size_t count = list_records(parts, records);

	TRY(cbor_put_map(w, count));
	for (size_t i = 0; i < count; i++) {
		TRY(cbor_put_text(w, records[i].label));
		TRY(cbor_put_array(w, 2));
		TRY(cbor_put_text(w, records[i].type));
		TRY(cbor_put_bytes(w, records[i].bytes, records[i].count));
	}
	return OK;
}

// Labels and types are our own: nothing in them needs an escape.
static enum err put_string(struct writer *w, struct text text)
{
	TRY(write_text(w, "\""));
	TRY(write_bytes(w, text.at, text.length));
	return write_text(w, "\"");
}

static enum err put_json_record(struct writer *w, const struct record *record)
{
	TRY(put_string(w, record->label));
	TRY(write_text(w, ":["));
	TRY(put_string(w, record->type));
	TRY(write_text(w, ",\""));
	TRY(base64url_write(w, record->bytes, record->count));
	return write_text(w, "\"]");
}

enum err evidence_form_json(struct writer *w,
			    const struct evidence_parts *parts)
{
	struct record records[3];
	size_t count = list_records(parts, records);

	for (size_t i = 0; i < count; i++) {
		TRY(write_text(w, i == 0 ? "{" : ","));
		TRY(put_json_record(w, &records[i]));
	}
	return write_text(w, "}");
}
