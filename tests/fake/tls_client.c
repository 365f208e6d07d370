// SPDX-License-Identifier: Apache-2.0
#include "tests/fake/tls_client.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>

#include "attest/certificate.h"
#include "base/check.h"
#include "kernel/time/clock.h"
#include "tests/fake/conn_pipe.h"
#include "tls/key.h"

#define CLIENT_LIMIT 512

SSL_CTX *tls_client_context;
uint8_t tls_certificate[CERTIFICATE_LIMIT];
size_t tls_certificate_bytes;
struct tls_owner *tls_newest;
bool tls_refuses;

static struct tls_client *clients[CLIENT_LIMIT];
static struct tls_owner *owners[CLIENT_LIMIT];

// Owners

static void owner_free(struct tls_owner *o)
{
	for (size_t i = 0; i < CLIENT_LIMIT; i++)
		if (owners[i] == o)
			owners[i] = NULL;
	if (tls_newest == o)
		tls_newest = NULL;
	free(o->bytes);
	free(o);
}

static void *opened(struct tls_session *s)
{
	struct tls_owner *o = tls_refuses ? NULL : calloc(1, sizeof(*o));

	if (!o)
		return NULL;
	o->session = s;
	for (size_t i = 0; i < CLIENT_LIMIT; i++) {
		if (owners[i])
			continue;
		owners[i] = o;
		break;
	}
	tls_newest = o;
	return o;
}

static void ready(void *owner)
{
	static uint8_t buffer[10000];
	struct tls_owner *o = owner;
	size_t count = 0;
	enum err e;

	o->ready_count++;
	while (!o->is_deaf) {
		e = tls_read(o->session, buffer, sizeof(buffer), &count);
		if (e != OK)
			break;
		o->bytes = realloc(o->bytes, o->count + count);
		CHECK(o->bytes);
		memcpy(o->bytes + o->count, buffer, count);
		o->count += count;
	}
	if (o->is_deaf || e == ERR_AGAIN)
		return;
	o->ended = e;
	if (o->keeps)
		return;
	if (e == ERR_CLOSED)
		tls_close(o->session);
	else
		tls_abort(o->session);
	owner_free(o);
}

void tls_owner_abort(struct tls_owner *o)
{
	tls_abort(o->session);
	owner_free(o);
}

void tls_owners_free(void)
{
	for (size_t i = 0; i < CLIENT_LIMIT; i++) {
		if (!owners[i])
			continue;
		tls_close(owners[i]->session);
		owner_free(owners[i]);
	}
}

// The loop

static bool move_one(struct tls_client *c)
{
	uint8_t buffer[4096];
	bool any = false;
	int n;

	while ((n = BIO_read(c->out, buffer, sizeof(buffer))) > 0) {
		if (pipe_end(c->conn) == PIPE_OPEN)
			pipe_send(c->conn, buffer, (size_t)n);
		any = true;
	}
	while (c->ssl && pipe_pending(c->conn) > 0 &&
	       (n = (int)pipe_receive(c->conn, buffer, sizeof(buffer))) > 0) {
		BIO_write(c->in, buffer, n);
		any = true;
	}
	return any;
}

static bool move_all(void)
{
	bool any = false;

	for (size_t i = 0; i < CLIENT_LIMIT; i++) {
		if (!clients[i])
			continue;
		if (!SSL_is_init_finished(clients[i]->ssl))
			SSL_do_handshake(clients[i]->ssl);
		any |= move_one(clients[i]);
	}
	return any;
}

void tls_play(void)
{
	unsigned int turns = 0, quiet_turns = 0;

	// What one turn did last may be moved only by the next.
	while (quiet_turns < 2) {
		bool any = move_all();

		any |= pipe_poll();
		any |= tls_tick(clock_now_ns()) <= clock_now_ns();
		quiet_turns = any ? 0 : quiet_turns + 1;
		CHECK(turns++ < 100000);
	}
	ERR_clear_error();
}

void tls_play_drop(struct conn *c)
{
	if (pipe_end(c) == PIPE_OPEN)
		pipe_reset(c);
	tls_play();
	pipe_free(c);
}

struct tls_identity tls_play_identity(void)
{
	struct certificate_request request = { 0 };

	CHECK(tls_key_make(&request.key) == OK);
	CHECK(certificate_make(&request, tls_certificate,
			       sizeof(tls_certificate),
			       &tls_certificate_bytes) == OK);
	return (struct tls_identity){ request.key, tls_certificate,
				      tls_certificate_bytes };
}

void tls_play_start(void)
{
	static const struct tls_handler handler = { opened, ready };
	struct tls_identity identity;

	CHECK(tls_key_init() == OK);
	identity = tls_play_identity();
	CHECK(tls_listen(443, &identity, &handler) == OK);
	tls_client_context = SSL_CTX_new(TLS_client_method());
	CHECK(tls_client_context);
}

// Clients

static void on_info(const SSL *ssl, int where, int value)
{
	struct tls_client *c = SSL_get_app_data(ssl);

	if (where == SSL_CB_READ_ALERT)
		c->alert = value & 0xff;
}

struct tls_client *tls_client_new(void)
{
	struct tls_client *c = calloc(1, sizeof(*c));

	CHECK(c);
	c->conn = pipe_connect();
	c->ssl = SSL_new(tls_client_context);
	c->in = BIO_new(BIO_s_mem());
	c->out = BIO_new(BIO_s_mem());
	BIO_set_mem_eof_return(c->in, -1);
	BIO_set_mem_eof_return(c->out, -1);
	SSL_set_bio(c->ssl, c->in, c->out);
	SSL_set_connect_state(c->ssl);
	SSL_set_app_data(c->ssl, c);
	SSL_set_info_callback(c->ssl, on_info);
	for (size_t i = 0; i < CLIENT_LIMIT; i++) {
		if (clients[i])
			continue;
		clients[i] = c;
		return c;
	}
	CHECK(false); // too many
	return NULL;
}

struct tls_client *tls_client_connected(void)
{
	struct tls_client *c = tls_client_new();

	tls_play();
	return c;
}

struct tls_client *tls_client_kept(void)
{
	struct tls_client *c = tls_client_connected();

	CHECK(SSL_is_init_finished(c->ssl) && tls_newest);
	tls_newest->keeps = true;
	return c;
}

size_t tls_client_hello(uint8_t *out, size_t capacity)
{
	struct tls_client *c = tls_client_new();
	int count;

	SSL_do_handshake(c->ssl);
	count = BIO_read(c->out, out, (int)capacity);
	tls_client_free(c);
	return count > 0 ? (size_t)count : 0;
}

int tls_client_alert(struct tls_client *c)
{
	char byte;

	if (SSL_is_init_finished(c->ssl))
		SSL_read(c->ssl, &byte, 1);
	ERR_clear_error();
	return c->alert;
}

void tls_client_free(struct tls_client *c)
{
	for (size_t i = 0; i < CLIENT_LIMIT; i++)
		if (clients[i] == c)
			clients[i] = NULL;
	tls_play_drop(c->conn);
	SSL_free(c->ssl);
	free(c);
}
