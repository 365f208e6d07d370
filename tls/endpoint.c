// SPDX-License-Identifier: Apache-2.0
#include "tls/endpoint.h"

#include "mbedtls/psa_util.h"

#include "tls/key.h"

// The library sends a Certificate message in one record: 2^14 bytes less the
// handshake header, the context and the length of the list, the entry's length
// and the length of its extensions (RFC 8446 4.4.2).
#define CERTIFICATE_MOST (16384 - 4 - 1 - 3 - 3 - 2)

struct generation {
	mbedtls_ssl_config config;
	mbedtls_x509_crt chain;
	mbedtls_pk_context pk;
	uint32_t key; // 0: nothing is here
	uint32_t users;
};

static struct generation slots[2];
static uint32_t present = UINT32_MAX; // its number; none yet

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

static struct generation *slot_of(uint32_t number)
{
	return &slots[number % 2];
}

static void clear(struct generation *g)
{
	mbedtls_ssl_config_free(&g->config);
	mbedtls_x509_crt_free(&g->chain);
	mbedtls_pk_free(&g->pk);
	*g = (struct generation){ 0 };
}

static int load_identity(struct generation *g,
			 const struct tls_identity *identity)
{
	int status = mbedtls_x509_crt_parse_der(
		&g->chain, identity->certificate, identity->certificate_bytes);

	if (status == 0)
		status = mbedtls_pk_setup_opaque(&g->pk, identity->key);
	if (status == 0)
		status = mbedtls_ssl_conf_own_cert(&g->config, &g->chain,
						   &g->pk);
	return status;
}

static enum err fill(struct generation *g, const struct tls_identity *identity)
{
	mbedtls_ssl_config *config = &g->config;

	mbedtls_ssl_config_init(config);
	mbedtls_x509_crt_init(&g->chain);
	mbedtls_pk_init(&g->pk);
	if (mbedtls_ssl_config_defaults(config, MBEDTLS_SSL_IS_SERVER,
					MBEDTLS_SSL_TRANSPORT_STREAM,
					MBEDTLS_SSL_PRESET_DEFAULT) != 0 ||
	    load_identity(g, identity) != 0 ||
	    mbedtls_ssl_conf_alpn_protocols(config, protocols) != 0)
		return ERR_CRYPTO;
	mbedtls_ssl_conf_rng(config, mbedtls_psa_get_random,
			     MBEDTLS_PSA_RANDOM_STATE);
	mbedtls_ssl_conf_min_tls_version(config, MBEDTLS_SSL_VERSION_TLS1_3);
	mbedtls_ssl_conf_max_tls_version(config, MBEDTLS_SSL_VERSION_TLS1_3);
	mbedtls_ssl_conf_ciphersuites(config, suites);
	mbedtls_ssl_conf_groups(config, groups);
	mbedtls_ssl_conf_sig_algs(config, signatures);
	// No client certificates yet: whoever connects is served.
	mbedtls_ssl_conf_authmode(config, MBEDTLS_SSL_VERIFY_NONE);
	return OK;
}

// The key of a generation that nobody uses any more mustn't stay.
static void retire(uint32_t number)
{
	struct generation *g = slot_of(number);

	if (number == present || g->key == 0 || g->users != 0)
		return;
	tls_key_destroy(g->key);
	clear(g);
}

enum err endpoint_adopt(const struct tls_identity *identity)
{
	struct generation *g = slot_of(present + 1);
	enum err e;

	if (identity->certificate_bytes > CERTIFICATE_MOST)
		return ERR_TOO_BIG;
	if (g->key != 0)
		return ERR_AGAIN;
	e = fill(g, identity);
	if (e != OK) {
		clear(g);
		return e;
	}
	g->key = identity->key;
	present++;
	retire(present - 1);
	return OK;
}

const mbedtls_ssl_config *endpoint_config(void)
{
	return &slot_of(present)->config;
}

uint32_t endpoint_generation(void)
{
	return present;
}

void endpoint_enter(void)
{
	slot_of(present)->users++;
}

void endpoint_leave(uint32_t number)
{
	slot_of(number)->users--;
	retire(number);
}
