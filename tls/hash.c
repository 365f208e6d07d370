// SPDX-License-Identifier: Apache-2.0
#include "tls/hash.h"

#include "psa/crypto.h"

static enum err compute(psa_algorithm_t algorithm, const void *bytes,
			size_t count, uint8_t *out, size_t out_count)
{
	size_t length;

	return psa_hash_compute(algorithm, bytes, count, out, out_count,
				&length) == PSA_SUCCESS
		       ? OK
		       : ERR_CRYPTO;
}

enum err hash_sha256(const void *bytes, size_t count,
		     uint8_t out[HASH_SHA256_BYTES])
{
	return compute(PSA_ALG_SHA_256, bytes, count, out, HASH_SHA256_BYTES);
}

enum err hash_sha512(const void *bytes, size_t count,
		     uint8_t out[HASH_SHA512_BYTES])
{
	return compute(PSA_ALG_SHA_512, bytes, count, out, HASH_SHA512_BYTES);
}
