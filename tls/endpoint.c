// SPDX-License-Identifier: Apache-2.0
#include "tls/endpoint.h"

#include "mbedtls/psa_util.h"

#include "tls/key.h"

// The library sends a Certificate message in one record: 2^14 bytes less the
// handshake header, the context and the length of the list, the entry's length
// and the length of its extensions (RFC 8446 4.4.2).
#define CERTIFICATE_MOST (16384 - 4 - 1 - 3 - 3 - 2)

static mbedtls_ssl_config config;
static mbedtls_x509_crt chain;
static mbedtls_pk_context key;

// In the order of preference; each list ends with 0.
static const int suites[] = {
	MBEDTLS_TLS1_3_AES_128_GCM_SHA256,
	MBEDTLS_TLS1_3_AES_256_GCM_SHA384,
	MBEDTLS_TLS1_3_CHACHA20_POLY1305_SHA256,
	0,
};
static const uint16_t groups[] = {
	MBEDTLS_SSL_IANA_TLS_GROUP_X25519,
	MBEDTLS_SSL_IANA_TLS_GROUP_SECP256R1,
	MBEDTLS_SSL_IANA_TLS_GROUP_NONE,
};
static const uint16_t signatures[] = {
	MBEDTLS_TLS1_3_SIG_ECDSA_SECP256R1_SHA256,
	MBEDTLS_TLS1_3_SIG_NONE,
};
// A client that speaks only HTTP/2, or something else altogether, is refused
// instead of misunderstood (RFC 7301).
static const char *protocols[] = { "http/1.1", "http/1.0", NULL };

static int load_identity(const uint8_t *certificate, size_t count)
{
	int status =
		mbedtls_x509_crt_parse_der_nocopy(&chain, certificate, count);

	if (status == 0)
		status = mbedtls_pk_setup_opaque(&key, tls_key_id());
	if (status == 0)
		status = mbedtls_ssl_conf_own_cert(&config, &chain, &key);
	return status;
}

enum err endpoint_init(const uint8_t *certificate, size_t certificate_bytes)
{
	if (certificate_bytes > CERTIFICATE_MOST)
		return ERR_TOO_BIG;
	mbedtls_ssl_config_init(&config);
	mbedtls_x509_crt_init(&chain);
	mbedtls_pk_init(&key);
	if (mbedtls_ssl_config_defaults(&config, MBEDTLS_SSL_IS_SERVER,
					MBEDTLS_SSL_TRANSPORT_STREAM,
					MBEDTLS_SSL_PRESET_DEFAULT) != 0 ||
	    load_identity(certificate, certificate_bytes) != 0 ||
	    mbedtls_ssl_conf_alpn_protocols(&config, protocols) != 0)
		return ERR_CRYPTO;
	mbedtls_ssl_conf_rng(&config, mbedtls_psa_get_random,
			     MBEDTLS_PSA_RANDOM_STATE);
	mbedtls_ssl_conf_min_tls_version(&config, MBEDTLS_SSL_VERSION_TLS1_3);
	mbedtls_ssl_conf_max_tls_version(&config, MBEDTLS_SSL_VERSION_TLS1_3);
	mbedtls_ssl_conf_ciphersuites(&config, suites);
	mbedtls_ssl_conf_groups(&config, groups);
	mbedtls_ssl_conf_sig_algs(&config, signatures);
	// No client certificates yet: whoever connects is served.
	mbedtls_ssl_conf_authmode(&config, MBEDTLS_SSL_VERIFY_NONE);
	return OK;
}

const mbedtls_ssl_config *endpoint_config(void)
{
	return &config;
}
