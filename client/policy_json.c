// SPDX-License-Identifier: Apache-2.0
// Reads a policy's JSON, sorts its lists, and has it encoded.
#include "client/policy_json.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "base/policy.h"
#include "base/policy_rules.h"
#include "client/digits.h"
#include "client/json_reading.h"
#include "image/policy_form.h"

// What JSON spells out in digits: decoded, for the policy's views.
#define DECODED_LIMIT                              \
	(POLICY_PIN_LIMIT * POLICY_PIN_BYTES +     \
	 POLICY_CA_LIMIT * POLICY_CA_BYTES_LIMIT + \
	 POLICY_EGRESS_LIMIT * (POLICY_PIN_BYTES + 16))

// JSON's numbers are signed here.
#define NUMBER_LIMIT (UINT64_MAX >> 1)

struct work {
	struct policy policy;
	uint8_t decoded[DECODED_LIMIT];
	size_t used;
};

// A SHA-256 in 64 lower-case digits.
static enum err get_pin(struct work *work, const struct json_value *v,
			struct policy_bytes *out)
{
	uint8_t *bytes = work->decoded + work->used;
	struct text digits;

	TRY(json_get_text(v, &digits));
	if (digits_read_hex(digits, bytes, POLICY_PIN_BYTES) != OK)
		return json_complain(v, "must be a SHA-256: 64 digits of "
					"lower-case hex");
	*out = (struct policy_bytes){ bytes, POLICY_PIN_BYTES };
	work->used += POLICY_PIN_BYTES;
	return OK;
}

static enum err get_certificate(struct work *work, const struct json_value *v,
				struct policy_bytes *out)
{
	uint8_t *bytes = work->decoded + work->used;
	struct text base64;
	size_t count;

	TRY(json_get_text(v, &base64));
	if (digits_read_base64(base64, bytes, POLICY_CA_BYTES_LIMIT, &count) !=
	    OK)
		return json_complain(v, "must be a certificate: DER of at most "
					"4096 bytes in base64");
	*out = (struct policy_bytes){ bytes, count };
	work->used += count;
	return OK;
}

static int compare_bytes(const void *a, const void *b)
{
	return policy_order_bytes(*(const struct policy_bytes *)a,
				  *(const struct policy_bytes *)b);
}

static int compare_texts(const void *a, const void *b)
{
	return policy_order_text(*(const struct text *)a,
				 *(const struct text *)b);
}

static int compare_routes(const void *a, const void *b)
{
	return policy_order_text(((const struct policy_route *)a)->prefix,
				 ((const struct policy_route *)b)->prefix);
}

static int compare_peers(const void *a, const void *b)
{
	return policy_order_peers(a, b);
}

// Sorts a list; what stands in it twice is a mistake.
static enum err sort(const struct json_value *v, void *items, size_t count,
		     size_t item_bytes,
		     int (*compare)(const void *, const void *))
{
	const char *at = items;

	qsort(items, count, item_bytes, compare);
	for (size_t i = 1; i < count; i++)
		if (compare(at + (i - 1) * item_bytes, at + i * item_bytes) ==
		    0)
			return json_complain(v, "names something twice");
	return OK;
}

static enum err
get_client_items(struct work *work, const struct json_value *v, size_t limit,
		 enum err (*get)(struct work *, const struct json_value *,
				 struct policy_bytes *))
{
	struct policy *p = &work->policy;
	size_t count;

	TRY(json_judge_list(v, limit, &count));
	if (count == 0)
		return json_complain(v, "names nobody");
	for (size_t i = 0; i < count; i++) {
		struct json_value item = json_item(v, i);

		TRY(get(work, &item, &p->client_items[i]));
	}
	p->client_item_count = count;
	return sort(v, p->client_items, count, sizeof(p->client_items[0]),
		    compare_bytes);
}

static enum err get_clients(struct work *work, const struct json_value *v)
{
	static const struct json_field fields[] = { { "pins", false },
						    { "ca", false } };
	struct json_value pins, ca;
	struct text word;

