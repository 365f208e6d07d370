// SPDX-License-Identifier: Apache-2.0
// Step 3, as far as claims and policy go: the profile, the app, and what the
// policy lets the enclave do.
#pragma once

#include "client/verify_judgement.h"

judge claims_judge_profile;
judge claims_judge_app;
judge claims_judge_policy;
