// SPDX-License-Identifier: Apache-2.0
// A verifier's half of the evidence, for tests: it shares constants and the
// CBOR reader with the guest, no code that makes or hashes anything.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <openssl/sha.h>

#include "abi/report.h"
#include "base/cbor.h"
#include "base/evidence_form.h"

static inline struct evidence_hash check_join(struct evidence_hash left,
					      struct evidence_hash right)
{
	struct evidence_hash out;
	uint8_t bytes[65] = { 1 };

	memcpy(bytes + 1, left.bytes, 32);
	memcpy(bytes + 33, right.bytes, 32);
	SHA256(bytes, sizeof(bytes), out.bytes);
	return out;
}

// RFC 9162, 2.1.3.2.
static inline bool check_path(struct evidence_hash leaf,
			      const struct evidence_place *place,
			      struct evidence_hash root)
{
	uint32_t fn = place->index;
	uint32_t sn = place->size - 1;
	struct evidence_hash r = leaf;

	if (place->index >= place->size)
		return false;
	for (uint32_t i = 0; i < place->path_count; i++) {
		if (sn == 0)
			return false;
		if ((fn & 1) == 0 && fn != sn) {
			r = check_join(r, place->path[i]);
		} else {
			r = check_join(place->path[i], r);
			while ((fn & 1) == 0 && fn != 0) {
				fn >>= 1;
				sn >>= 1;
			}
		}
		fn >>= 1;
		sn >>= 1;
	}
	return sn == 0 && memcmp(r.bytes, root.bytes, sizeof(r.bytes)) == 0;
}

static inline struct evidence_hash check_sha256(const void *bytes, size_t count)
{
	struct evidence_hash out;

	SHA256(bytes, count, out.bytes);
	return out;
}

// The formulas, put together byte by byte.
static inline struct evidence_hash check_leaf(const uint8_t nonce[32],
					      const uint8_t exporter[32])
{
	uint8_t bytes[1 + 1 + 22 + 34 + 34];
	uint8_t *p = bytes;

	memcpy(p,
	       "\x00\x83\x75"
	       "anchorhold-session-v1\x58\x20",
	       26);
	memcpy(p + 26, nonce, 32);
	memcpy(p + 58, "\x58\x20", 2);
	memcpy(p + 60, exporter, 32);
	return check_sha256(bytes, sizeof(bytes));
}

static inline uint8_t *check_put_hash(uint8_t *p, struct evidence_hash hash)
{
	memcpy(p, "\x58\x20", 2);
	memcpy(p + 2, hash.bytes, 32);
	return p + 34;
}

static inline void check_report_data(const struct evidence_claims *claims,
				     uint8_t out[64])
{
	uint8_t bytes[192];
	uint8_t *p = bytes;

	memcpy(p,
	       "\x86\x76"
	       "anchorhold-evidence-v1",
	       24);
	p = check_put_hash(p + 24, claims->spki_sha256);
	p = check_put_hash(p, claims->policy_sha256);
	p = check_put_hash(p, claims->app_sha256);
	*p++ = (uint8_t)claims->profile; // below 24
	if (claims->has_root)
		p = check_put_hash(p, claims->root);
	else
		*p++ = 0xf6;
	SHA512(bytes, (size_t)(p - bytes), out);
}

struct check_evidence {
	struct evidence_claims claims;
	struct evidence_place place;
	bool has_place;
	struct attestation_report report;
	const uint8_t *certificates;
	size_t certificates_bytes;
};

static inline bool check_read_hash(struct reader *r, struct evidence_hash *out)
{
	const uint8_t *at;
	size_t count;

	if (cbor_get_bytes(r, &at, &count) != OK || count != sizeof(out->bytes))
		return false;
	memcpy(out->bytes, at, count);
	return true;
}

static inline bool check_read_key(struct reader *r, uint64_t key)
{
	uint64_t got;

	return cbor_get_uint(r, &got) == OK && got == key;
}

static inline bool check_read_place(struct reader *r,
				    struct evidence_place *out)
{
	uint64_t index, size, count;

	if (!check_read_key(r, 6) || cbor_get_uint(r, &index) != OK ||
	    !check_read_key(r, 7) || cbor_get_uint(r, &size) != OK ||
	    !check_read_key(r, 8) || cbor_get_array(r, &count) != OK ||
	    count > EVIDENCE_PATH_LIMIT || size > EVIDENCE_TREE_LIMIT)
		return false;
	out->index = (uint32_t)index;
	out->size = (uint32_t)size;
	out->path_count = (uint32_t)count;
	for (uint32_t i = 0; i < count; i++)
		if (!check_read_hash(r, &out->path[i]))
			return false;
	return true;
}

static inline bool check_read_claims(struct reader r,
				     struct check_evidence *out)
{
	struct evidence_claims *c = &out->claims;
	uint64_t count;

	if (cbor_get_map(&r, &count) != OK || (count != 5 && count != 8) ||
	    !check_read_key(&r, 1) || cbor_get_uint(&r, &c->profile) != OK ||
	    !check_read_key(&r, 2) || !check_read_hash(&r, &c->spki_sha256) ||
	    !check_read_key(&r, 3) || !check_read_hash(&r, &c->policy_sha256) ||
	    !check_read_key(&r, 4) || !check_read_hash(&r, &c->app_sha256) ||
	    !check_read_key(&r, 5))
		return false;
	c->has_root = cbor_peek(&r) == CBOR_BYTES;
	out->has_place = count == 8;
	if (c->has_root != out->has_place)
		return false;
	if (c->has_root ? !check_read_hash(&r, &c->root)
			: cbor_get_null(&r) != OK)
		return false;
	return (!out->has_place || check_read_place(&r, &out->place)) &&
	       r.left == 0;
}

static inline bool check_read_record(struct reader *r, const char *label,
				     const char *type, const uint8_t **at,
				     size_t *count)
{
	struct text text;
	uint64_t items;

	return cbor_get_text(r, &text) == OK &&
	       text_equal(text, text_of(label)) &&
	       cbor_get_array(r, &items) == OK && items == 2 &&
	       cbor_get_text(r, &text) == OK &&
	       text_equal(text, text_of(type)) &&
	       cbor_get_bytes(r, at, count) == OK;
}

// Reads an envelope in CBOR. Its report must say the hash of its claims.
static inline bool check_read(const uint8_t *bytes, size_t count,
			      struct check_evidence *out)
{
	struct reader r = reader_of(bytes, count);
	const uint8_t *claims, *report;
	size_t claims_bytes, report_bytes;
	uint64_t parts;
	uint8_t report_data[64];

	memset(out, 0, sizeof(*out));
	if (cbor_get_map(&r, &parts) != OK ||
	    !check_read_record(&r, "claims",
			       "application/vnd.anchorhold.claims+cbor",
			       &claims, &claims_bytes) ||
	    !check_read_record(&r, "report",
			       "application/vnd.amd.sev-snp.attestation-report",
			       &report, &report_bytes) ||
	    report_bytes != sizeof(out->report))
		return false;
	if (parts == 3 &&
	    !check_read_record(&r, "certificates",
			       "application/vnd.amd.ghcb.guid-table",
			       &out->certificates, &out->certificates_bytes))
		return false;
	memcpy(&out->report, report, report_bytes);
	if (r.left || !check_read_claims(reader_of(claims, claims_bytes), out))
		return false;
	check_report_data(&out->claims, report_data);
	return memcmp(report_data, out->report.report_data, 64) == 0;
}
