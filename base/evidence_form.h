// SPDX-License-Identifier: Apache-2.0
// The bytes of abi/evidence.h: what is hashed, and what is sent. No hashing
// here, so that guest and client share it whatever their crypto library. Pure.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/evidence.h"
#include "base/bytes.h"
#include "base/err.h"

struct evidence_hash {
	uint8_t bytes[EVIDENCE_HASH_BYTES];
};

// A session's place in the tree. `path_count` nodes, from the leaf's sibling
// upward.
struct evidence_place {
	uint32_t index, size;
	uint32_t path_count;
	struct evidence_hash path[EVIDENCE_PATH_LIMIT];
};

struct evidence_claims {
	uint64_t profile;
	struct evidence_hash spki_sha256, policy_sha256, app_sha256;
	bool has_root; // session form
	struct evidence_hash root;
};

struct evidence_parts {
	const uint8_t *claims, *report, *certificates;
	// 0 certificate bytes: the part is left out.
	size_t claims_bytes, report_bytes, certificates_bytes;
};

// Each fails with ERR_TOO_BIG when it doesn't fit; what was written is then of
// no use.

// What REPORT_DATA is the SHA-512 of: at most EVIDENCE_PREIMAGE_LIMIT bytes.
enum err evidence_form_preimage(struct writer *w,
				const struct evidence_claims *claims);
// What a leaf is the SHA-256 of, prefix included: at most
// EVIDENCE_LEAF_BYTES_LIMIT bytes.
enum err evidence_form_leaf(struct writer *w,
			    const uint8_t nonce[EVIDENCE_NONCE_BYTES],
			    const uint8_t exporter[EVIDENCE_EXPORTER_BYTES]);
// The claims: at most EVIDENCE_CLAIMS_LIMIT bytes. `place` is NULL in the boot
// form, which has no root either.
enum err evidence_form_claims(struct writer *w,
			      const struct evidence_claims *claims,
			      const struct evidence_place *place);
// The envelope, as CBOR and as JSON.
enum err evidence_form_cbor(struct writer *w,
			    const struct evidence_parts *parts);
enum err evidence_form_json(struct writer *w,
			    const struct evidence_parts *parts);
