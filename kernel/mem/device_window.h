// SPDX-License-Identifier: Apache-2.0
// Which device page each piece of the device window shows. Under SEV-SNP the
// host is told the physical address of a register, and it must not come from a
// walk through the page tables at each access.
#pragma once

#include <stdint.h>

#include "base/err.h"
#include "kernel/mem/page_pool.h"

// Notes that `pages` pages from `base` on are mapped at `at`, above all that
// was noted before. ERR_NO_MEMORY when there are too many pieces.
enum err device_window_add(uint64_t at, struct phys base, uint64_t pages);
// The physical address of `bytes` of a register. CHECKs that one piece holds
// them all: what lies elsewhere is no device.
struct phys device_window_phys(const volatile void *at, uint64_t bytes);
