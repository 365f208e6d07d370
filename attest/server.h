// SPDX-License-Identifier: Apache-2.0
// The HTTPS server in front of the app: connections, requests, limits, and the
// paths under /.well-known/anchorhold/, which never reach the app.
#pragma once

#include <stdint.h>

#include "base/err.h"

// Makes the certificate and opens the endpoint on TCP `port`.
enum err server_init(uint16_t port);

struct server_figures {
	uint64_t requests; // heads parsed well
	uint64_t refused;  // heads or bodies answered with 4xx or 5xx by us
	uint64_t timeouts; // too slow: head, body, reply or idle
	uint32_t clients, clients_peak;
	uint64_t body_bytes_held, body_bytes_held_peak;
};
struct server_figures server_figures(void);
