// SPDX-License-Identifier: Apache-2.0
#include "client/claims_isolation.h"

#include <string.h>

#include "base/num.h"
#include "base/policy.h"
#include "client/crypto.h"

enum reason claims_judge_profile(struct judgement *j)
{
	if (j->claims.profile == EVIDENCE_PROFILE_PRODUCTION)
		return REASON_PASS;
	if (j->claims.profile != EVIDENCE_PROFILE_DEVELOPMENT ||
	    !j->demands->allow_development)
		return REASON_PROFILE;
	j->out->notes |= ANCHORHOLD_NOTE_DEVELOPMENT;
	return REASON_PASS;
}

enum reason claims_judge_app(struct judgement *j)
{
	if (!j->demands->has_app_sha256 ||
	    memcmp(j->demands->app_sha256, j->claims.app_sha256.bytes,
		   sizeof(j->demands->app_sha256)) == 0)
		return REASON_PASS;
	return REASON_WRONG_APP;
}

static enum reason judge_rules(const struct anchorhold_demands *d,
			       const struct policy *policy)
{
	const struct {
		bool is_refused;
		enum reason reason;
	} rules[] = {
		{ !d->allow_egress && policy->egress_count, REASON_EGRESS },
		{ !d->allow_console && policy->console, REASON_CONSOLE },
		{ d->demand_fresh_state && policy->state != POLICY_STATE_FRESH,
		  REASON_STATE },
		{ d->demand_named_clients &&
			  policy->clients == POLICY_CLIENTS_ANYONE,
		  REASON_CLIENTS },
	};

	for (size_t i = 0; i < ARRAY_COUNT(rules); i++)
		if (rules[i].is_refused)
			return rules[i].reason;
	return REASON_PASS;
}

static enum reason judge_bytes(struct judgement *j)
{
	uint8_t digest[CRYPTO_SHA256_BYTES];
	struct policy policy;

	if (j->policy.count == 0)
		return REASON_NO_POLICY;
	crypto_sha256(j->policy.at, j->policy.count, digest);
	if (memcmp(digest, j->claims.policy_sha256.bytes, sizeof(digest)) != 0)
		return REASON_POLICY_MISMATCH;
	if (policy_decode(j->policy.at, j->policy.count, &policy) != OK)
		return REASON_BAD_POLICY;
	return judge_rules(j->demands, &policy);
}

enum reason claims_judge_policy(struct judgement *j)
{
	const struct anchorhold_demands *d = j->demands;

	if (d->has_policy_sha256)
		return memcmp(d->policy_sha256, j->claims.policy_sha256.bytes,
			      sizeof(d->policy_sha256)) == 0
			       ? REASON_PASS
			       : REASON_WRONG_POLICY;
	if (!d->any_policy)
		return judge_bytes(j);
	j->out->notes |= ANCHORHOLD_NOTE_ANY_POLICY;
	return REASON_PASS;
}
