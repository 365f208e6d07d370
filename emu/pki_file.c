// SPDX-License-Identifier: Apache-2.0
// The folder of a test PKI: CA keys that stay, and all that is made from them.
#include "emu/pki.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <openssl/core_names.h>
#include <openssl/pem.h>

#include "base/bytes.h"
#include "base/num.h"

#define PATH_LIMIT 1024
#define RSA_BITS 4096u
#define DIGEST_BYTES 64u // SHA-512

FILE *pki_file_open(const char *folder, const char *name, const char *mode)
{
	char path[PATH_LIMIT];
	int length = snprintf(path, sizeof(path), "%s/%s", folder, name);

	if (length < 0 || (size_t)length >= sizeof(path))
		return NULL;
	if (mode[0] == 'r')
		return fopen(path, mode);
	int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	return descriptor < 0 ? NULL : fdopen(descriptor, mode);
}

enum err pki_file_finish(FILE *file, bool done)
{
	if (fclose(file) != 0)
		done = false;
	return done ? OK : ERR_DEVICE;
}

static enum err authority_key_open(const char *folder, const char *name,
				   EVP_PKEY **out)
{
	FILE *file = pki_file_open(folder, name, "r");

	if (file) {
		*out = PEM_read_PrivateKey(file, NULL, NULL, NULL);
		fclose(file);
		return *out ? OK : ERR_BAD_INPUT;
	}
	*out = EVP_RSA_gen(RSA_BITS);
	if (!*out)
		return ERR_CRYPTO;
	file = pki_file_open(folder, name, "w");
	if (!file)
		return ERR_DEVICE;
	return pki_file_finish(file,
			       PEM_write_PKCS8PrivateKey(file, *out, NULL, NULL,
							 0, NULL, NULL) == 1);
}

// The same ARK key stands for the same chip, with the same secrets.
static enum err chip_derive(struct pki *pki)
{
	static const char *const purposes[] = { "EMULATED chip id",
						"EMULATED chip secret" };
	uint8_t digests[ARRAY_COUNT(purposes)][DIGEST_BYTES];
	uint8_t scalar[RSA_BITS / 8 + 32] = { 0 };
	BIGNUM *d = NULL;

	if (EVP_PKEY_get_bn_param(pki->ark_key, OSSL_PKEY_PARAM_RSA_D, &d) != 1)
		return ERR_CRYPTO;
	bool done = BN_bn2binpad(d, scalar, RSA_BITS / 8) == RSA_BITS / 8;
	BN_clear_free(d);
	for (size_t i = 0; done && i < ARRAY_COUNT(purposes); i++) {
		memset(scalar + RSA_BITS / 8, 0, 32);
		memcpy(scalar + RSA_BITS / 8, purposes[i], strlen(purposes[i]));
		done = EVP_Digest(scalar, sizeof(scalar), digests[i], NULL,
				  EVP_sha512(), NULL) == 1;
	}
	wipe(scalar, sizeof(scalar));
	if (!done)
		return ERR_CRYPTO;
	memcpy(pki->chip_id, digests[0], pki->product->hwid_bytes);
	memcpy(pki->chip_secret, digests[1], sizeof(pki->chip_secret));
	return OK;
}

enum err pki_keys_open(struct pki *pki, const char *folder)
{
	TRY(authority_key_open(folder, "ark.key.pem", &pki->ark_key));
	TRY(authority_key_open(folder, "ask.key.pem", &pki->ask_key));
	TRY(authority_key_open(folder, "asvk.key.pem", &pki->asvk_key));
	pki->vcek_key = EVP_EC_gen("P-384");
	pki->vlek_key = EVP_EC_gen("P-384");
	if (!pki->vcek_key || !pki->vlek_key)
		return ERR_CRYPTO;
	return chip_derive(pki);
}

static enum err certificate_write(const char *folder, const char *name,
				  const X509 *certificate)
{
	FILE *file = pki_file_open(folder, name, "w");

	if (!file)
		return ERR_DEVICE;
	return pki_file_finish(file, i2d_X509_fp(file, certificate) == 1);
}

static enum err crl_write(const char *folder, const char *name,
			  const X509_CRL *crl)
{
	FILE *file = pki_file_open(folder, name, "w");

	if (!file)
		return ERR_DEVICE;
	return pki_file_finish(file, i2d_X509_CRL_fp(file, crl) == 1);
}

// As AMD's key server gives a chain: the leaf's issuer, then the root.
static enum err chain_write(const char *folder, const char *name, X509 *issuer,
			    X509 *root)
{
	FILE *file = pki_file_open(folder, name, "w");

	if (!file)
		return ERR_DEVICE;
	return pki_file_finish(file, PEM_write_X509(file, issuer) == 1 &&
					     PEM_write_X509(file, root) == 1);
}

enum err pki_write(const struct pki *pki, const char *folder)
{
	TRY(certificate_write(folder, "ark.der", pki->ark));
	TRY(certificate_write(folder, "ask.der", pki->ask));
	TRY(certificate_write(folder, "asvk.der", pki->asvk));
	TRY(certificate_write(folder, "vcek.der", pki->vcek));
	TRY(certificate_write(folder, "vlek.der", pki->vlek));
	TRY(chain_write(folder, "chain-vcek.pem", pki->ask, pki->ark));
	TRY(chain_write(folder, "chain-vlek.pem", pki->asvk, pki->ark));
	TRY(crl_write(folder, "crl.der", pki->crl));
	TRY(crl_write(folder, "crl-ask-revoked.der", pki->crl_ask_revoked));
	TRY(pki_input_write(pki, folder, "psp-vcek.bin", false));
	return pki_input_write(pki, folder, "psp-vlek.bin", true);
}
