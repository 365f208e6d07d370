// SPDX-License-Identifier: Apache-2.0
// net/conn.h over memory: the test is the client.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/conn.h"

enum pipe_end {
	PIPE_OPEN,
	PIPE_CLOSED, // by conn_close
	PIPE_ABORTED,
	PIPE_REFUSED, // the owner wanted none
};

struct conn *pipe_connect(void);
void pipe_send(struct conn *c, const void *bytes, size_t count);
void pipe_fin(struct conn *c);
void pipe_reset(struct conn *c);
// What the server sent and nobody has taken.
size_t pipe_pending(const struct conn *c);
size_t pipe_receive(struct conn *c, void *out, size_t capacity);
// How much the server may send before the client receives.
void pipe_set_room(struct conn *c, size_t bytes);
// Bytes that the server hasn't read.
size_t pipe_unread(const struct conn *c);
enum pipe_end pipe_end(const struct conn *c);
// Calls ready() for each that is; false if none was.
bool pipe_poll(void);
// Call when the server has let go.
void pipe_free(struct conn *c);
