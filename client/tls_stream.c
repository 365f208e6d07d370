// SPDX-License-Identifier: Apache-2.0
#include "client/tls_stream.h"

#include <mbedtls/net_sockets.h>
#include <mbedtls/psa_util.h>
#include <mbedtls/ssl.h>
#include <psa/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "client/tls_leaf.h"

// An RSA key of 8192 bits has 1062 bytes.
#define SPKI_LIMIT 2048u

struct tls_stream {
	struct net_stream *net;
	mbedtls_ssl_config config;
	mbedtls_ssl_context ssl;
	tls_judge *judge;
	void *context;
	bool is_refused;
	bool is_broken;     // no good-bye over a broken connection
	enum err net_error; // the last one
	uint8_t spki[SPKI_LIMIT];
	size_t spki_bytes;
};

static int on_send(void *context, const unsigned char *bytes, size_t count)
{
	struct tls_stream *tls = context;
	size_t written;

	tls->net_error = net_write(tls->net, bytes, count, &written);
	if (tls->net_error == OK)
		return (int)written;
	return tls->net_error == ERR_TIMEOUT ? MBEDTLS_ERR_SSL_TIMEOUT
					     : MBEDTLS_ERR_NET_SEND_FAILED;
}

static int on_receive(void *context, unsigned char *bytes, size_t capacity)
{
	struct tls_stream *tls = context;
	size_t count;

	tls->net_error = net_read(tls->net, bytes, capacity, &count);
	if (tls->net_error == OK)
		return (int)count;
	if (tls->net_error == ERR_CLOSED)
		return 0;
	return tls->net_error == ERR_TIMEOUT ? MBEDTLS_ERR_SSL_TIMEOUT
					     : MBEDTLS_ERR_NET_RECV_FAILED;
}

// Called for each certificate, the leaf's at last; any answer but 0 ends the
// handshake.
static int on_certificate(void *context, mbedtls_x509_crt *certificate,
			  int depth, uint32_t *flags)
{
	struct tls_stream *tls = context;
	struct tls_leaf leaf;

	*flags = 0; // names, dates and authorities mean nothing here
	if (depth != 0)
		return 0;
	leaf = tls_leaf_of(certificate);
	tls->is_refused = leaf.spki.count > SPKI_LIMIT ||
			  !tls->judge(tls->context, &leaf);
	if (tls->is_refused)
		return MBEDTLS_ERR_X509_FATAL_ERROR;
	memcpy(tls->spki, leaf.spki.at, leaf.spki.count);
	tls->spki_bytes = leaf.spki.count;
	return 0;
}

static enum err err_of(const struct tls_stream *tls, int result)
{
	switch (result) {
	case MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY:
		return ERR_CLOSED;
	case MBEDTLS_ERR_SSL_TIMEOUT:
		return ERR_TIMEOUT;
	case MBEDTLS_ERR_SSL_CONN_EOF:
	case MBEDTLS_ERR_NET_SEND_FAILED:
	case MBEDTLS_ERR_NET_RECV_FAILED:
		return ERR_RESET;
	case MBEDTLS_ERR_SSL_ALLOC_FAILED:
	case MBEDTLS_ERR_X509_ALLOC_FAILED:
		return ERR_NO_MEMORY;
	default:
		return tls->is_refused ? ERR_UNSUPPORTED : ERR_BAD_INPUT;
	}
}

static enum err set_up(struct tls_stream *tls, const char *server_name)
{
	static const char *protocols[] = { "http/1.1", NULL };

