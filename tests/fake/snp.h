// SPDX-License-Identifier: Apache-2.0
// kernel/snp/snp.h for host programs: a plain machine until a test says
// otherwise.
#pragma once

#include "kernel/snp/snp.h"

// SEV_STATUS from now on; without SEV_STATUS_SNP it's a plain machine.
void fake_snp_set_status(uint64_t status);
