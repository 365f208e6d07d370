// SPDX-License-Identifier: Apache-2.0
// The network: lwIP over the one NIC, driven by the event loop. Only this room
// includes lwIP.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "net/config.h"

// Starts the stack on the NIC with `config`. ERR_NO_MEMORY, ERR_BAD_INPUT.
enum err net_init(const struct net_config *config);
// One turn: frames in, timers, ready connections' owners called, frames out.
// true if anything happened, so that the caller doesn't sleep yet. A dead NIC
// ends the guest.
bool net_poll(void);
// When net_poll must run again at the latest, clock_now_ns() time.
uint64_t net_deadline_ns(void);
// Whether an address has been configured, so that clients can reach us.
bool net_is_up(void);

struct net_figures {
	uint32_t connections, connections_peak; // open now, and the most ever
	uint32_t closing; // closed by their owners, not yet forgotten
	uint64_t accepted;
	uint64_t refused; // SYNs or connections turned away by a limit
	uint64_t resets;
	uint64_t frames_bad; // dropped by the stack as malformed
	uint64_t no_memory;  // allocations refused by the stack's budget
	uint64_t buffer_bytes_peak;
	uint64_t used_bytes; // in the stack's blocks
	uint64_t kept_bytes; // of the heap, free for the next frames
};
struct net_figures net_figures(void);
