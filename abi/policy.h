// SPDX-License-Identifier: Apache-2.0
// The policy in the image: one deterministic CBOR item (RFC 8949, 4.2.1).
// docs/policy.md has the CDDL and the meaning. The top level is a map of
// exactly these keys; the version comes first and decides about the rest.
#pragma once

#define POLICY_VERSION 1

enum policy_key {
	POLICY_KEY_VERSION = 0,
	POLICY_KEY_CLIENTS = 1, // [kind, [* item]]
	POLICY_KEY_ROUTES = 2,  // null, or [+ [prefix, [+ method]]]
	POLICY_KEY_EGRESS = 3,  // [* [address, port, key pin]]
	POLICY_KEY_CONSOLE = 4, // bool
	POLICY_KEY_STATE = 5,   // enum policy_state
	POLICY_KEY_LIMITS = 6,  // a map of enum policy_limit to uint / null
	POLICY_KEY_COUNT = 7,
};

// Who may use the app. There is no default: a policy names it always.
enum policy_clients {
	POLICY_CLIENTS_ANYONE = 1, // no item
	POLICY_CLIENTS_PINS = 2,   // items: SHA-256 of a client key's SPKI
	POLICY_CLIENTS_CA = 3,     // items: certificates in DER
};

// What becomes of the app's memory between two clients' requests.
enum policy_state {
	POLICY_STATE_FRESH = 1, // reset from its clean image before each
	POLICY_STATE_KEPT = 2,
};

enum policy_limit {
	POLICY_LIMIT_MEMORY_BYTES = 0,   // of the app, its stack included
	POLICY_LIMIT_REQUEST_BYTES = 1,  // of a request's body
	POLICY_LIMIT_REQUEST_CPU_MS = 2, // of the app, for one request
	POLICY_LIMIT_CONNECTIONS = 3,    // at once
	POLICY_LIMIT_COUNT = 4,
};

#define POLICY_PIN_BYTES 32u
#define POLICY_IP4_BYTES 4u
#define POLICY_IP6_BYTES 16u

// What one policy holds at most.
#define POLICY_BYTES_LIMIT 65536u
#define POLICY_PIN_LIMIT 256u
#define POLICY_CA_LIMIT 8u
#define POLICY_CA_BYTES_LIMIT 4096u
#define POLICY_ROUTE_LIMIT 64u
#define POLICY_PREFIX_BYTES_LIMIT 512u
#define POLICY_METHOD_LIMIT 8u // in one route
#define POLICY_METHOD_BYTES_LIMIT 16u
#define POLICY_EGRESS_LIMIT 32u
