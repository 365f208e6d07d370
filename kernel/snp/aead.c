// SPDX-License-Identifier: Apache-2.0
#include "kernel/snp/aead.h"

#include "psa/crypto.h"

#include "base/check.h"
#include "kernel/cpu/features.h"

_Static_assert(sizeof(psa_key_id_t) == sizeof(uint32_t));
_Static_assert(PSA_KEY_ID_NULL == 0);

static enum err err_of(psa_status_t status)
{
	switch (status) {
	case PSA_SUCCESS:
		return OK;
	case PSA_ERROR_INVALID_SIGNATURE:
		return ERR_BAD_INPUT;
	case PSA_ERROR_INSUFFICIENT_MEMORY:
		return ERR_NO_MEMORY;
	default:
		return ERR_CRYPTO;
	}
}

enum err aead_init(void)
{
	if (!cpu_has(CPU_AES) || !cpu_has(CPU_PCLMULQDQ) || !cpu_has(CPU_SSE41))
		return ERR_UNSUPPORTED;
	return err_of(psa_crypto_init());
}

enum err aead_key_take(const uint8_t bytes[AEAD_KEY_BYTES],
		       struct aead_key *out)
{
	psa_key_attributes_t a = PSA_KEY_ATTRIBUTES_INIT;
	psa_key_id_t id;

	psa_set_key_type(&a, PSA_KEY_TYPE_AES);
	psa_set_key_algorithm(&a, PSA_ALG_GCM);
	psa_set_key_usage_flags(&a,
				PSA_KEY_USAGE_ENCRYPT | PSA_KEY_USAGE_DECRYPT);
	TRY(err_of(psa_import_key(&a, bytes, AEAD_KEY_BYTES, &id)));
	out->id = id;
	return OK;
}

void aead_key_wipe(struct aead_key *key)
{
	// It overwrites the key before it frees it; of no key, it does nothing.
	CHECK(psa_destroy_key(key->id) == PSA_SUCCESS);
	key->id = PSA_KEY_ID_NULL;
}

enum err aead_seal(struct aead_key key, const struct aead *with,
		   const void *plain, size_t count, uint8_t *out)
{
	size_t written = 0;

	TRY(err_of(psa_aead_encrypt(key.id, PSA_ALG_GCM, with->iv,
				    AEAD_IV_BYTES, with->aad, with->aad_bytes,
				    plain, count, out, count + AEAD_TAG_BYTES,
				    &written)));
	return written == count + AEAD_TAG_BYTES ? OK : ERR_CRYPTO;
}

enum err aead_open(struct aead_key key, const struct aead *with,
		   const uint8_t *sealed, size_t count, void *plain)
{
	size_t written = 0;

	TRY(err_of(psa_aead_decrypt(key.id, PSA_ALG_GCM, with->iv,
				    AEAD_IV_BYTES, with->aad, with->aad_bytes,
				    sealed, count + AEAD_TAG_BYTES, plain,
				    count, &written)));
	return written == count ? OK : ERR_CRYPTO;
}
