// SPDX-License-Identifier: Apache-2.0
// SEV_STATUS (APM volume 2, 15.34.10): what protects this guest.
#pragma once

#include <stdint.h>

#include "base/err.h"

// Pure. SEV, SEV-ES and SEV-SNP must be on, and nothing that this kernel doesn't
// know how to live with. ERR_UNSUPPORTED otherwise; *bit is the lowest bit that
// is missing or unknown.
enum err sev_status_judge(uint64_t status, unsigned int *bit);

// Reads the register, where there is one. The host can't change what the CPU
// answers, but it can raise a #VC at the RDMSR, and a handler that then asks the
// host would believe it. So call it with no IDT, where a #VC is the end, or with
// our own, which refuses it. May run at the physical address. Out of line, and
// in a file of its own, so that unit tests link a CPU of theirs.
uint64_t sev_status_read(void);
