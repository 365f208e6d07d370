// SPDX-License-Identifier: Apache-2.0
// A TLS client (OpenSSL's) on a pipe, and the loop that runs it against the
// sessions of tls/ and an owner for each of these.
#pragma once

#include <openssl/ssl.h>

#include "net/conn.h"
#include "tls/session.h"

struct tls_client {
	struct conn *conn;
	SSL *ssl;
	BIO *in, *out;
	int alert; // the last that came; 0 (close_notify): or none
};

// The owner of a session: keeps all that comes.
struct tls_owner {
	struct tls_session *session;
	uint8_t *bytes;
	size_t count;
	enum err ended; // OK: not yet
	unsigned int ready_count;
	bool is_deaf; // doesn't read
	bool keeps;   // doesn't let go when the stream breaks
};

// The key, the certificate and the endpoint, once for a program.
void tls_play_start(void);
// A new key and its certificate, which is then in tls_certificate.
struct tls_identity tls_play_identity(void);
// Runs both sides until nothing moves.
void tls_play(void);
// The client of a pipe goes away; its owner must let go when it sees that.
void tls_play_drop(struct conn *c);
// The newest owner; NULL when it was let go since.
extern struct tls_owner *tls_newest;
// Refuses the sessions that come.
extern bool tls_refuses;
// Lets go of all owners, gently; of one, at once.
void tls_owners_free(void);
void tls_owner_abort(struct tls_owner *o);

// A client that hasn't said anything.
struct tls_client *tls_client_new(void);
// Has said hello, and went as far as it goes.
struct tls_client *tls_client_connected(void);
// The same, and its owner keeps the session when the stream breaks.
struct tls_client *tls_client_kept(void);
// The first bytes that a client says; returns how many.
size_t tls_client_hello(uint8_t *out, size_t capacity);
// The alert that came (RFC 8446 6); 0: none, or close_notify.
int tls_client_alert(struct tls_client *c);
void tls_client_free(struct tls_client *c);

extern SSL_CTX *tls_client_context;
// The server's certificate.
extern uint8_t tls_certificate[];
extern size_t tls_certificate_bytes;
