// SPDX-License-Identifier: Apache-2.0
// A policy's one encoding, written. Only the packer writes it: the kernel reads
// it by base/policy.h.
#pragma once

#include "base/bytes.h"
#include "base/err.h"
#include "base/policy.h"

// ERR_BAD_INPUT when the policy breaks a rule of base/policy.h, ERR_TOO_BIG
// when it doesn't fit.
enum err policy_form_write(const struct policy *policy, struct writer *w);
