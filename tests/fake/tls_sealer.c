// SPDX-License-Identifier: Apache-2.0
#include "tests/fake/tls_sealer.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include "base/check.h"
#include "tests/fake/conn_pipe.h"

#define SECRET_BYTES 32

static uint8_t secret[SECRET_BYTES]; // client_application_traffic_secret_0

// A line is a label, the client's random and the secret, in hex.
static void on_key(const SSL *ssl, const char *line)
{
	static const char label[] = "CLIENT_TRAFFIC_SECRET_0 ";
	const char *digits = line + strlen(line) - 2 * (size_t)SECRET_BYTES;

	(void)ssl;
	if (strncmp(line, label, sizeof(label) - 1) != 0)
		return;
	for (size_t i = 0; i < SECRET_BYTES; i++) {
		const char pair[] = { digits[2 * i], digits[2 * i + 1], '\0' };

		secret[i] = (uint8_t)strtoul(pair, NULL, 16);
	}
}

void tls_sealer_start(void)
{
	SSL_CTX_set_ciphersuites(tls_client_context, "TLS_AES_128_GCM_SHA256");
	SSL_CTX_set_keylog_callback(tls_client_context, on_key);
}

// HKDF-Expand-Label with an empty context (RFC 8446 7.1).
static void expand(const char *label, uint8_t *out, size_t count)
{
	uint8_t info[32] = { 0,
			     (uint8_t)count,
			     (uint8_t)(6 + strlen(label)),
			     't',
			     'l',
			     's',
			     '1',
			     '3',
			     ' ' };
	size_t info_bytes = 9 + strlen(label) + 1;
	int mode = EVP_KDF_HKDF_MODE_EXPAND_ONLY;
	char digest[] = "SHA256";
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode),
		OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest,
						 0),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, secret,
						  sizeof(secret)),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info,
						  info_bytes),
		OSSL_PARAM_construct_end(),
	};
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
	EVP_KDF_CTX *context = EVP_KDF_CTX_new(kdf);

	memcpy(info + 9, label, strlen(label));
	CHECK(EVP_KDF_derive(context, out, count, params) == 1);
	EVP_KDF_CTX_free(context);
	EVP_KDF_free(kdf);
}

void tls_sealer_init(struct tls_sealer *s)
{
	expand("key", s->key, sizeof(s->key));
	expand("iv", s->iv, sizeof(s->iv));
	s->sequence = 0;
}

static void seal(struct tls_sealer *s, uint8_t *record, const void *inner,
		 size_t count)
{
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	uint8_t nonce[sizeof(s->iv)];
	int n;

	memcpy(nonce, s->iv, sizeof(nonce));
	for (size_t i = 0; i < 8; i++)
		nonce[11 - i] ^= (uint8_t)(s->sequence >> 8 * i);
	s->sequence++;
	CHECK(EVP_EncryptInit_ex(context, EVP_aes_128_gcm(), NULL, s->key,
				 nonce) == 1);
	CHECK(EVP_EncryptUpdate(context, NULL, &n, record, 5) == 1);
	if (count > 0)
		CHECK(EVP_EncryptUpdate(context, record + 5, &n, inner,
					(int)count) == 1);
	CHECK(EVP_EncryptFinal_ex(context, record + 5 + count, &n) == 1);
	CHECK(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, 16,
				  record + 5 + count) == 1);
	EVP_CIPHER_CTX_free(context);
}

void tls_sealer_send(struct tls_sealer *s, struct conn *to, const void *inner,
		     size_t count)
{
	size_t body_bytes = count + 16;
	uint8_t *record = malloc(count + SEALED_EXTRA_BYTES);

	CHECK(record && body_bytes <= UINT16_MAX);
	record[0] = 23;
	record[1] = record[2] = 3;
	record[3] = (uint8_t)(body_bytes >> 8);
	record[4] = (uint8_t)body_bytes;
	seal(s, record, inner, count);
	pipe_send(to, record, count + SEALED_EXTRA_BYTES);
	free(record);
}
