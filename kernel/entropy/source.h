// SPDX-License-Identifier: Apache-2.0
// The CPU's two random instructions, out of line so that unit tests link a fake
// CPU. One try each, 64-bit forms only: the 16- and 32-bit forms of RDSEED may
// hand out 0 as a success (CVE-2025-62626, AMD-SB-7055).
#pragma once

#include <stdbool.h>
#include <stdint.h>

// false, *out untouched: nothing was ready (CF = 0).
bool source_rdseed(uint64_t *out);
bool source_rdrand(uint64_t *out);
