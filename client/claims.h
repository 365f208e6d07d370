// SPDX-License-Identifier: Apache-2.0
// The claims: what REPORT_DATA is made of (abi/evidence.h), and whose session
// they are for.
#pragma once

#include "client/verify_judgement.h"

// Takes the envelope apart and decodes the claims: filled in are the report,
// the certificates that the caller hasn't, the claims and the place in the
// tree.
judge claims_judge_envelope;
// They are for this TLS key.
judge claims_judge_key;
// The report vouches for them.
judge claims_judge_report;
// They are for this nonce and this session, in the session form.
judge claims_judge_session;

// Decodes the claims. ERR_BAD_INPUT for every byte out of order.
enum err claims_read(struct anchorhold_bytes bytes, struct evidence_claims *out,
		     bool *has_place, struct evidence_place *place);
// The root that follows from a leaf and its place (RFC 9162, 2.1.3.2).
// ERR_BAD_INPUT: the path's length doesn't follow from index and size.
enum err claims_root(const uint8_t leaf[EVIDENCE_HASH_BYTES],
		     const struct evidence_place *place,
		     uint8_t root[EVIDENCE_HASH_BYTES]);
