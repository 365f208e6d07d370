// SPDX-License-Identifier: Apache-2.0
// ECDSA P-256 keys for the endpoint: made here, never exported.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define TLS_KEY_SPKI_BYTES 91

// Starts the crypto library on the kernel's entropy, checks that hardware AES
// is there, runs known-answer tests, with a key that is then destroyed.
// ERR_UNSUPPORTED without AES-NI, PCLMULQDQ and SSE4.1; ERR_CRYPTO.
enum err tls_key_init(void);
// Makes a key; *key is its PSA identifier. ERR_CRYPTO.
enum err tls_key_make(uint32_t *key);
void tls_key_destroy(uint32_t key);
// DER SubjectPublicKeyInfo: bytes 0..*count of `out`, TLS_KEY_SPKI_BYTES.
// ERR_TOO_BIG, ERR_CRYPTO.
enum err tls_key_spki(uint32_t key, uint8_t *out, size_t capacity,
		      size_t *count);
// Random bytes from the library's generator, for the app.
enum err tls_random(void *out, size_t count);
