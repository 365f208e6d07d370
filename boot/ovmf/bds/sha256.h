// SPDX-License-Identifier: Apache-2.0
// SHA-256 (FIPS 180-4) of bytes that lie in memory whole. Not for secrets:
// nothing is wiped.
#pragma once

#include <stdint.h>

#define SHA256_BYTES 32

void sha256(const uint8_t *bytes, uint64_t size, uint8_t digest[SHA256_BYTES]);
