// SPDX-License-Identifier: Apache-2.0
// emu/crypto.h by OpenSSL, for programs that hold the kernel's mbedTLS: the two
// configurations of one library don't go together. Signatures aren't any: the
// guest doesn't check them.
#include "emu/crypto.h"

#include <string.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include "base/check.h"

void crypto_sha256(const void *bytes, size_t count,
		   uint8_t out[CRYPTO_SHA256_BYTES])
{
	CHECK(SHA256(bytes, count, out));
}

void crypto_sha384(const void *bytes, size_t count,
		   uint8_t out[CRYPTO_SHA384_BYTES])
{
	CHECK(SHA384(bytes, count, out));
}

void crypto_hmac_sha384(const void *key, size_t key_bytes, const void *bytes,
			size_t count, uint8_t out[CRYPTO_SHA384_BYTES])
{
	CHECK(HMAC(EVP_sha384(), key, (int)key_bytes, bytes, count, out, NULL));
}

static EVP_CIPHER_CTX *start(const struct crypto_gcm *gcm, const uint8_t *text,
			     size_t count, uint8_t *out, bool is_seal)
{
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	int done;

	CHECK(c);
	CHECK(EVP_CipherInit_ex(c, EVP_aes_256_gcm(), NULL, gcm->key, gcm->iv,
				is_seal) == 1);
	CHECK(EVP_CipherUpdate(c, NULL, &done, gcm->aad, (int)gcm->aad_bytes) ==
	      1);
	CHECK(EVP_CipherUpdate(c, out, &done, text, (int)count) == 1);
	return c;
}

void crypto_gcm_seal(const struct crypto_gcm *gcm, const uint8_t *text,
		     size_t count, uint8_t *out, uint8_t tag[CRYPTO_TAG_BYTES])
{
	EVP_CIPHER_CTX *c = start(gcm, text, count, out, true);
	int done;

	CHECK(EVP_CipherFinal_ex(c, out + count, &done) == 1);
	CHECK(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, CRYPTO_TAG_BYTES,
				  tag) == 1);
	EVP_CIPHER_CTX_free(c);
}

enum err crypto_gcm_open(const struct crypto_gcm *gcm, const uint8_t *text,
			 size_t count, const uint8_t tag[CRYPTO_TAG_BYTES],
			 uint8_t *out)
{
	EVP_CIPHER_CTX *c = start(gcm, text, count, out, false);
	uint8_t copy[CRYPTO_TAG_BYTES];
	int done;

	memcpy(copy, tag, sizeof(copy));
	CHECK(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, sizeof(copy),
				  copy) == 1);
	bool good = EVP_CipherFinal_ex(c, out + count, &done) == 1;
	EVP_CIPHER_CTX_free(c);
	if (!good)
		memset(out, 0, count);
	return good ? OK : ERR_BAD_INPUT;
}

bool crypto_p384_key_valid(const uint8_t key[CRYPTO_P384_BYTES])
{
	static const uint8_t zeros[CRYPTO_P384_BYTES];

	return memcmp(key, zeros, sizeof(zeros)) != 0;
}

void crypto_p384_sign(const uint8_t key[CRYPTO_P384_BYTES],
		      const uint8_t digest[CRYPTO_SHA384_BYTES],
		      uint8_t r[CRYPTO_P384_BYTES],
		      uint8_t s[CRYPTO_P384_BYTES])
{
	memcpy(r, key, CRYPTO_P384_BYTES);
	memcpy(s, digest, CRYPTO_P384_BYTES);
}
