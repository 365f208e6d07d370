// SPDX-License-Identifier: Apache-2.0
// Hashes, for the rooms above. After tls_key_init.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define HASH_SHA256_BYTES 32
#define HASH_SHA512_BYTES 64

// ERR_CRYPTO: `out` is then undefined.
enum err hash_sha256(const void *bytes, size_t count,
		     uint8_t out[HASH_SHA256_BYTES]);
enum err hash_sha512(const void *bytes, size_t count,
		     uint8_t out[HASH_SHA512_BYTES]);
