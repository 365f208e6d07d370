// SPDX-License-Identifier: Apache-2.0
// TCP connections as the rooms above see them: bytes in, bytes out, and one
// call when something changed. No lwIP type shows.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define CONN_LIMIT 256 // open at once

struct conn;

struct conn_handler {
	// A client connected. Returns the owner that ready() will be called
	// with, or NULL to refuse: the connection is then reset.
	void *(*opened)(struct conn *c);
	// Something changed: bytes came, room for writing came, or the stream
	// ended. Called from net_poll(), never from inside a conn_ call.
	void (*ready)(void *owner);
};

// Accepts connections on `port`, IPv4 and IPv6. Call once.
enum err conn_listen(uint16_t port, const struct conn_handler *handler);

// Copies received bytes out. ERR_AGAIN: none now. ERR_CLOSED: the client has
// ended its side and all its bytes were read. ERR_RESET: the stream is gone,
// and unread bytes with it.
enum err conn_read(struct conn *c, uint8_t *out, size_t capacity,
		   size_t *count);
// Copies bytes into the send queue as far as there is room; *count may be
// short. ERR_AGAIN: no room now; ready() will be called when there is.
// ERR_RESET.
enum err conn_write(struct conn *c, const uint8_t *bytes, size_t length,
		    size_t *count);
// Bytes that conn_write would take now.
size_t conn_write_room(const struct conn *c);
// Acknowledges what has come at the next net_poll(), not within 250 ms. For what
// no answer is due to: Nagle's algorithm (RFC 9293 3.7.4) makes a client keep
// its next bytes until then.
void conn_acknowledge(struct conn *c);
// Asks for one ready() call at the next net_poll().
void conn_wake(struct conn *c);
// Ends our side; what was written is still delivered, within NET_CLOSE_NS
// (limits.h), and what still comes is dropped. `c` is gone: no call may name it
// again, and ready() isn't called.
void conn_close(struct conn *c);
// Resets the connection and drops what is queued. `c` is gone.
void conn_abort(struct conn *c);
