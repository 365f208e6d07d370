// SPDX-License-Identifier: Apache-2.0
// Strict reading of JSON values: each failure names the place it stands at.
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"

#define JSON_PLACE_LIMIT 96

// A value and where it stands ("clients.pins[3]"), for complaints.
struct json_value {
	const json_t *json;
	char place[JSON_PLACE_LIMIT];
	char *why; // the first complaint goes here
	size_t why_bytes;
};

// A field that an object may have.
struct json_field {
	const char *name;
	bool is_required;
};

// Parses all of `count` bytes. The caller frees *root with json_decref.
enum err json_parse(const char *text, size_t count, json_t **root, char *why,
		    size_t why_bytes);
// Notes that `v` isn't as it must be; always ERR_BAD_INPUT. In
// v->why, what isn't printable ASCII becomes '?'.
enum err json_complain(const struct json_value *v, const char *what);
// That `v` is an object of these fields and no others.
enum err json_judge_object(const struct json_value *v,
			   const struct json_field *fields, size_t count);
// The field of an object; .json is NULL when it isn't there.
struct json_value json_member(const struct json_value *v, const char *name);
// The items of a list of at most `limit`.
enum err json_judge_list(const struct json_value *v, size_t limit,
			 size_t *count);
struct json_value json_item(const struct json_value *v, size_t i);
enum err json_get_text(const struct json_value *v, struct text *out);
enum err json_get_bool(const struct json_value *v, bool *out);
// From `least` to `most`.
enum err json_get_uint(const struct json_value *v, uint64_t least,
		       uint64_t most, uint64_t *out);
