// SPDX-License-Identifier: Apache-2.0
// The HTTPS server in front of the app: connections, requests, limits, and the
// paths under /.well-known/anchorhold/, which never reach the app.
#pragma once

#include <stdint.h>

#include "base/err.h"

// Opens the endpoint on TCP `port`, with the identity that identity_init made.
enum err server_init(uint16_t port);
// Evidence and the renewal of the endpoint's identity. Call each loop turn;
// returns the next deadline.
uint64_t server_tick(uint64_t now_ns);

struct server_figures {
	uint64_t requests; // heads parsed well
	uint64_t refused;  // heads or bodies answered with 4xx or 5xx by us
	uint64_t timeouts; // too slow: head, body, reply or idle
	uint32_t clients, clients_peak;
	uint64_t body_bytes_held, body_bytes_held_peak;
	uint64_t reports;  // that the secure processor made, renewals included
	uint64_t batches;  // requests for those who waited for evidence
	uint64_t evidence; // clients that got some
};
struct server_figures server_figures(void);
