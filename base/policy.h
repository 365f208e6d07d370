// SPDX-License-Identifier: Apache-2.0
// A policy: what abi/policy.h says in bytes, as a struct of views. Pure; used
// by the kernel, by the packer and by clients that read a policy. There is one
// encoding of each meaning, and nothing else is taken; image/policy_form.h
// writes it.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/policy.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/text.h"

struct policy_bytes {
	const uint8_t *at;
	size_t count;
};

// A path is covered when it is the prefix, or goes on behind it with a '/', or
// the prefix itself ends in '/'.
struct policy_route {
	struct text prefix;
	struct text methods[POLICY_METHOD_LIMIT]; // sorted, at least one
	size_t method_count;
};

struct policy_peer {
	struct policy_bytes address; // 4 or 16 bytes, network order
	uint16_t port;               // not 0
	struct policy_bytes key_pin; // SHA-256 of the peer's SPKI
};

// Lists are sorted and hold nothing twice: pins, certificates and addresses by
// length, then bytes; routes by prefix; methods likewise; peers by address,
// port, pin.
struct policy {
	enum policy_clients clients;
	struct policy_bytes client_items[POLICY_PIN_LIMIT];
	size_t client_item_count;
	bool has_routes; // else every path and method
	struct policy_route routes[POLICY_ROUTE_LIMIT];
	size_t route_count;
	struct policy_peer egress[POLICY_EGRESS_LIMIT];
	size_t egress_count;
	bool console;
	enum policy_state state;
	// By enum policy_limit; UINT64_MAX: none beyond the kernel's own.
	uint64_t limits[POLICY_LIMIT_COUNT];
};

#define POLICY_NO_LIMIT UINT64_MAX

// Decodes exactly `count` bytes; the views lie in them. ERR_BAD_INPUT for every
// byte out of order, ERR_UNSUPPORTED for another version, ERR_TOO_BIG beyond
// abi/policy.h's limits. `out` is large (some 20 KiB).
enum err policy_decode(const uint8_t *bytes, size_t count, struct policy *out);

// The order of the lists, by length first: negative, 0 or positive as memcmp.
int policy_order_bytes(struct policy_bytes a, struct policy_bytes b);
int policy_order_text(struct text a, struct text b);
int policy_order_peers(const struct policy_peer *a,
		       const struct policy_peer *b);
