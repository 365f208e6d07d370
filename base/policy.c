// SPDX-License-Identifier: Apache-2.0
// The policy's CBOR form, read in the order of its keys.
#include "base/policy.h"

#include "base/cbor.h"
#include "base/policy_rules.h"

// The next key of a map, which must be this one.
static enum err get_key(struct reader *r, uint64_t key)
{
	uint64_t found;

	TRY(cbor_get_uint(r, &found));
	return found == key ? OK : ERR_BAD_INPUT;
}

// A list's head, with no more than `limit` items.
static enum err get_list(struct reader *r, size_t limit, size_t *count)
{
	uint64_t found;

	TRY(cbor_get_array(r, &found));
	if (found > limit)
		return ERR_TOO_BIG;
	*count = (size_t)found;
	return OK;
}

// The head of an array that has `count` items always.
static enum err get_tuple(struct reader *r, uint64_t count)
{
	uint64_t found;

	TRY(cbor_get_array(r, &found));
	return found == count ? OK : ERR_BAD_INPUT;
}

static enum err get_string(struct reader *r, struct policy_bytes *out)
{
	return cbor_get_bytes(r, &out->at, &out->count);
}

static enum err get_clients(struct reader *r, struct policy *p)
{
	uint64_t kind;

	TRY(get_key(r, POLICY_KEY_CLIENTS));
	TRY(get_tuple(r, 2));
	TRY(cbor_get_uint(r, &kind));
	if (kind > POLICY_CLIENTS_CA)
		return ERR_BAD_INPUT;
	p->clients = (enum policy_clients)kind;
	TRY(get_list(r, POLICY_PIN_LIMIT, &p->client_item_count));
	for (size_t i = 0; i < p->client_item_count; i++)
		TRY(get_string(r, &p->client_items[i]));
	return OK;
}

static enum err get_route(struct reader *r, struct policy_route *route)
{
	TRY(get_tuple(r, 2));
	TRY(cbor_get_text(r, &route->prefix));
	TRY(get_list(r, POLICY_METHOD_LIMIT, &route->method_count));
	for (size_t i = 0; i < route->method_count; i++)
		TRY(cbor_get_text(r, &route->methods[i]));
	return OK;
}

static enum err get_routes(struct reader *r, struct policy *p)
{
	TRY(get_key(r, POLICY_KEY_ROUTES));
	p->has_routes = cbor_peek(r) != CBOR_NULL;
	if (!p->has_routes)
		return cbor_get_null(r);
	TRY(get_list(r, POLICY_ROUTE_LIMIT, &p->route_count));
	for (size_t i = 0; i < p->route_count; i++)
		TRY(get_route(r, &p->routes[i]));
	return OK;
}

static enum err get_peer(struct reader *r, struct policy_peer *peer)
{
	uint64_t port;

	TRY(get_tuple(r, 3));
	TRY(get_string(r, &peer->address));
	TRY(cbor_get_uint(r, &port));
	if (port > UINT16_MAX)
		return ERR_BAD_INPUT;
	peer->port = (uint16_t)port;
	return get_string(r, &peer->key_pin);
}

static enum err get_egress(struct reader *r, struct policy *p)
{
	TRY(get_key(r, POLICY_KEY_EGRESS));
	TRY(get_list(r, POLICY_EGRESS_LIMIT, &p->egress_count));
	for (size_t i = 0; i < p->egress_count; i++)
		TRY(get_peer(r, &p->egress[i]));
	return OK;
}

static enum err get_console_and_state(struct reader *r, struct policy *p)
{
	uint64_t state;

	TRY(get_key(r, POLICY_KEY_CONSOLE));
	TRY(cbor_get_bool(r, &p->console));
	TRY(get_key(r, POLICY_KEY_STATE));
	TRY(cbor_get_uint(r, &state));
	if (state > POLICY_STATE_KEPT)
		return ERR_BAD_INPUT;
	p->state = (enum policy_state)state;
	return OK;
}

// The largest number would read as no limit: it is no second way to say so.
static enum err get_limit(struct reader *r, uint64_t *limit)
{
	*limit = POLICY_NO_LIMIT;
	if (cbor_peek(r) == CBOR_NULL)
		return cbor_get_null(r);
	TRY(cbor_get_uint(r, limit));
	return *limit == POLICY_NO_LIMIT ? ERR_BAD_INPUT : OK;
}

static enum err get_limits(struct reader *r, struct policy *p)
{
	uint64_t count;

	TRY(get_key(r, POLICY_KEY_LIMITS));
	TRY(cbor_get_map(r, &count));
	if (count != POLICY_LIMIT_COUNT)
		return ERR_BAD_INPUT;
	for (size_t i = 0; i < POLICY_LIMIT_COUNT; i++) {
		TRY(get_key(r, i));
		TRY(get_limit(r, &p->limits[i]));
	}
	return OK;
}

static enum err get_version(struct reader *r)
{
	uint64_t count, version;

	TRY(cbor_get_map(r, &count));
	TRY(get_key(r, POLICY_KEY_VERSION));
	TRY(cbor_get_uint(r, &version));
	if (version != POLICY_VERSION)
		return ERR_UNSUPPORTED;
	return count == POLICY_KEY_COUNT ? OK : ERR_BAD_INPUT;
}

enum err policy_decode(const uint8_t *bytes, size_t count, struct policy *out)
{
	struct reader r = reader_of(bytes, count);
	struct policy p = { 0 };

	if (count > POLICY_BYTES_LIMIT)
		return ERR_TOO_BIG;
	TRY(get_version(&r));
	TRY(get_clients(&r, &p));
	TRY(get_routes(&r, &p));
	TRY(get_egress(&r, &p));
	TRY(get_console_and_state(&r, &p));
	TRY(get_limits(&r, &p));
	if (r.left != 0)
		return ERR_BAD_INPUT;
	TRY(policy_judge(&p));
	*out = p;
	return OK;
}
