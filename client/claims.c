// SPDX-License-Identifier: Apache-2.0
#include "client/claims.h"

#include <string.h>

#include "base/cbor.h"
#include "client/cmw.h"
#include "client/crypto.h"

static enum err expect_key(struct reader *r, enum evidence_claim claim)
{
	uint64_t key;

	TRY(cbor_get_uint(r, &key));
	return key == (uint64_t)claim ? OK : ERR_BAD_INPUT;
}

static enum err read_hash(struct reader *r, struct evidence_hash *out)
{
	const uint8_t *at;
	size_t count;

	TRY(cbor_get_bytes(r, &at, &count));
	if (count != sizeof(out->bytes))
		return ERR_BAD_INPUT;
	memcpy(out->bytes, at, sizeof(out->bytes));
	return OK;
}

static enum err read_claims(struct reader *r, bool has_root,
			    struct evidence_claims *out)
{
	TRY(expect_key(r, EVIDENCE_CLAIM_PROFILE));
	TRY(cbor_get_uint(r, &out->profile));
	TRY(expect_key(r, EVIDENCE_CLAIM_SPKI_SHA256));
	TRY(read_hash(r, &out->spki_sha256));
	TRY(expect_key(r, EVIDENCE_CLAIM_POLICY_SHA256));
	TRY(read_hash(r, &out->policy_sha256));
	TRY(expect_key(r, EVIDENCE_CLAIM_APP_SHA256));
	TRY(read_hash(r, &out->app_sha256));
	TRY(expect_key(r, EVIDENCE_CLAIM_ROOT));
	out->has_root = has_root;
	return has_root ? read_hash(r, &out->root) : cbor_get_null(r);
}

static enum err read_u32(struct reader *r, uint32_t limit, uint32_t *out)
{
	uint64_t value;

	TRY(cbor_get_uint(r, &value));
	if (value >= limit)
		return ERR_BAD_INPUT;
	*out = (uint32_t)value;
	return OK;
}

static enum err read_place(struct reader *r, struct evidence_place *out)
{
	uint64_t count;

	TRY(expect_key(r, EVIDENCE_CLAIM_INDEX));
	TRY(read_u32(r, EVIDENCE_TREE_LIMIT, &out->index));
	TRY(expect_key(r, EVIDENCE_CLAIM_SIZE));
	TRY(read_u32(r, EVIDENCE_TREE_LIMIT + 1, &out->size));
	if (out->index >= out->size)
		return ERR_BAD_INPUT;
	TRY(expect_key(r, EVIDENCE_CLAIM_PATH));
	TRY(cbor_get_array(r, &count));
	if (count > EVIDENCE_PATH_LIMIT)
		return ERR_BAD_INPUT;
	out->path_count = (uint32_t)count;
	for (uint32_t i = 0; i < out->path_count; i++)
		TRY(read_hash(r, &out->path[i]));
	return OK;
}

enum err claims_read(struct anchorhold_bytes bytes, struct evidence_claims *out,
		     bool *has_place, struct evidence_place *place)
{
	struct reader r = reader_of(bytes.at, bytes.count);
	struct evidence_claims claims = { 0 };
	struct evidence_place found = { 0 };
	uint64_t count;

	TRY(cbor_get_map(&r, &count));
	if (count != EVIDENCE_CLAIMS_BOOT && count != EVIDENCE_CLAIMS_SESSION)
		return ERR_BAD_INPUT;
	bool is_session = count == EVIDENCE_CLAIMS_SESSION;
	TRY(read_claims(&r, is_session, &claims));
	if (is_session)
		TRY(read_place(&r, &found));
	if (r.left != 0)
		return ERR_BAD_INPUT;
	*out = claims;
	*has_place = is_session;
	*place = found;
	return OK;
}

enum reason claims_judge_envelope(struct judgement *j)
{
	struct cmw cmw;

