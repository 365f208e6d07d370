// SPDX-License-Identifier: Apache-2.0
// Whether this machine is an SEV-SNP guest, and what was settled about it on
// the way up. Everything else of kernel/snp/ may be called only when it is.
#pragma once

#include <stdbool.h>
#include <stdint.h>

// True from snp_begin on; false on a plain machine. Reads one variable:
// may be called by code that runs at the physical address.
bool snp_is_on(void);
// SEV_STATUS as the CPU gave it (APM volume 2, 15.34.10), held against the
// allow-list once snp_connect has returned. Zero on a plain machine.
uint64_t snp_status(void);
