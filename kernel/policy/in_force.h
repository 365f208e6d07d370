// SPDX-License-Identifier: Apache-2.0
// The policy in force: what was packed, decoded once, and taken only if this
// kernel can hold it. There is no way to change it while the guest runs.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/policy.h"

// What this image can hold an app and its clients to.
struct policy_means {
	bool has_console; // a line of the app's can reach one
	// By enum policy_limit: what holds anyway; POLICY_NO_LIMIT: nothing does.
	uint64_t limits[POLICY_LIMIT_COUNT];
	// Which limits can be made tighter than that.
	bool is_adjustable[POLICY_LIMIT_COUNT];
};

// What the policy asks for and this image can't do: one sentence, or NULL.
const char *policy_unenforceable(const struct policy *policy,
				 const struct policy_means *means);
// Decodes package()->policy. Halts with HALT_POLICY when it can't be decoded or
// asks for what can't be enforced.
void policy_start(const struct policy_means *means);
// Valid once policy_start returned; never NULL.
const struct policy *policy_in_force(void);
