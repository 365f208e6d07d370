// SPDX-License-Identifier: Apache-2.0
// One RDMSR or WRMSR as a GHCB event (AMD 56421, 4.1.1, exit code 7Ch), for
// registers that the host keeps.
#pragma once

#include <stdint.h>

#include "base/err.h"

// ERR_UNSUPPORTED when the host answers #GP, ERR_DEVICE as ghcb_call. What is
// read is the host's word.
enum err ghcb_msr_event_read(uint32_t msr, uint64_t *value);
enum err ghcb_msr_event_write(uint32_t msr, uint64_t value);
