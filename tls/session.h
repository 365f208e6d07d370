// SPDX-License-Identifier: Apache-2.0
// TLS 1.3 sessions as the rooms above see them: clear bytes in and out after a
// completed handshake. No mbedTLS type shows.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define TLS_RECORD_LIMIT 16384 // clear bytes in one record (RFC 8446 5.1)

struct tls_session;

struct tls_handler {
	// A handshake completed. Returns the owner that ready() will be called
	// with, or NULL to refuse: the session is then closed.
	void *(*opened)(struct tls_session *s);
	// Something changed: bytes, room, the end of the stream, or a tick of
	// the owner's own clock (tls_wake, tls_set_deadline).
	void (*ready)(void *owner);
};

// What the endpoint shows: a key of tls/key.h and its certificate, DER.
struct tls_identity {
	uint32_t key;
	const uint8_t *certificate; // copied
	size_t certificate_bytes;
};

// Serves TLS on TCP `port`. The key is this room's on OK. Call once.
// ERR_CRYPTO, ERR_TOO_BIG, ERR_NO_MEMORY.
enum err tls_listen(uint16_t port, const struct tls_identity *identity,
		    const struct tls_handler *handler);
// New handshakes use `identity` from now on, whose key is this room's on OK;
// sessions that there are keep theirs, whose key goes when the last of them
// does. There are two generations at most: while sessions of the one before
// the present are left, these are broken and the call says ERR_AGAIN.
// ERR_CRYPTO, ERR_TOO_BIG.
enum err tls_renew(const struct tls_identity *identity);
// Which identity the handshake of `s` used: 0 is tls_listen's, 1 the next one.
uint32_t tls_generation(const struct tls_session *s);

// As conn_read and conn_write, in clear bytes. ERR_CLOSED on close_notify, until
// the connection is reset; no capacity: OK as long as the stream hasn't ended.
// ERR_RESET on everything else that ends the stream, truncation included: an
// alert has then been sent where one is due. A client that asks for a KeyUpdate
// is refused: mbedTLS 3.6 has none. Bytes are written as records when they fill
// one, or at tls_flush; nothing is written of what isn't flushed.
enum err tls_read(struct tls_session *s, uint8_t *out, size_t capacity,
		  size_t *count);
enum err tls_write(struct tls_session *s, const void *bytes, size_t length,
		   size_t *count);
// Sends what is pending as far as there is room. ERR_AGAIN: not all of it.
enum err tls_flush(struct tls_session *s);
// Has ready() called once in this loop turn.
void tls_wake(struct tls_session *s);
// Has ready() called once when clock_now_ns() has reached `deadline_ns`, to
// within 250 ms; UINT64_MAX for never. The owner closes what is too slow.
void tls_set_deadline(struct tls_session *s, uint64_t deadline_ns);
// Sends close_notify and ends the session; what was written is delivered
// first, within a bounded time. `s` is gone.
void tls_close(struct tls_session *s);
// Drops the session at once. `s` is gone.
void tls_abort(struct tls_session *s);
// Keying material of this session (RFC 8446 7.5).
enum err tls_export(struct tls_session *s, const char *label,
		    const uint8_t *context, size_t context_bytes, uint8_t *out,
		    size_t count);

struct tls_figures {
	uint64_t handshakes, handshake_failures, handshake_timeouts;
	uint64_t alerts_sent;
	uint32_t sessions, sessions_peak;
	uint32_t records_held, records_held_peak; // pool buffers in use
	uint64_t kept_bytes;   // of the heap, in spare pool buffers
	uint64_t idle_bytes;   // heap held per idle session, as last measured
	uint64_t active_bytes; // and with a record in each direction
};
struct tls_figures tls_figures(void);
// Runs deadlines. Call each loop turn; returns the next one.
uint64_t tls_tick(uint64_t now_ns);