	if (json_is_string(v->json)) {
		TRY(json_get_text(v, &word));
		work->policy.clients = POLICY_CLIENTS_ANYONE;
		return text_equal(word, TEXT("anyone"))
			       ? OK
			       : json_complain(v, "must be \"anyone\" or an "
						  "object");
	}
	TRY(json_judge_object(v, fields, ARRAY_COUNT(fields)));
	pins = json_member(v, "pins");
	ca = json_member(v, "ca");
	if ((pins.json == NULL) == (ca.json == NULL))
		return json_complain(v, "must have either \"pins\" or \"ca\"");
	work->policy.clients = pins.json ? POLICY_CLIENTS_PINS
					 : POLICY_CLIENTS_CA;
	return pins.json ? get_client_items(work, &pins, POLICY_PIN_LIMIT,
					    get_pin)
			 : get_client_items(work, &ca, POLICY_CA_LIMIT,
					    get_certificate);
}

static enum err get_methods(const struct json_value *v,
			    struct policy_route *route)
{
	size_t count;

	TRY(json_judge_list(v, POLICY_METHOD_LIMIT, &count));
	if (count == 0)
		return json_complain(v, "names no method");
	for (size_t i = 0; i < count; i++) {
		struct json_value item = json_item(v, i);

		TRY(json_get_text(&item, &route->methods[i]));
		if (!policy_is_method(route->methods[i]))
			return json_complain(&item, "must be a method, in "
						    "capitals");
	}
	route->method_count = count;
	return sort(v, route->methods, count, sizeof(route->methods[0]),
		    compare_texts);
}

static enum err get_route(const struct json_value *v,
			  struct policy_route *route)
{
	static const struct json_field fields[] = { { "path", true },
						    { "methods", true } };
	struct json_value path, methods;

	TRY(json_judge_object(v, fields, ARRAY_COUNT(fields)));
	path = json_member(v, "path");
	methods = json_member(v, "methods");
	TRY(json_get_text(&path, &route->prefix));
	if (route->prefix.length > POLICY_PREFIX_BYTES_LIMIT ||
	    !policy_prefix_is_canonical(route->prefix))
		return json_complain(&path,
				     "must be a canonical path of at most 512 "
				     "bytes that needs no encoding");
	return get_methods(&methods, route);
}

static enum err get_routes(struct work *work, const struct json_value *v)
{
	struct policy *p = &work->policy;
	struct text word;
	size_t count;

	if (json_is_string(v->json)) {
		TRY(json_get_text(v, &word));
		return text_equal(word, TEXT("any"))
			       ? OK
			       : json_complain(v, "must be \"any\" or a list");
	}
	TRY(json_judge_list(v, POLICY_ROUTE_LIMIT, &count));
	if (count == 0)
		return json_complain(v, "names no route");
	for (size_t i = 0; i < count; i++) {
		struct json_value item = json_item(v, i);

		TRY(get_route(&item, &p->routes[i]));
	}
	p->has_routes = true;
	p->route_count = count;
	return sort(v, p->routes, count, sizeof(p->routes[0]), compare_routes);
}

static enum err get_address(struct work *work, const struct json_value *v,
			    struct policy_bytes *out)
{
	uint8_t *bytes = work->decoded + work->used;
	struct text text;

	TRY(json_get_text(v, &text));
	*out = (struct policy_bytes){ bytes, 0 };
	if (inet_pton(AF_INET, text.at, bytes) == 1)
		out->count = POLICY_IP4_BYTES;
	else if (inet_pton(AF_INET6, text.at, bytes) == 1)
		out->count = POLICY_IP6_BYTES;
	else
		return json_complain(v, "must be an IPv4 or IPv6 address");
	work->used += out->count;
	return OK;
}

static enum err get_peer(struct work *work, const struct json_value *v,
			 struct policy_peer *peer)
{
	static const struct json_field fields[] = { { "address", true },
						    { "port", true },
						    { "key", true } };
	struct json_value address, port, key;
	uint64_t number;

	TRY(json_judge_object(v, fields, ARRAY_COUNT(fields)));
	address = json_member(v, "address");
	port = json_member(v, "port");
	key = json_member(v, "key");
	TRY(get_address(work, &address, &peer->address));
	TRY(json_get_uint(&port, 1, UINT16_MAX, &number));
	peer->port = (uint16_t)number;
	return get_pin(work, &key, &peer->key_pin);
}

static enum err get_egress(struct work *work, const struct json_value *v)
{
	struct policy *p = &work->policy;
	size_t count;

