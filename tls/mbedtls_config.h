// SPDX-License-Identifier: Apache-2.0
// mbedTLS for one purpose: a TLS 1.3 server with an ECDSA P-256 key, all of its
// cryptography behind PSA. What isn't named here isn't in the image: no client,
// no TLS 1.2, no tickets, no PSK, no early data, no RSA, no CBC, no PEM, no
// files, no clock.
#pragma once

// What the C library must give: calloc, free, snprintf.
#define MBEDTLS_PLATFORM_C
#define MBEDTLS_HAVE_ASM

// Entropy is the kernel's alone (tls/entropy_source.c). It promises 4 bits for
// each byte (kernel/entropy/entropy.h), so a seed takes 128 bytes for 512 bits.
#define MBEDTLS_NO_PLATFORM_ENTROPY
#define MBEDTLS_ENTROPY_HARDWARE_ALT
#define MBEDTLS_ENTROPY_MIN_HARDWARE 128
#define MBEDTLS_ENTROPY_C
#define MBEDTLS_CTR_DRBG_C

// PSA. One core without threads: there is nobody who could change a caller's
// buffer during a call, and memory that the host can write (struct shared) is
// copied before it ever comes here. So PSA needn't copy buffers again.
#define MBEDTLS_PSA_CRYPTO_C
#define MBEDTLS_USE_PSA_CRYPTO
#define MBEDTLS_PSA_ASSUME_EXCLUSIVE_BUFFERS
#define MBEDTLS_PSA_KEY_STORE_DYNAMIC

// AES by the CPU's instructions or not at all: tables leak by their timing.
// Without CIPHER_C, GCM calls AES directly and allocates nothing.
#define MBEDTLS_AES_C
#define MBEDTLS_AESNI_C
#define MBEDTLS_AES_USE_HARDWARE_ONLY
#define MBEDTLS_BLOCK_CIPHER_NO_DECRYPT
#define MBEDTLS_GCM_C
#define MBEDTLS_CHACHA20_C
#define MBEDTLS_POLY1305_C
#define MBEDTLS_CHACHAPOLY_C

#define MBEDTLS_MD_C
#define MBEDTLS_SHA256_C
#define MBEDTLS_SHA384_C
#define MBEDTLS_SHA512_C
#define MBEDTLS_HKDF_C

// No ECDSA_DETERMINISTIC: it would go past PSA's drivers.
#define MBEDTLS_BIGNUM_C
#define MBEDTLS_ECP_C
#define MBEDTLS_ECP_DP_SECP256R1_ENABLED
#define MBEDTLS_ECP_DP_CURVE25519_ENABLED
#define MBEDTLS_ECP_NIST_OPTIM
#define MBEDTLS_ECP_FIXED_POINT_OPTIM 1
#define MBEDTLS_ECDH_C
// X25519 by the verified code of Project Everest, which comes with the library
// (tls/x25519.c has the other half of it): 6 instead of 15 million
// instructions for a handshake.
#define MBEDTLS_ECDH_VARIANT_EVEREST_ENABLED
#define MBEDTLS_ECDSA_C

#define MBEDTLS_ASN1_PARSE_C
#define MBEDTLS_ASN1_WRITE_C
#define MBEDTLS_OID_C
#define MBEDTLS_PK_C
#define MBEDTLS_PK_PARSE_C
#define MBEDTLS_X509_USE_C
#define MBEDTLS_X509_CRT_PARSE_C
#define MBEDTLS_X509_REMOVE_INFO

#define MBEDTLS_SSL_TLS_C
#define MBEDTLS_SSL_SRV_C
#define MBEDTLS_SSL_PROTO_TLS1_3
#define MBEDTLS_SSL_TLS1_3_KEY_EXCHANGE_MODE_EPHEMERAL_ENABLED
#define MBEDTLS_SSL_TLS1_3_COMPATIBILITY_MODE
#define MBEDTLS_SSL_KEEP_PEER_CERTIFICATE // TLS 1.3 doesn't build without
#define MBEDTLS_SSL_KEYING_MATERIAL_EXPORT
#define MBEDTLS_SSL_ALPN

// A record of ours costs 2,000 instructions beside its bytes, so 16 KiB are 2 %
// cheaper than 4 KiB; but above all, a Certificate message must fit in one, and
// tls/record_pool.h lends buffers only while they are needed.
#define MBEDTLS_SSL_IN_CONTENT_LEN 16384
#define MBEDTLS_SSL_OUT_CONTENT_LEN 16384

// No padding of records: a full one would be longer than RFC 8446 5.2 allows.
#define MBEDTLS_SSL_CID_TLS1_3_PADDING_GRANULARITY 1
