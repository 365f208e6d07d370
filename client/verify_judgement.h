// SPDX-License-Identifier: Apache-2.0
// What the checks of one verification share. Each check reads what earlier ones
// proved, adds its own, and says why it refuses.
#pragma once

#include "abi/report.h"
#include "base/evidence_form.h"
#include "client/anchorhold.h"
#include "client/chain_certificate.h"
#include "client/chain_pem.h"
#include "client/vek.h"
#include "client/verdict.h"

struct judgement {
	// What came, and what is demanded. From an evidence, `material` is
	// filled up by its first check.
	struct anchorhold_bytes evidence;
	struct anchorhold_material material;
	const struct anchorhold_demands *demands;
	const struct anchorhold_binding *binding; // NULL: a report alone
	struct anchorhold_bytes policy;

	// What was found. The chain is proven by chain_judge_signatures(), the
	// report by report_judge_signature(), the claims by
	// claims_judge_report().
	struct pem_room room;
	struct certificate vek_certificate, ca, root;
	bool has_root; // the certificate; the key is always had
	struct anchorhold_bytes root_key; // SubjectPublicKeyInfo
	enum anchorhold_product product;
	struct vek vek;
	struct attestation_report report;
	struct evidence_claims claims;
	bool has_place;
	struct evidence_place place;

	struct detail detail; // for the verdict's sentence
	struct anchorhold_verdict *out;
};

typedef enum reason judge(struct judgement *j);

// Of a failure of cryptography or parsing: memory, or what is given.
static inline enum reason reason_of(enum err e, enum reason otherwise)
{
	if (e == OK)
		return REASON_PASS;
	return e == ERR_NO_MEMORY ? REASON_NO_MEMORY : otherwise;
}