	if (psa_crypto_init() != PSA_SUCCESS ||
	    mbedtls_ssl_config_defaults(&tls->config, MBEDTLS_SSL_IS_CLIENT,
					MBEDTLS_SSL_TRANSPORT_STREAM,
					MBEDTLS_SSL_PRESET_DEFAULT) != 0)
		return ERR_CRYPTO;
	// OPTIONAL: mbedTLS's own opinion of the chain isn't asked for; the
	// callback's refusal still ends the handshake.
	mbedtls_ssl_conf_authmode(&tls->config, MBEDTLS_SSL_VERIFY_OPTIONAL);
	mbedtls_ssl_conf_verify(&tls->config, on_certificate, tls);
	mbedtls_ssl_conf_rng(&tls->config, mbedtls_psa_get_random,
			     MBEDTLS_PSA_RANDOM_STATE);
	mbedtls_ssl_conf_min_tls_version(&tls->config,
					 MBEDTLS_SSL_VERSION_TLS1_3);
	mbedtls_ssl_conf_max_tls_version(&tls->config,
					 MBEDTLS_SSL_VERSION_TLS1_3);
	mbedtls_ssl_conf_tls13_key_exchange_modes(
		&tls->config, MBEDTLS_SSL_TLS1_3_KEY_EXCHANGE_MODE_EPHEMERAL);
	if (mbedtls_ssl_conf_alpn_protocols(&tls->config, protocols) != 0 ||
	    mbedtls_ssl_setup(&tls->ssl, &tls->config) != 0 ||
	    mbedtls_ssl_set_hostname(&tls->ssl, server_name) != 0)
		return ERR_NO_MEMORY;
	mbedtls_ssl_set_bio(&tls->ssl, tls, on_send, on_receive, NULL);
	return OK;
}

static enum err shake_hands(struct tls_stream *tls)
{
	int result;

	do {
		result = mbedtls_ssl_handshake(&tls->ssl);
	} while (result == MBEDTLS_ERR_SSL_WANT_READ ||
		 result == MBEDTLS_ERR_SSL_WANT_WRITE);
	if (result == 0)
		return tls->spki_bytes > 0 ? OK : ERR_BAD_INPUT;
	return err_of(tls, result);
}

enum err tls_open(struct net_stream *net, const char *server_name,
		  tls_judge *judge, void *context, struct tls_stream **out)
{
	struct tls_stream *tls = calloc(1, sizeof(*tls));
	enum err e;

	if (!tls)
		return ERR_NO_MEMORY;
	tls->net = net;
	tls->judge = judge;
	tls->context = context;
	mbedtls_ssl_init(&tls->ssl);
	mbedtls_ssl_config_init(&tls->config);
	e = set_up(tls, server_name);
	if (e == OK)
		e = shake_hands(tls);
	if (e != OK) {
		tls->is_broken = true;
		tls_close(tls);
		return e;
	}
	*out = tls;
	return OK;
}

struct anchorhold_bytes tls_spki(const struct tls_stream *tls)
{
	return (struct anchorhold_bytes){ tls->spki, tls->spki_bytes };
}

enum err tls_export(struct tls_stream *tls, const char *label,
		    const uint8_t *context, size_t context_bytes, uint8_t *out,
		    size_t out_bytes)
{
	return mbedtls_ssl_export_keying_material(&tls->ssl, out, out_bytes,
						  label, strlen(label), context,
						  context_bytes, 1) == 0
		       ? OK
		       : ERR_CRYPTO;
}

enum err tls_read(struct tls_stream *tls, void *bytes, size_t capacity,
		  size_t *count)
{
	int result;

	do {
		result = mbedtls_ssl_read(&tls->ssl, bytes, capacity);
	} while (result == MBEDTLS_ERR_SSL_WANT_READ ||
		 result == MBEDTLS_ERR_SSL_WANT_WRITE);
	if (result > 0) {
		*count = (size_t)result;
		return OK;
	}
	// 0 is a connection that ended without a close_notify.
	tls->is_broken = result != MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY;
	return result == 0 ? ERR_RESET : err_of(tls, result);
}

enum err tls_write(struct tls_stream *tls, const void *bytes, size_t count)
{
	const uint8_t *at = bytes;

	while (count > 0) {
		int result = mbedtls_ssl_write(&tls->ssl, at, count);

		if (result == MBEDTLS_ERR_SSL_WANT_READ ||
		    result == MBEDTLS_ERR_SSL_WANT_WRITE)
			continue;
		if (result <= 0) {
			tls->is_broken = true;
			return err_of(tls, result);
		}
		at += result;
		count -= (size_t)result;
	}
	return OK;
}

// How long a good-bye may take: the server needn't read it.
#define GOODBYE_MS 200u

void tls_close(struct tls_stream *tls)
{
	if (!tls)
		return;
	if (!tls->is_broken) {
		net_set_deadline(tls->net, GOODBYE_MS);
		mbedtls_ssl_close_notify(&tls->ssl);
	}
	mbedtls_ssl_free(&tls->ssl);
	mbedtls_ssl_config_free(&tls->config);
	free(tls);
}
