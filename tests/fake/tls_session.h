// SPDX-License-Identifier: Apache-2.0
// tls/session.h in memory: a test plays the clients of a server that calls
// tls_listen(). Room for writing is as large as the test says, and every call
// fails or waits when the test wants it to.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tls/session.h"

// A client's handshake completes: the server's opened() is called. NULL if it
// refused.
struct tls_session *fake_tls_open(void);
// The client sends bytes; the server isn't told before fake_tls_turn().
void fake_tls_send(struct tls_session *s, const void *bytes, size_t count);
// The client ends its side: close_notify, or a reset.
void fake_tls_send_end(struct tls_session *s, enum err how);
// One turn of the loop: ready() for each session that something happened to,
// or whose deadline has come. false if there was none.
bool fake_tls_turn(void);

// What the server sent so far, NUL-terminated; what was only written and not
// flushed isn't in it.
const char *fake_tls_sent(struct tls_session *s, size_t *count);
// Forgets what was sent, as a client that read it.
void fake_tls_forget(struct tls_session *s);
// Bytes that the server may still write; SIZE_MAX at first. More room is an
// event.
void fake_tls_set_room(struct tls_session *s, size_t room);
// Whether tls_flush finds no room; its end is an event.
void fake_tls_set_stuck(struct tls_session *s, bool is_stuck);
// Bytes handed out by one tls_read at most; SIZE_MAX at first.
void fake_tls_set_read_limit(struct tls_session *s, size_t limit);
bool fake_tls_is_closed(const struct tls_session *s);
bool fake_tls_is_aborted(const struct tls_session *s);
size_t fake_tls_unread(const struct tls_session *s);
// Calls of tls_write and of tls_flush.
unsigned int fake_tls_writes(const struct tls_session *s);
unsigned int fake_tls_flushes(const struct tls_session *s);
// The test's own hold on a session ends; the server must have closed it.
void fake_tls_free(struct tls_session *s);
// The next tls_listen() fails so.
void fake_tls_fail_listen(enum err how);
// What the server showed last: the certificate, and the key that goes with it.
const uint8_t *fake_tls_certificate(size_t *count);
uint32_t fake_tls_key(void);
// What tls_figures() says of handshakes.
void fake_tls_set_handshakes(uint64_t count);
