// SPDX-License-Identifier: Apache-2.0
// A session as the files of this room see it.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mbedtls/ssl.h"

#include "base/num.h"
#include "net/conn.h"
#include "net/list.h"
#include "tls/record_buffers.h"
#include "tls/record_pool.h"
#include "tls/record_watch.h"
#include "tls/session.h"

// From the TCP connection to the end of the handshake; the second figure while
// others wait for a place, in a handshake or at all; the third as long as no
// record has begun and all places are taken.
#define HANDSHAKE_NS (10 * NS_PER_SECOND)
#define HANDSHAKE_CROWDED_NS (3 * NS_PER_SECOND)
#define SILENT_CROWDED_NS NS_PER_SECOND
// Handshakes under way. Each holds two record buffers and the library's state.
#define HANDSHAKE_LIMIT 64
// A record that has begun must be complete.
#define RECORD_NS (10 * NS_PER_SECOND)
// Delivery of what was written before tls_close.
#define CLOSE_NS (5 * NS_PER_SECOND)
// RFC 8446 5.5: AES-GCM protects 2^24.5 full records well under one key. There
// is no KeyUpdate here, so a session ends before.
#define SESSION_RECORD_LIMIT (1u << 24)

enum session_state {
	SESSION_ARRIVED,   // no byte has come, or no place is free
	SESSION_HANDSHAKE, // counted among the HANDSHAKE_LIMIT
	SESSION_OPEN,      // has an owner
	SESSION_CLOSING,   // has none: what was written goes out
};

struct tls_session {
	struct conn *conn;
	void *owner;
	mbedtls_ssl_context ssl;
	struct record_buffers buffers;
	struct record_watch watch;
	struct list member; // in the list of all sessions
	struct list line;   // in what it waits for: its turn, or a buffer
	enum session_state state;
	enum err ended; // what reading says for good; OK while the stream lasts
	bool is_alerted;  // an alert is on its way
	bool is_notified; // close_notify was sealed
	uint32_t records_out;
	uint32_t generation;      // of the endpoint, unless it has only arrived
	int64_t heap_bytes;       // until it is open
	uint64_t deadline_ns;     // the owner's
	uint64_t own_deadline_ns; // of the present state
};

static inline struct tls_session *session_of_member(struct list *node)
{
	char *at = (char *)node - offsetof(struct tls_session, member);

	return (struct tls_session *)(void *)at;
}

static inline struct tls_session *session_of_line(struct list *node)
{
	char *at = (char *)node - offsetof(struct tls_session, line);

	return (struct tls_session *)(void *)at;
}

extern struct tls_figures session_counts;

// session.c
// The end of `s`, of its connection too: gently, or by a reset.
void session_close(struct tls_session *s);
void session_abort(struct tls_session *s);
void session_set_own_deadline(struct tls_session *s, uint64_t deadline_ns);
// Has the session woken when a buffer may be had.
void session_await_buffer(struct tls_session *s, enum record_use use);
// The handshake is complete: finds an owner.
void session_open(struct tls_session *s);

// alert.c
// The alert that `error` of the library is due; 0 for none.
uint8_t alert_of_error(const struct tls_session *s, int error);
// Whether the record that the library has just taken is an alert that it passes
// over though it ends the session (RFC 8446 6).
bool alert_is_passed_over(const struct tls_session *s);
// What the library lets pass in the record that it has just taken, or would
// wait for in vain, as an alert; 0 if nothing.
uint8_t alert_of_taken(const struct tls_session *s);

// stream.c
// Makes the context ready to speak over the session's connection.
void stream_init(struct tls_session *s);
// The stream broke with `error` of the library: tells the client why, where
// an alert is due. Reading says ERR_RESET from now on. Returns that.
enum err stream_fail(struct tls_session *s, int error);
// Completes the record that is being received, as far as its bytes are there,
// whether the owner reads or not.
void stream_pump(struct tls_session *s);
// Sends what was written, then close_notify. ERR_AGAIN: not all of it yet.
enum err stream_finish(struct tls_session *s);

// handshake.c
// Bytes came for a handshake, or its connection ended.
void handshake_ready(struct tls_session *s);
// Does one turn's share of the work. true: there is more to do.
bool handshake_tick(void);
// Whether others wait for a place.
bool handshake_is_crowded(void);
// `s`, a handshake, is about to be freed.
void handshake_leave(struct tls_session *s);
