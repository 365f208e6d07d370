// SPDX-License-Identifier: Apache-2.0
// Step 2, and step 3 as far as a report goes: which code, and how well
// isolated. Nothing here is looked at before the report is proven.
#pragma once

#include "client/verify_judgement.h"

// One of the published measurements. A report alone passes without any.
judge report_judge_measurement;
// What AMD lets a guest's owner give away is not given away.
judge report_judge_guest_policy;
// Every component of REPORTED, COMMITTED and LAUNCH is at the floor, or above.
judge report_judge_floor;
judge report_judge_platform;
judge report_judge_identity;
