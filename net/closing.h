// SPDX-License-Identifier: Apache-2.0
// Connections that their owners have closed: what was written is still
// delivered, what still comes is dropped, and both for a bounded time and for
// a bounded number of connections.
#pragma once

struct conn;

// Takes over `c`, which is disowned and has a control block. The oldest one is
// reset when there are too many.
void closing_start(struct conn *c);
// Resets what took too long and forgets what is over. Run each 250 ms.
void closing_tick(void);
