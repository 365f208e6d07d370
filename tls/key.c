// SPDX-License-Identifier: Apache-2.0
#include "tls/key.h"

#include <string.h>

#include "psa/crypto.h"

#include "base/check.h"
#include "kernel/cpu/features.h"
#include "tls/self_test.h"

#define POINT_BYTES 65 // SEC 1, 2.3.3, uncompressed, of P-256

enum err tls_key_make(uint32_t *key)
{
	psa_key_attributes_t a = PSA_KEY_ATTRIBUTES_INIT;

	// No export, and no hash but the one of TLS's ecdsa_secp256r1_sha256.
	psa_set_key_type(&a, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1));
	psa_set_key_bits(&a, 256);
	psa_set_key_usage_flags(&a, PSA_KEY_USAGE_SIGN_HASH);
	psa_set_key_algorithm(&a, PSA_ALG_ECDSA(PSA_ALG_SHA_256));
	return psa_generate_key(&a, key) == PSA_SUCCESS ? OK : ERR_CRYPTO;
}

void tls_key_destroy(uint32_t key)
{
	CHECK(psa_destroy_key(key) == PSA_SUCCESS);
}

enum err tls_key_init(void)
{
	uint32_t key;
	enum err e;

	if (!cpu_has(CPU_AES) || !cpu_has(CPU_PCLMULQDQ) || !cpu_has(CPU_SSE41))
		return ERR_UNSUPPORTED;
	if (psa_crypto_init() != PSA_SUCCESS)
		return ERR_CRYPTO;
	TRY(tls_key_make(&key));
	e = self_test_run(key);
	tls_key_destroy(key);
	return e;
}

enum err tls_key_spki(uint32_t key, uint8_t *out, size_t capacity,
		      size_t *count)
{
	// RFC 5480, 2: SEQUENCE { SEQUENCE { id-ecPublicKey, secp256r1 },
	// BIT STRING of the point }.
	static const uint8_t head[] = { 0x30, 0x59, 0x30, 0x13, 0x06, 0x07,
					0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02,
					0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
					0xce, 0x3d, 0x03, 0x01, 0x07, 0x03,
					0x42, 0x00 };
	uint8_t point[POINT_BYTES];
	size_t point_count = 0;

	if (capacity < sizeof(head) + sizeof(point))
		return ERR_TOO_BIG;
	if (psa_export_public_key(key, point, sizeof(point), &point_count) !=
		    PSA_SUCCESS ||
	    point_count != sizeof(point))
		return ERR_CRYPTO;
	memcpy(out, head, sizeof(head));
	memcpy(out + sizeof(head), point, sizeof(point));
	_Static_assert(sizeof(head) + sizeof(point) == TLS_KEY_SPKI_BYTES);
	*count = sizeof(head) + sizeof(point);
	return OK;
}

enum err tls_random(void *out, size_t count)
{
	return psa_generate_random(out, count) == PSA_SUCCESS ? OK : ERR_CRYPTO;
}
