// SPDX-License-Identifier: Apache-2.0
// The emulator's own page tables: physical memory at its own address.
#pragma once

#include <stdint.h>

void host_map_init(void);
// A device of the machine. NULL for the emulator's own memory, and where no
// physical address can be.
volatile void *host_map_device(uint64_t address);
