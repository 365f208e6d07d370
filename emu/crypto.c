// SPDX-License-Identifier: Apache-2.0
// mbedTLS behind crypto.h. With valid inputs it fails only when its memory runs
// out, and that array's size is our own doing: hence the CHECKs.
#include "emu/crypto.h"

#include <mbedtls/ecdsa.h>
#include <mbedtls/ecp.h>
#include <mbedtls/gcm.h>
#include <mbedtls/hmac_drbg.h>
#include <mbedtls/md.h>
#include <mbedtls/sha256.h>
#include <mbedtls/sha512.h>

#include "base/check.h"

#define AES_256_BITS 256u

void crypto_sha256(const void *bytes, size_t count,
		   uint8_t out[CRYPTO_SHA256_BYTES])
{
	CHECK(mbedtls_sha256(bytes, count, out, 0) == 0);
}

void crypto_sha384(const void *bytes, size_t count,
		   uint8_t out[CRYPTO_SHA384_BYTES])
{
	CHECK(mbedtls_sha512(bytes, count, out, 1) == 0);
}

static const mbedtls_md_info_t *sha384(void)
{
	return mbedtls_md_info_from_type(MBEDTLS_MD_SHA384);
}

void crypto_hmac_sha384(const void *key, size_t key_bytes, const void *bytes,
			size_t count, uint8_t out[CRYPTO_SHA384_BYTES])
{
	CHECK(mbedtls_md_hmac(sha384(), key, key_bytes, bytes, count, out) ==
	      0);
}

static void gcm_start(mbedtls_gcm_context *context, const uint8_t *key)
{
	mbedtls_gcm_init(context);
	CHECK(mbedtls_gcm_setkey(context, MBEDTLS_CIPHER_ID_AES, key,
				 AES_256_BITS) == 0);
}

void crypto_gcm_seal(const struct crypto_gcm *gcm, const uint8_t *text,
		     size_t count, uint8_t *out, uint8_t tag[CRYPTO_TAG_BYTES])
{
	mbedtls_gcm_context context;

	gcm_start(&context, gcm->key);
	CHECK(mbedtls_gcm_crypt_and_tag(&context, MBEDTLS_GCM_ENCRYPT, count,
					gcm->iv, CRYPTO_IV_BYTES, gcm->aad,
					gcm->aad_bytes, text, out,
					CRYPTO_TAG_BYTES, tag) == 0);
	mbedtls_gcm_free(&context);
}

enum err crypto_gcm_open(const struct crypto_gcm *gcm, const uint8_t *text,
			 size_t count, const uint8_t tag[CRYPTO_TAG_BYTES],
			 uint8_t *out)
{
	mbedtls_gcm_context context;

	gcm_start(&context, gcm->key);
	int result = mbedtls_gcm_auth_decrypt(
		&context, count, gcm->iv, CRYPTO_IV_BYTES, gcm->aad,
		gcm->aad_bytes, tag, CRYPTO_TAG_BYTES, text, out);
	mbedtls_gcm_free(&context);
	CHECK(result == 0 || result == MBEDTLS_ERR_GCM_AUTH_FAILED);
	return result == 0 ? OK : ERR_BAD_INPUT;
}

// All that one signature takes.
struct signer {
	mbedtls_ecp_group group;
	mbedtls_mpi key, r, s;
	mbedtls_hmac_drbg_context blinding;
};

static void signer_start(struct signer *signer,
			 const uint8_t key[CRYPTO_P384_BYTES])
{
	mbedtls_ecp_group_init(&signer->group);
	mbedtls_mpi_init(&signer->key);
	mbedtls_mpi_init(&signer->r);
	mbedtls_mpi_init(&signer->s);
	mbedtls_hmac_drbg_init(&signer->blinding);
	CHECK(mbedtls_ecp_group_load(&signer->group,
				     MBEDTLS_ECP_DP_SECP384R1) == 0);
	CHECK(mbedtls_mpi_read_binary(&signer->key, key, CRYPTO_P384_BYTES) ==
	      0);
}

static void signer_end(struct signer *signer)
{
	mbedtls_hmac_drbg_free(&signer->blinding);
	mbedtls_mpi_free(&signer->s);
	mbedtls_mpi_free(&signer->r);
	mbedtls_mpi_free(&signer->key);
	mbedtls_ecp_group_free(&signer->group);
}

bool crypto_p384_key_valid(const uint8_t key[CRYPTO_P384_BYTES])
{
	struct signer signer;

	signer_start(&signer, key);
	bool valid = mbedtls_ecp_check_privkey(&signer.group, &signer.key) == 0;
	signer_end(&signer);
	return valid;
}

void crypto_p384_sign(const uint8_t key[CRYPTO_P384_BYTES],
		      const uint8_t digest[CRYPTO_SHA384_BYTES],
		      uint8_t r[CRYPTO_P384_BYTES],
		      uint8_t s[CRYPTO_P384_BYTES])
{
	struct signer signer;

	// No neighbour can watch this machine's caches, so that the blinding
	// may come from the key itself.
	signer_start(&signer, key);
	CHECK(mbedtls_hmac_drbg_seed_buf(&signer.blinding, sha384(), key,
					 CRYPTO_P384_BYTES) == 0);
	CHECK(mbedtls_ecdsa_sign_det_ext(
		      &signer.group, &signer.r, &signer.s, &signer.key, digest,
		      CRYPTO_SHA384_BYTES, MBEDTLS_MD_SHA384,
		      mbedtls_hmac_drbg_random, &signer.blinding) == 0);
	CHECK(mbedtls_mpi_write_binary(&signer.r, r, CRYPTO_P384_BYTES) == 0);
	CHECK(mbedtls_mpi_write_binary(&signer.s, s, CRYPTO_P384_BYTES) == 0);
	signer_end(&signer);
}
