// SPDX-License-Identifier: Apache-2.0
// AES-256-GCM (NIST SP 800-38D) by the crypto library. A key lives in the
// library's keeping from take to wipe, and can't be read back. The IV is the
// caller's: the same IV with the same key for two texts gives both away.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define AEAD_KEY_BYTES 32u
#define AEAD_IV_BYTES 12u
#define AEAD_TAG_BYTES 16u

struct aead_key {
	uint32_t id; // 0: none
};

// Starts the library, once, after heap and entropy; may be called again.
// ERR_UNSUPPORTED without AES-NI, PCLMULQDQ and SSE4.1: tables would leak by
// their timing. ERR_CRYPTO.
enum err aead_init(void);
// Copies the key into the library; the caller wipes its own. ERR_NO_MEMORY,
// ERR_CRYPTO.
enum err aead_key_take(const uint8_t bytes[AEAD_KEY_BYTES],
		       struct aead_key *out);
// Destroys the library's copy; the key is none then. None may be wiped again.
void aead_key_wipe(struct aead_key *key);

// What is protected besides the text.
struct aead {
	const uint8_t *iv; // AEAD_IV_BYTES
	const void *aad;
	size_t aad_bytes;
};

// Writes `count` bytes of ciphertext and then the tag to `out`. ERR_NO_MEMORY,
// ERR_CRYPTO.
enum err aead_seal(struct aead_key key, const struct aead *with,
		   const void *plain, size_t count, uint8_t *out);
// Opens `count` bytes of ciphertext that the tag follows. ERR_BAD_INPUT when
// the tag doesn't fit; ERR_NO_MEMORY, ERR_CRYPTO. `plain` is zeros or untouched
// then.
enum err aead_open(struct aead_key key, const struct aead *with,
		   const uint8_t *sealed, size_t count, void *plain);
