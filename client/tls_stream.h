// SPDX-License-Identifier: Apache-2.0
// A TLS 1.3 client's end of a connection. Whose the other end is, isn't decided
// by names and authorities here: a judge sees the leaf in the middle of the
// handshake, before the client has answered it with anything.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "client/anchorhold.h"
#include "client/net_stream.h"

struct tls_stream;

// What the server's certificate says: its key, DER SubjectPublicKeyInfo, and
// the CBOR of its id-pe-cmw extension; `count` is 0 without one. `is_malformed`:
// there is such an extension, but not as RFC 9999 wants it, or two of them.
struct tls_leaf {
	struct anchorhold_bytes spki;
	struct anchorhold_bytes evidence;
	bool is_malformed;
};

// Whether the handshake may go on. The leaf is gone afterwards.
typedef bool tls_judge(void *context, const struct tls_leaf *leaf);

// Shakes hands over `net`, which stays the caller's. `server_name` goes into
// the ClientHello; NULL: none. With the judge's refusal, an alert is all that
// the server gets (ERR_UNSUPPORTED). ERR_BAD_INPUT: no TLS 1.3 server, or one
// that can't prove its key; ERR_CLOSED, ERR_RESET, ERR_TIMEOUT as net_stream.h
// has them; ERR_CRYPTO, ERR_NO_MEMORY: our own.
enum err tls_open(struct net_stream *net, const char *server_name,
		  tls_judge *judge, void *context, struct tls_stream **out);
// The leaf's key, as the judge saw it.
struct anchorhold_bytes tls_spki(const struct tls_stream *tls);
// The session's exporter (RFC 8446, 7.5).
enum err tls_export(struct tls_stream *tls, const char *label,
		    const uint8_t *context, size_t context_bytes, uint8_t *out,
		    size_t out_bytes);
// Reads at least one byte. ERR_CLOSED: the server ended the stream properly;
// ERR_RESET: it broke off, so that bytes may be missing; ERR_TIMEOUT.
enum err tls_read(struct tls_stream *tls, void *bytes, size_t capacity,
		  size_t *count);
enum err tls_write(struct tls_stream *tls, const void *bytes, size_t count);
// Says good-bye and frees; NULL is fine.
void tls_close(struct tls_stream *tls);
