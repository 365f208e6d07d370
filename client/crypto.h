// SPDX-License-Identifier: Apache-2.0
// The judge's cryptography, on mbedTLS: hashes and the two signatures that
// AMD's keys make. Keys are the fixed DER forms that AMD's certificates have,
// so a key of any other size or kind is refused by its bytes.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "client/anchorhold.h"

#define CRYPTO_SHA256_BYTES 32u
#define CRYPTO_SHA384_BYTES 48u
#define CRYPTO_SHA512_BYTES 64u

// SubjectPublicKeyInfo of RSA with 4096 bits and the exponent 65537, and of an
// uncompressed point on P-384 (RFC 3279, 2.3.1; RFC 5480, 2).
#define CRYPTO_RSA_SPKI_BYTES 550u
#define CRYPTO_RSA_BYTES 512u
#define CRYPTO_P384_SPKI_BYTES 120u
#define CRYPTO_P384_BYTES 48u

void crypto_sha256(const void *bytes, size_t count,
		   uint8_t out[CRYPTO_SHA256_BYTES]);
void crypto_sha384(const void *bytes, size_t count,
		   uint8_t out[CRYPTO_SHA384_BYTES]);
void crypto_sha512(const void *bytes, size_t count,
		   uint8_t out[CRYPTO_SHA512_BYTES]);

// Both judge a signature over SHA-384 of `text`. ERR_BAD_INPUT: the key has
// another form, or isn't a point of the curve; ERR_CRYPTO: it didn't sign this;
// ERR_NO_MEMORY.

// RSA-PSS with MGF1 of SHA-384 and a salt of 48 bytes (RFC 8017, 8.1).
enum err crypto_pss_verify(struct anchorhold_bytes spki,
			   struct anchorhold_bytes text,
			   struct anchorhold_bytes signature);
// ECDSA, r and s big-endian.
enum err crypto_p384_verify(struct anchorhold_bytes spki,
			    struct anchorhold_bytes text,
			    const uint8_t r[CRYPTO_P384_BYTES],
			    const uint8_t s[CRYPTO_P384_BYTES]);
