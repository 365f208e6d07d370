// SPDX-License-Identifier: Apache-2.0
// What a policy must obey in whatever form it is: sizes, order, spelling.
#include "base/policy_rules.h"

#include <string.h>

static int order(const void *a, size_t a_count, const void *b, size_t b_count)
{
	if (a_count != b_count)
		return a_count < b_count ? -1 : 1;
	return a_count ? memcmp(a, b, a_count) : 0;
}

int policy_order_bytes(struct policy_bytes a, struct policy_bytes b)
{
	return order(a.at, a.count, b.at, b.count);
}

int policy_order_text(struct text a, struct text b)
{
	return order(a.at, a.length, b.at, b.length);
}

int policy_order_peers(const struct policy_peer *a, const struct policy_peer *b)
{
	int address = policy_order_bytes(a->address, b->address);

	if (address)
		return address;
	if (a->port != b->port)
		return a->port < b->port ? -1 : 1;
	return policy_order_bytes(a->key_pin, b->key_pin);
}

// The outermost element of a certificate: a SEQUENCE of definite length that
// is all there is (X.690, 8.1). Whoever uses it parses the rest.
static bool is_der_sequence(struct policy_bytes der)
{
	size_t length = 0, head = 2;

	if (der.count < 2 || der.at[0] != 0x30)
		return false;
	if (der.at[1] < 0x80) {
		length = der.at[1];
	} else if (der.at[1] == 0x81 && der.count > 2) {
		length = der.at[2];
		head = 3;
	} else if (der.at[1] == 0x82 && der.count > 3) {
		length = load_be16(der.at + 2);
		head = 4;
	}
	return length > 0 && length == der.count - head;
}

static bool client_item_fits(enum policy_clients clients,
			     struct policy_bytes item)
{
	if (clients == POLICY_CLIENTS_PINS)
		return item.count == POLICY_PIN_BYTES;
	return item.count <= POLICY_CA_BYTES_LIMIT && is_der_sequence(item);
}

static enum err judge_clients(const struct policy *p)
{
	switch (p->clients) {
	case POLICY_CLIENTS_ANYONE:
		return p->client_item_count == 0 ? OK : ERR_BAD_INPUT;
	case POLICY_CLIENTS_PINS:
		break;
	case POLICY_CLIENTS_CA:
		if (p->client_item_count > POLICY_CA_LIMIT)
			return ERR_TOO_BIG;
		break;
	default:
		return ERR_BAD_INPUT;
	}
	if (p->client_item_count == 0)
		return ERR_BAD_INPUT;
	for (size_t i = 0; i < p->client_item_count; i++) {
		if (!client_item_fits(p->clients, p->client_items[i]))
			return ERR_BAD_INPUT;
		if (i && policy_order_bytes(p->client_items[i - 1],
					    p->client_items[i]) >= 0)
			return ERR_BAD_INPUT;
	}
	return OK;
}

// pchar of RFC 3986, 3.3, without what would need an encoding, and without
// ';', behind which a segment has parameters.
static bool is_path_char(char c)
{
	if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9'))
		return true;
	return c != '\0' && strchr("/-._~!$&'()*+,=:@", c) != NULL;
}

static bool is_dots(struct text segment)
{
	return text_equal(segment, TEXT(".")) ||
	       text_equal(segment, TEXT(".."));
}

bool policy_prefix_is_canonical(struct text prefix)
{
	struct text segment, rest;

	if (prefix.length == 0 || prefix.at[0] != '/')
		return false;
	for (size_t i = 0; i < prefix.length; i++)
		if (!is_path_char(prefix.at[i]))
			return false;
	rest = (struct text){ prefix.at + 1, prefix.length - 1 };
	while (text_cut(rest, '/', &segment, &rest) == OK)
		if (segment.length == 0 || is_dots(segment))
			return false;
	return !is_dots(rest);
}

bool policy_is_method(struct text method)
{
	if (method.length == 0 || method.length > POLICY_METHOD_BYTES_LIMIT)
		return false;
	for (size_t i = 0; i < method.length; i++)
		if ((method.at[i] < 'A' || method.at[i] > 'Z') &&
		    method.at[i] != '-')
			return false;
	return true;
}

static enum err judge_route(const struct policy_route *route)
{
	if (route->prefix.length > POLICY_PREFIX_BYTES_LIMIT)
		return ERR_TOO_BIG;
	if (!policy_prefix_is_canonical(route->prefix) ||
	    route->method_count == 0)
		return ERR_BAD_INPUT;
	for (size_t i = 0; i < route->method_count; i++) {
		if (!policy_is_method(route->methods[i]))
			return ERR_BAD_INPUT;
		if (i && policy_order_text(route->methods[i - 1],
					   route->methods[i]) >= 0)
			return ERR_BAD_INPUT;
	}
	return OK;
}

static enum err judge_routes(const struct policy *p)
{
	if (p->has_routes != (p->route_count > 0))
		return ERR_BAD_INPUT;
	for (size_t i = 0; i < p->route_count; i++) {
		TRY(judge_route(&p->routes[i]));
		if (i && policy_order_text(p->routes[i - 1].prefix,
					   p->routes[i].prefix) >= 0)
			return ERR_BAD_INPUT;
	}
	return OK;
}

static enum err judge_egress(const struct policy *p)
{
	for (size_t i = 0; i < p->egress_count; i++) {
		const struct policy_peer *peer = &p->egress[i];

		if (peer->address.count != POLICY_IP4_BYTES &&
		    peer->address.count != POLICY_IP6_BYTES)
			return ERR_BAD_INPUT;
		if (peer->port == 0 || peer->key_pin.count != POLICY_PIN_BYTES)
			return ERR_BAD_INPUT;
		if (i && policy_order_peers(peer - 1, peer) >= 0)
			return ERR_BAD_INPUT;
	}
	return OK;
}

enum err policy_judge(const struct policy *p)
{
	TRY(judge_clients(p));
	TRY(judge_routes(p));
	TRY(judge_egress(p));
	if (p->state != POLICY_STATE_FRESH && p->state != POLICY_STATE_KEPT)
		return ERR_BAD_INPUT;
	// A limit of nothing would be an app that never answers.
	for (size_t i = 0; i < POLICY_LIMIT_COUNT; i++)
		if (p->limits[i] == 0)
			return ERR_BAD_INPUT;
	return OK;
}
