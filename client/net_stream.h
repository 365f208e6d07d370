// SPDX-License-Identifier: Apache-2.0
// A TCP connection on which nothing waits longer than a deadline.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct net_stream {
	int fd;
	int64_t deadline_ms; // on the monotonic clock
};

// Connects to a name or an address, trying each address that the name has, in
// `timeout_ms` altogether; asking for the name's addresses comes on top of it,
// and takes as long as the system's resolver lets it. On failure (ERR_NOT_FOUND:
// no such name; ERR_TIMEOUT; ERR_RESET: refused or unreachable) *out is
// untouched and `why` has a few words.
enum err net_open(const char *host, uint16_t port, unsigned int timeout_ms,
		  struct net_stream *out, char *why, size_t why_bytes);
// All that is read and written from now on must be done in `timeout_ms`.
void net_set_deadline(struct net_stream *net, unsigned int timeout_ms);
// Reads at least one byte, or writes as many as go. ERR_CLOSED at the stream's
// end, ERR_TIMEOUT at the deadline, ERR_RESET when the connection broke.
enum err net_read(struct net_stream *net, void *bytes, size_t capacity,
		  size_t *count);
enum err net_write(struct net_stream *net, const void *bytes, size_t count,
		   size_t *written);
void net_close(struct net_stream *net);