	if (!v->json)
		return OK;
	TRY(json_judge_list(v, POLICY_EGRESS_LIMIT, &count));
	for (size_t i = 0; i < count; i++) {
		struct json_value item = json_item(v, i);

		TRY(get_peer(work, &item, &p->egress[i]));
	}
	p->egress_count = count;
	return sort(v, p->egress, count, sizeof(p->egress[0]), compare_peers);
}

static enum err get_state(struct work *work, const struct json_value *v)
{
	struct text word;

	TRY(json_get_text(v, &word));
	if (text_equal(word, TEXT("fresh")))
		work->policy.state = POLICY_STATE_FRESH;
	else if (text_equal(word, TEXT("kept")))
		work->policy.state = POLICY_STATE_KEPT;
	else
		return json_complain(v, "must be \"fresh\" or \"kept\"");
	return OK;
}

static enum err get_limits(struct work *work, const struct json_value *v)
{
	static const struct json_field fields[POLICY_LIMIT_COUNT] = {
		[POLICY_LIMIT_MEMORY_BYTES] = { "memory_bytes", false },
		[POLICY_LIMIT_REQUEST_BYTES] = { "request_bytes", false },
		[POLICY_LIMIT_REQUEST_CPU_MS] = { "request_cpu_ms", false },
		[POLICY_LIMIT_CONNECTIONS] = { "connections", false },
	};

	for (size_t i = 0; i < POLICY_LIMIT_COUNT; i++)
		work->policy.limits[i] = POLICY_NO_LIMIT;
	if (!v->json)
		return OK;
	TRY(json_judge_object(v, fields, ARRAY_COUNT(fields)));
	for (size_t i = 0; i < POLICY_LIMIT_COUNT; i++) {
		struct json_value limit = json_member(v, fields[i].name);

		if (limit.json && !json_is_null(limit.json))
			TRY(json_get_uint(&limit, 1, NUMBER_LIMIT,
					  &work->policy.limits[i]));
	}
	return OK;
}

static enum err get_policy(struct work *work, const struct json_value *root)
{
	static const struct json_field fields[] = {
		{ "version", true }, { "clients", true },  { "routes", true },
		{ "egress", false }, { "console", false }, { "state", true },
		{ "limits", false },
	};
	struct json_value values[ARRAY_COUNT(fields)];
	uint64_t version;

	TRY(json_judge_object(root, fields, ARRAY_COUNT(fields)));
	for (size_t i = 0; i < ARRAY_COUNT(fields); i++)
		values[i] = json_member(root, fields[i].name);
	TRY(json_get_uint(&values[POLICY_KEY_VERSION], POLICY_VERSION,
			  POLICY_VERSION, &version));
	TRY(get_clients(work, &values[POLICY_KEY_CLIENTS]));
	TRY(get_routes(work, &values[POLICY_KEY_ROUTES]));
	TRY(get_egress(work, &values[POLICY_KEY_EGRESS]));
	if (values[POLICY_KEY_CONSOLE].json)
		TRY(json_get_bool(&values[POLICY_KEY_CONSOLE],
				  &work->policy.console));
	TRY(get_state(work, &values[POLICY_KEY_STATE]));
	return get_limits(work, &values[POLICY_KEY_LIMITS]);
}

static enum err encode(struct work *work, const struct json_value *root,
		       struct writer *w)
{
	enum err e;

	TRY(get_policy(work, root));
	e = policy_form_write(&work->policy, w);
	if (e == ERR_TOO_BIG)
		return json_complain(root, "too big");
	return e == OK ? OK : json_complain(root, "a certificate isn't in DER");
}

enum err policy_json_encode(const char *json, size_t count, struct writer *w,
			    char why[POLICY_JSON_WHY_LIMIT])
{
	struct json_value root = { .why = why,
				   .why_bytes = POLICY_JSON_WHY_LIMIT };
	struct work *work = calloc(1, sizeof(*work));
	json_t *parsed = NULL;
	enum err e;

	if (!work) {
		snprintf(why, POLICY_JSON_WHY_LIMIT, "no memory");
		return ERR_NO_MEMORY;
	}
	e = json_parse(json, count, &parsed, why, POLICY_JSON_WHY_LIMIT);
	root.json = parsed;
	if (e == OK)
		e = encode(work, &root, w);
	json_decref(parsed);
	free(work);
	return e;
}
