// SPDX-License-Identifier: Apache-2.0
// What the secure processor needs of cryptography, on the emulator's own copy
// of mbedTLS. The only file here that knows mbedTLS is crypto.c.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define CRYPTO_SHA256_BYTES 32u
#define CRYPTO_SHA384_BYTES 48u
#define CRYPTO_KEY_BYTES 32u // of AES-256
#define CRYPTO_IV_BYTES 12u
#define CRYPTO_TAG_BYTES 16u
#define CRYPTO_P384_BYTES 48u

void crypto_sha256(const void *bytes, size_t count,
		   uint8_t out[CRYPTO_SHA256_BYTES]);
void crypto_sha384(const void *bytes, size_t count,
		   uint8_t out[CRYPTO_SHA384_BYTES]);
void crypto_hmac_sha384(const void *key, size_t key_bytes, const void *bytes,
			size_t count, uint8_t out[CRYPTO_SHA384_BYTES]);

// What AES-256-GCM protects besides the text.
struct crypto_gcm {
	const uint8_t *key; // CRYPTO_KEY_BYTES
	const uint8_t *iv;  // CRYPTO_IV_BYTES
	const uint8_t *aad;
	size_t aad_bytes;
};

// `text` and `out` may be the same.
void crypto_gcm_seal(const struct crypto_gcm *gcm, const uint8_t *text,
		     size_t count, uint8_t *out, uint8_t tag[CRYPTO_TAG_BYTES]);
// ERR_BAD_INPUT where the tag doesn't fit; `out` is zeros then.
enum err crypto_gcm_open(const struct crypto_gcm *gcm, const uint8_t *text,
			 size_t count, const uint8_t tag[CRYPTO_TAG_BYTES],
			 uint8_t *out);

// Whether these 48 big-endian bytes are a private key of P-384.
bool crypto_p384_key_valid(const uint8_t key[CRYPTO_P384_BYTES]);
// Deterministic ECDSA with SHA-384 (RFC 6979) with a valid key; big-endian.
void crypto_p384_sign(const uint8_t key[CRYPTO_P384_BYTES],
		      const uint8_t digest[CRYPTO_SHA384_BYTES],
		      uint8_t r[CRYPTO_P384_BYTES],
		      uint8_t s[CRYPTO_P384_BYTES]);
