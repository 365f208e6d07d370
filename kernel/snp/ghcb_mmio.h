// SPDX-License-Identifier: Apache-2.0
// One load or store of a device register as a GHCB event (AMD 56421, 4.1.3).
#pragma once

#include <stdint.h>

#include "base/err.h"
#include "kernel/mem/page_pool.h"

// `bytes` is 1, 2 or 4, and `at` a multiple of it. ERR_DEVICE as ghcb_call.
// What is read is the host's word.
enum err ghcb_mmio_read(struct phys at, unsigned int bytes, uint32_t *value);
enum err ghcb_mmio_write(struct phys at, unsigned int bytes, uint32_t value);
