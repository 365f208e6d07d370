// SPDX-License-Identifier: Apache-2.0
// The judge: one list of checks, in the design's order. The first refusal is
// the verdict.
#include <string.h>

#include "base/num.h"
#include "client/chain.h"
#include "client/chain_crl.h"
#include "client/claims.h"
#include "client/claims_isolation.h"
#include "client/report_form.h"
#include "client/report_isolation.h"

// What a check is part of.
enum part {
	ALWAYS,
	BOUND,     // needs claims: left out for a report alone
	ISOLATION, // left out when only authenticity is asked for
	BOUND_ISOLATION,
};

static judge fill_report, fill_claims;

static const struct {
	judge *judge;
	enum part part;
} checks[] = {
	// 1. NotAnEnclave
	{ claims_judge_envelope, BOUND },
	{ report_judge_form, ALWAYS },
	{ chain_judge_certificates, ALWAYS },
	{ chain_judge_names, ALWAYS },
	{ chain_judge_root, ALWAYS },
	{ chain_judge_signatures, ALWAYS },
	{ chain_judge_validity, ALWAYS },
	{ report_judge_signature, ALWAYS },
	{ fill_report, ALWAYS },
	{ report_judge_reserved, ALWAYS },
	{ report_judge_product, ALWAYS },
	{ report_judge_key_kind, ALWAYS },
	{ report_judge_chip, ALWAYS },
	{ report_judge_levels, ALWAYS },
	{ claims_judge_key, BOUND },
	{ claims_judge_report, BOUND },
	{ claims_judge_session, BOUND },
	{ crl_judge, ALWAYS },
	// 2. InvalidEnclaveCode
	{ report_judge_measurement, ISOLATION },
	{ fill_claims, BOUND_ISOLATION },
	// 3. NotIsolatedEnclave
	{ report_judge_guest_policy, ISOLATION },
	{ report_judge_floor, ISOLATION },
	{ report_judge_platform, ISOLATION },
	{ report_judge_identity, ISOLATION },
	{ claims_judge_profile, BOUND_ISOLATION },
	{ claims_judge_app, BOUND_ISOLATION },
	{ claims_judge_policy, BOUND_ISOLATION },
};

static bool is_equal(struct report_firmware_version a,
		     struct report_firmware_version b)
{
	return a.build == b.build && a.minor == b.minor && a.major == b.major;
}

// What is proven by now. Firmware that isn't committed may still be taken back;
// AMD means that to happen while a platform is updated, so it is only noted.
static enum reason fill_report(struct judgement *j)
{
	const struct attestation_report *r = &j->report;
	struct anchorhold_verdict *out = j->out;

	out->has_report = true;
	out->report_version = r->version;
	out->product = j->product;
	memcpy(out->measurement, r->measurement, sizeof(out->measurement));
	memcpy(out->chip_id, r->chip_id, sizeof(out->chip_id));
	out->reported_tcb = r->reported_tcb;
	out->guest_policy = r->policy;
	if (r->current_tcb != r->committed_tcb ||
	    !is_equal(r->current_version, r->committed_version))
		out->notes |= ANCHORHOLD_NOTE_PROVISIONAL;
	return REASON_PASS;
}

static enum reason fill_claims(struct judgement *j)
{
	const struct evidence_claims *c = &j->claims;
	struct anchorhold_verdict *out = j->out;

	out->has_claims = true;
	out->profile = c->profile > UINT32_MAX ? UINT32_MAX
					       : (uint32_t)c->profile;
	memcpy(out->spki_sha256, c->spki_sha256.bytes,
	       sizeof(out->spki_sha256));
	memcpy(out->policy_sha256, c->policy_sha256.bytes,
	       sizeof(out->policy_sha256));
	memcpy(out->app_sha256, c->app_sha256.bytes, sizeof(out->app_sha256));
	return REASON_PASS;
}

static bool is_asked_for(const struct judgement *j, enum part part)
{
	bool is_bound = part == BOUND || part == BOUND_ISOLATION;
	bool is_isolation = part == ISOLATION || part == BOUND_ISOLATION;

	return (j->binding || !is_bound) &&
	       (!j->demands->authentic_only || !is_isolation);
}

static bool is_sensible(const struct judgement *j)
{
	const struct anchorhold_demands *d = j->demands;
	const struct anchorhold_binding *b = j->binding;

	return d->measurement_count <= ANCHORHOLD_MEASUREMENTS_LIMIT &&
	       d->chip_count <= ANCHORHOLD_CHIPS_LIMIT &&
	       (d->measurement_count == 0 || d->measurements) &&
	       (d->chip_count == 0 || d->chips) &&
	       (!b || ((b->nonce == NULL) == (b->exporter == NULL) &&
		       b->spki.count != 0));
}

static enum reason judge_all(struct judgement *j)
{
	enum reason reason;

	if (!is_sensible(j))
		return REASON_BAD_DEMANDS;
	if (j->demands->insecure_root.count)
		j->out->notes |= ANCHORHOLD_NOTE_INSECURE_ROOT;
	if (j->demands->authentic_only)
		j->out->notes |= ANCHORHOLD_NOTE_AUTHENTIC_ONLY;
	for (size_t i = 0; i < ARRAY_COUNT(checks); i++) {
		if (!is_asked_for(j, checks[i].part))
			continue;
		reason = checks[i].judge(j);
		if (reason != REASON_PASS)
			return reason;
	}
	return REASON_PASS;
}

static void verify(struct judgement *j)
{
	memset(j->out, 0, sizeof(*j->out));
	enum reason reason = judge_all(j);

	verdict_set(j->out, reason, &j->detail);
}

void anchorhold_verify_report(const struct anchorhold_material *material,
			      const struct anchorhold_demands *demands,
			      struct anchorhold_verdict *out)
{
	struct judgement j = { .material = *material,
			       .demands = demands,
			       .out = out };

	verify(&j);
}

void anchorhold_verify_evidence(struct anchorhold_bytes evidence,
				const struct anchorhold_binding *binding,
				struct anchorhold_bytes policy,
				const struct anchorhold_material *material,
				const struct anchorhold_demands *demands,
				struct anchorhold_verdict *out)
{
	struct judgement j = { .evidence = evidence,
			       .material = *material,
			       .demands = demands,
			       .binding = binding,
			       .policy = policy,
			       .out = out };

	verify(&j);
}
