// SPDX-License-Identifier: Apache-2.0
// A connection from the inside: for conn.c, listener.c and closing.c alone.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/conn.h"
#include "net/inbox.h"
#include "net/list.h"
#include "net/rate.h"

struct tcp_pcb;

// Lives from the accepted handshake until its owner and lwIP's control block
// are both done with it. lwIP's callbacks only note facts here; conn_dispatch
// tells the owner.
struct conn {
	struct list member;  // of conn.c's open or closing.c's closing ones
	struct list ready;   // the owner is to be called
	struct list output;  // lwIP is to send what was written
	struct tcp_pcb *pcb; // NULL once the stream broke
	void *owner;
	bool is_closing; // the owner has let go
	bool ended;      // the client has ended its side
	bool wants_room; // a write came short
	struct inbox inbox;
	// Parts of the shared allowances (limits.h) that it holds.
	size_t window_extra;  // window beyond NET_WINDOW_FLOOR
	size_t send_extra;    // queue beyond NET_SEND_FLOOR
	uint64_t close_by_ns; // while closing
	struct rate challenges;
};

#define CONN_OF(node, list) \
	((struct conn *)(void *)((char *)(node)-offsetof(struct conn, list)))

// Sets who is told of connections. Call once.
void conn_set_handler(const struct conn_handler *handler);
// Makes the connection of an established control block; its owner is found at
// the next conn_dispatch. NULL without memory or at CONN_LIMIT.
struct conn *conn_new(struct tcp_pcb *pcb);
// Whether conn_new would refuse for CONN_LIMIT.
bool conn_is_full(void);
// Takes `c` from its owner: no more notices, and unread bytes are dropped.
void conn_disown(struct conn *c);
// Frees `c`, whose control block is gone or no longer names it.
void conn_free(struct conn *c);
// lwIP has freed the control block.
void conn_pcb_gone(struct conn *c);
// Bytes written that the client hasn't acknowledged. `c` has a control block.
size_t conn_queued_bytes(const struct conn *c);
// The client acknowledged something.
void conn_account(struct conn *c);

// Calls owners whose connections changed, then lets lwIP send what they wrote.
// true if there was anything.
bool conn_dispatch(void);
// Whether conn_dispatch has work.
bool conn_is_pending(void);
// Calls writers again that came short for want of memory, not of room.
void conn_retry_writers(void);

struct conn_figures {
	uint32_t open, open_peak;
	uint64_t accepted, resets;
};
struct conn_figures conn_figures(void);
