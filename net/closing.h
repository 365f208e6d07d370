// SPDX-License-Identifier: Apache-2.0
// Connections that their owners have closed: what was written is still
// delivered, what still comes is dropped, and both for a bounded time and for
// a bounded number of connections.
#pragma once

#include <stdint.h>

struct conn;

// Takes over `c`, which is disowned and has a control block. Beyond
// NET_CLOSING_LIMIT the oldest one is reset whose client has everything, or the
// oldest if none has; beyond NET_CLOSING_QUEUED the oldest whose client hasn't.
void closing_start(struct conn *c);
// Resets what took too long and forgets what is over. Run each 250 ms.
void closing_tick(void);
// Connections that their owners have closed and that still hold memory.
uint32_t closing_left(void);
