// SPDX-License-Identifier: Apache-2.0
// The emulator's own mbedTLS: SHA-2, HMAC, AES-256-GCM and deterministic ECDSA
// on P-384. No AES-NI: the guest's SSE registers are live while we run.
#pragma once

#include "emu/crypto_heap.h"

#define MBEDTLS_PLATFORM_C
#define MBEDTLS_PLATFORM_MEMORY
#define MBEDTLS_PLATFORM_CALLOC_MACRO crypto_heap_calloc
#define MBEDTLS_PLATFORM_FREE_MACRO crypto_heap_free
#define MBEDTLS_HAVE_ASM         // general registers only
#define MBEDTLS_NO_UDBL_DIVISION // else libgcc would have to be linked

#define MBEDTLS_MD_C
#define MBEDTLS_SHA256_C
#define MBEDTLS_SHA384_C
#define MBEDTLS_SHA512_C

#define MBEDTLS_AES_C
#define MBEDTLS_AES_ROM_TABLES
#define MBEDTLS_AES_ONLY_256_BIT_KEY_LENGTH
#define MBEDTLS_BLOCK_CIPHER_NO_DECRYPT
#define MBEDTLS_GCM_C

#define MBEDTLS_BIGNUM_C
#define MBEDTLS_ECP_C
#define MBEDTLS_ECP_DP_SECP384R1_ENABLED
#define MBEDTLS_ECP_NIST_OPTIM
#define MBEDTLS_ECP_FIXED_POINT_OPTIM 1
#define MBEDTLS_ECDSA_C
#define MBEDTLS_ECDSA_DETERMINISTIC
#define MBEDTLS_HMAC_DRBG_C
#define MBEDTLS_ASN1_PARSE_C // ECDSA_C doesn't build without these two
#define MBEDTLS_ASN1_WRITE_C
