// SPDX-License-Identifier: Apache-2.0
// Random bits from the CPU: RDSEED, or RDRAND where RDSEED is missing; 64-bit
// forms only (AMD-SB-7055, CVE-2025-62626). Never from the host.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

// What callers may count on: half a bit of entropy for each bit handed out, so
// they ask for twice what they need and condition it (mbedTLS's entropy pool
// does, with a hash). RDSEED promises more. RDRAND hands out the CPU's own
// generator, which reseeds itself: however much is asked of it, what comes is
// as strong as that generator's seed.
#define ENTROPY_BITS_PER_BYTE 4

// Tries the source and runs the start-up health tests (NIST SP 800-90B 4.3 and
// 4.4); they go on with every later word. ERR_UNSUPPORTED when the CPU offers
// no source, ERR_DEVICE when it is stuck.
enum err entropy_init(void);
// Fills `out` or, with ERR_DEVICE, leaves zeros: a health test failed or the
// source stayed empty through every retry. A source that failed stays failed.
enum err entropy_get(uint8_t *out, size_t count);
// "rdseed" or "rdrand", after entropy_init.
const char *entropy_source_name(void);
