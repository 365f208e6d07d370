// SPDX-License-Identifier: Apache-2.0
// Where the launch put the secrets and the CPUID page, as the firmware's own
// metadata says: the bytes that the launch followed, and that were measured.
// Pure.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "kernel/mem/page_pool.h"

struct firmware_pages {
	struct phys secrets, cpuid; // 4 KiB each
};

// Reads OVMF's table and its ASEV metadata (abi/launch.h) out of the last
// `count` bytes of the firmware. ERR_BAD_INPUT when they are malformed or don't
// name each page exactly once.
enum err firmware_pages_find(const uint8_t *tail, size_t count,
			     struct firmware_pages *out);
