// SPDX-License-Identifier: Apache-2.0
// Finds what is packed behind the kernel in the image that the firmware loaded.
// The headers are measured with the rest, and judged as hostile all the same.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "kernel/package.h"

// `image` shows the headers' page and, from `kernel_bytes` (whole pages) up to
// `loaded_bytes`, what the firmware put behind the kernel. Hands out views of
// app and policy. ERR_NOT_FOUND: nothing is packed. ERR_BAD_INPUT: headers that
// the packer doesn't write.
enum err package_find(const uint8_t *image, uint64_t kernel_bytes,
		      uint64_t loaded_bytes, struct package *out);
