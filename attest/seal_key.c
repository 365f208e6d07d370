// SPDX-License-Identifier: Apache-2.0
#include "attest/seal_key.h"

#include <string.h>

#include "psa/crypto.h"

#include "base/bytes.h"
#include "base/check.h"

#define HKDF PSA_ALG_HKDF(PSA_ALG_SHA_384)

static psa_key_id_t root_id = PSA_KEY_ID_NULL;

static enum err err_of(psa_status_t status)
{
	if (status == PSA_SUCCESS)
		return OK;
	return status == PSA_ERROR_INSUFFICIENT_MEMORY ? ERR_NO_MEMORY
						       : ERR_CRYPTO;
}

enum err seal_key_take_root(const uint8_t root[KEY_BYTES])
{
	psa_key_attributes_t a = PSA_KEY_ATTRIBUTES_INIT;

	CHECK(psa_destroy_key(root_id) == PSA_SUCCESS);
	root_id = PSA_KEY_ID_NULL;
	psa_set_key_type(&a, PSA_KEY_TYPE_DERIVE);
	psa_set_key_algorithm(&a, HKDF);
	psa_set_key_usage_flags(&a, PSA_KEY_USAGE_DERIVE);
	return err_of(psa_import_key(&a, root, KEY_BYTES, &root_id));
}

bool seal_key_has_root(void)
{
	return root_id != PSA_KEY_ID_NULL;
}

static enum err derive(const uint8_t salt[SEAL_SALT_BYTES], uint8_t *out,
		       size_t count)
{
	psa_key_derivation_operation_t op = PSA_KEY_DERIVATION_OPERATION_INIT;
	psa_status_t status = psa_key_derivation_setup(&op, HKDF);

	if (status == PSA_SUCCESS)
		status = psa_key_derivation_input_bytes(
			&op, PSA_KEY_DERIVATION_INPUT_SALT, salt,
			SEAL_SALT_BYTES);
	if (status == PSA_SUCCESS)
		status = psa_key_derivation_input_key(
			&op, PSA_KEY_DERIVATION_INPUT_SECRET, root_id);
	if (status == PSA_SUCCESS)
		status = psa_key_derivation_input_bytes(
			&op, PSA_KEY_DERIVATION_INPUT_INFO,
			(const uint8_t *)SEAL_LABEL, sizeof(SEAL_LABEL) - 1);
	if (status == PSA_SUCCESS)
		status = psa_key_derivation_output_bytes(&op, out, count);
	(void)psa_key_derivation_abort(&op);
	return err_of(status);
}

enum err seal_key_make(const uint8_t salt[SEAL_SALT_BYTES],
		       struct seal_key *out)
{
	uint8_t bytes[AEAD_KEY_BYTES + AEAD_IV_BYTES];
	enum err e = derive(salt, bytes, sizeof(bytes));

	if (e == OK)
		e = aead_key_take(bytes, &out->key);
	if (e == OK)
		memcpy(out->iv, bytes + AEAD_KEY_BYTES, AEAD_IV_BYTES);
	wipe(bytes, sizeof(bytes));
	return e;
}
