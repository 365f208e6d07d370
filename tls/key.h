// SPDX-License-Identifier: Apache-2.0
// The endpoint's ECDSA P-256 key: made here at boot, never exported.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

// Starts the crypto library on the kernel's entropy, checks that hardware AES
// is there, runs known-answer tests, makes the key. ERR_UNSUPPORTED without
// AES-NI, PCLMULQDQ and SSE4.1; ERR_CRYPTO.
enum err tls_key_init(void);
// The PSA key identifier, for attest/'s certificate and tls/'s endpoint.
uint32_t tls_key_id(void);
// DER SubjectPublicKeyInfo: bytes 0..*count of `out`. ERR_TOO_BIG.
enum err tls_key_spki(uint8_t *out, size_t capacity, size_t *count);
// Random bytes from the library's generator, for the app.
enum err tls_random(void *out, size_t count);
