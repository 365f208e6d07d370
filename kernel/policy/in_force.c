// SPDX-License-Identifier: Apache-2.0
// Takes the packed policy, or ends the guest: a policy that is half enforced
// would be a promise broken in silence.
#include "kernel/policy/in_force.h"

#include "base/check.h"
#include "kernel/halt.h"
#include "kernel/log.h"
#include "kernel/package.h"

static struct policy in_force;
static bool is_started;

static const char *limit_unenforceable(const struct policy *policy,
				       const struct policy_means *means)
{
	static const char *const sentences[POLICY_LIMIT_COUNT] = {
		[POLICY_LIMIT_MEMORY_BYTES] =
			"the policy limits the app's memory",
		[POLICY_LIMIT_REQUEST_BYTES] =
			"the policy wants smaller requests than the server's",
		[POLICY_LIMIT_REQUEST_CPU_MS] =
			"the policy limits a request's CPU time",
		[POLICY_LIMIT_CONNECTIONS] =
			"the policy wants fewer connections than the server's",
	};

	for (size_t i = 0; i < POLICY_LIMIT_COUNT; i++)
		if (policy->limits[i] < means->limits[i] &&
		    !means->is_adjustable[i])
			return sentences[i];
	return NULL;
}

const char *policy_unenforceable(const struct policy *policy,
				 const struct policy_means *means)
{
	if (policy->clients != POLICY_CLIENTS_ANYONE)
		return "the policy wants clients with certificates";
	if (policy->has_routes)
		return "the policy names routes";
	if (policy->egress_count > 0)
		return "the policy names peers to connect to";
	if (policy->console && !means->has_console)
		return "the policy wants a console";
	if (policy->state != POLICY_STATE_KEPT)
		return "the policy wants fresh memory for each request";
	return limit_unenforceable(policy, means);
}

void policy_start(const struct policy_means *means)
{
	const struct package *p = package();
	const char *why;

	if (policy_decode(p->policy, p->policy_bytes, &in_force) != OK)
		halt(HALT_POLICY, "the policy can't be decoded");
	why = policy_unenforceable(&in_force, means);
	if (why)
		halt(HALT_POLICY, why);
	is_started = true;
	log_line("policy: anyone, all routes, no egress, console %s, state "
		 "kept",
		 in_force.console ? "on" : "off");
}

const struct policy *policy_in_force(void)
{
	CHECK(is_started);
	return &in_force;
}
