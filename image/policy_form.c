// SPDX-License-Identifier: Apache-2.0
// Writes the policy's CBOR form in the order of its keys.
#include "image/policy_form.h"

#include "base/cbor.h"
#include "base/policy_rules.h"

static enum err put_string(struct writer *w, struct policy_bytes bytes)
{
	return cbor_put_bytes(w, bytes.at, bytes.count);
}

static enum err put_clients(struct writer *w, const struct policy *p)
{
	TRY(cbor_put_uint(w, POLICY_KEY_CLIENTS));
	TRY(cbor_put_array(w, 2));
	TRY(cbor_put_uint(w, p->clients));
	TRY(cbor_put_array(w, p->client_item_count));
	for (size_t i = 0; i < p->client_item_count; i++)
		TRY(put_string(w, p->client_items[i]));
	return OK;
}

static enum err put_route(struct writer *w, const struct policy_route *route)
{
	TRY(cbor_put_array(w, 2));
	TRY(cbor_put_text(w, route->prefix));
	TRY(cbor_put_array(w, route->method_count));
	for (size_t i = 0; i < route->method_count; i++)
		TRY(cbor_put_text(w, route->methods[i]));
	return OK;
}

static enum err put_routes(struct writer *w, const struct policy *p)
{
	TRY(cbor_put_uint(w, POLICY_KEY_ROUTES));
	if (!p->has_routes)
		return cbor_put_null(w);
	TRY(cbor_put_array(w, p->route_count));
	for (size_t i = 0; i < p->route_count; i++)
		TRY(put_route(w, &p->routes[i]));
	return OK;
}

static enum err put_egress(struct writer *w, const struct policy *p)
{
	TRY(cbor_put_uint(w, POLICY_KEY_EGRESS));
	TRY(cbor_put_array(w, p->egress_count));
	for (size_t i = 0; i < p->egress_count; i++) {
		TRY(cbor_put_array(w, 3));
		TRY(put_string(w, p->egress[i].address));
		TRY(cbor_put_uint(w, p->egress[i].port));
		TRY(put_string(w, p->egress[i].key_pin));
	}
	return OK;
}

static enum err put_rest(struct writer *w, const struct policy *p)
{
	TRY(cbor_put_uint(w, POLICY_KEY_CONSOLE));
	TRY(cbor_put_bool(w, p->console));
	TRY(cbor_put_uint(w, POLICY_KEY_STATE));
	TRY(cbor_put_uint(w, p->state));
	TRY(cbor_put_uint(w, POLICY_KEY_LIMITS));
	TRY(cbor_put_map(w, POLICY_LIMIT_COUNT));
	for (size_t i = 0; i < POLICY_LIMIT_COUNT; i++) {
		TRY(cbor_put_uint(w, i));
		TRY(p->limits[i] == POLICY_NO_LIMIT
			    ? cbor_put_null(w)
			    : cbor_put_uint(w, p->limits[i]));
	}
	return OK;
}

enum err policy_form_write(const struct policy *p, struct writer *w)
{
	TRY(policy_judge(p));
	TRY(cbor_put_map(w, POLICY_KEY_COUNT));
	TRY(cbor_put_uint(w, POLICY_KEY_VERSION));
	TRY(cbor_put_uint(w, POLICY_VERSION));
	TRY(put_clients(w, p));
	TRY(put_routes(w, p));
	TRY(put_egress(w, p));
	return put_rest(w, p);
}
