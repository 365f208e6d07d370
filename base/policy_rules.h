// SPDX-License-Identifier: Apache-2.0
// The rules that a policy's struct obeys, for who reads it and who writes it.
#pragma once

#include "base/policy.h"

// ERR_BAD_INPUT when a value, a spelling or the order of a list is wrong,
// ERR_TOO_BIG beyond abi/policy.h's limits. Counts must be within the arrays.
enum err policy_judge(const struct policy *policy);
// Whether a route's prefix is in its one spelling: '/' first, no empty segment
// but the last, no "." or "..", and only bytes that stand raw in a path.
bool policy_prefix_is_canonical(struct text prefix);
// Whether a method's name is capitals and '-', as every registered one is.
bool policy_is_method(struct text method);