	if (j->evidence.count == 0)
		return REASON_NO_EVIDENCE;
	if (cmw_read(j->evidence, &cmw) != OK)
		return REASON_BAD_EVIDENCE;
	j->material.report = cmw.report;
	if (cmw.certificates.count &&
	    cmw_read_certificates(cmw.certificates, &j->material) != OK)
		return REASON_BAD_CERTIFICATE_TABLE;
	if (claims_read(cmw.claims, &j->claims, &j->has_place, &j->place) != OK)
		return REASON_BAD_CLAIMS;
	return j->has_place == (j->binding->nonce != NULL) ? REASON_PASS
							   : REASON_WRONG_FORM;
}

enum reason claims_judge_key(struct judgement *j)
{
	uint8_t digest[CRYPTO_SHA256_BYTES];

	crypto_sha256(j->binding->spki.at, j->binding->spki.count, digest);
	return memcmp(digest, j->claims.spki_sha256.bytes, sizeof(digest)) == 0
		       ? REASON_PASS
		       : REASON_KEY_NOT_BOUND;
}

enum reason claims_judge_report(struct judgement *j)
{
	uint8_t preimage[EVIDENCE_PREIMAGE_LIMIT];
	uint8_t digest[CRYPTO_SHA512_BYTES];
	struct writer w = writer_of(preimage, sizeof(preimage));

	_Static_assert(sizeof(digest) == REPORT_DATA_BYTES);
	if (evidence_form_preimage(&w, &j->claims) != OK)
		return REASON_CLAIMS_NOT_BOUND;
	crypto_sha512(preimage, w.used, digest);
	return memcmp(digest, j->report.report_data, sizeof(digest)) == 0
		       ? REASON_PASS
		       : REASON_CLAIMS_NOT_BOUND;
}

static void hash_node(const uint8_t left[EVIDENCE_HASH_BYTES],
		      const uint8_t right[EVIDENCE_HASH_BYTES],
		      uint8_t out[EVIDENCE_HASH_BYTES])
{
	uint8_t node[1 + 2 * EVIDENCE_HASH_BYTES];

	node[0] = EVIDENCE_NODE_PREFIX;
	memcpy(node + 1, left, EVIDENCE_HASH_BYTES);
	memcpy(node + 1 + EVIDENCE_HASH_BYTES, right, EVIDENCE_HASH_BYTES);
	crypto_sha256(node, sizeof(node), out);
}

enum err claims_root(const uint8_t leaf[EVIDENCE_HASH_BYTES],
		     const struct evidence_place *place,
		     uint8_t root[EVIDENCE_HASH_BYTES])
{
	uint32_t fn = place->index, sn = place->size - 1; // RFC 9162's names
	uint8_t r[EVIDENCE_HASH_BYTES];

	memcpy(r, leaf, sizeof(r));
	for (uint32_t i = 0; i < place->path_count; i++) {
		const uint8_t *p = place->path[i].bytes;

		if (sn == 0)
			return ERR_BAD_INPUT;
		if ((fn & 1) || fn == sn) {
			hash_node(p, r, r);
			while (!(fn & 1) && fn != 0) {
				fn >>= 1;
				sn >>= 1;
			}
		} else {
			hash_node(r, p, r);
		}
		fn >>= 1;
		sn >>= 1;
	}
	if (sn != 0)
		return ERR_BAD_INPUT;
	memcpy(root, r, sizeof(r));
	return OK;
}

enum reason claims_judge_session(struct judgement *j)
{
	uint8_t bytes[EVIDENCE_LEAF_BYTES_LIMIT];
	uint8_t leaf[EVIDENCE_HASH_BYTES], root[EVIDENCE_HASH_BYTES];
	struct writer w = writer_of(bytes, sizeof(bytes));

	if (!j->has_place)
		return REASON_PASS;
	if (evidence_form_leaf(&w, j->binding->nonce, j->binding->exporter) !=
	    OK)
		return REASON_SESSION_NOT_BOUND;
	crypto_sha256(bytes, w.used, leaf);
	if (claims_root(leaf, &j->place, root) != OK ||
	    memcmp(root, j->claims.root.bytes, sizeof(root)) != 0)
		return REASON_SESSION_NOT_BOUND;
	return REASON_PASS;
}
