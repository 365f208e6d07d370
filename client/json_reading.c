// SPDX-License-Identifier: Apache-2.0
// Strict reading of JSON, on the jansson library, which refuses duplicate
// fields, text that isn't UTF-8 and bytes behind the value.
#include "client/json_reading.h"

#include <stdio.h>
#include <string.h>

// A complaint may quote the file, which isn't ours: no bytes for a terminal.
static enum err plain(char *why)
{
	for (; *why; why++)
		if (*why < ' ' || *why > '~')
			*why = '?';
	return ERR_BAD_INPUT;
}

enum err json_parse(const char *text, size_t count, json_t **root, char *why,
		    size_t why_bytes)
{
	json_error_t error;
	json_t *parsed =
		json_loadb(text, count, JSON_REJECT_DUPLICATES, &error);

	if (!parsed) {
		snprintf(why, why_bytes, "line %d: %s", error.line, error.text);
		return plain(why);
	}
	*root = parsed;
	return OK;
}

enum err json_complain(const struct json_value *v, const char *what)
{
	if (v->place[0])
		snprintf(v->why, v->why_bytes, "%s: %s", v->place, what);
	else
		snprintf(v->why, v->why_bytes, "%s", what);
	return plain(v->why);
}

static bool is_known(const char *name, const struct json_field *fields,
		     size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(fields[i].name, name) == 0)
			return true;
	return false;
}

enum err json_judge_object(const struct json_value *v,
			   const struct json_field *fields, size_t count)
{
	char what[JSON_PLACE_LIMIT + 32];
	const char *name;
	json_t *object = (json_t *)(uintptr_t)v->json, *value;

	if (!json_is_object(object))
		return json_complain(v, "must be an object");
	json_object_foreach(object, name, value)
	{
		if (is_known(name, fields, count))
			continue;
		snprintf(what, sizeof(what), "unknown field \"%.64s\"", name);
		return json_complain(v, what);
	}
	for (size_t i = 0; i < count; i++) {
		if (!fields[i].is_required ||
		    json_object_get(object, fields[i].name))
			continue;
		snprintf(what, sizeof(what), "field \"%s\" is missing",
			 fields[i].name);
		return json_complain(v, what);
	}
	return OK;
}

struct json_value json_member(const struct json_value *v, const char *name)
{
	struct json_value member = *v;

	member.json = json_object_get(v->json, name);
	snprintf(member.place, sizeof(member.place), "%.60s%s%s", v->place,
		 v->place[0] ? "." : "", name);
	return member;
}

enum err json_judge_list(const struct json_value *v, size_t limit,
			 size_t *count)
{
	char what[48];

	if (!json_is_array(v->json))
		return json_complain(v, "must be a list");
	if (json_array_size(v->json) > limit) {
		snprintf(what, sizeof(what), "has more than %zu items", limit);
		return json_complain(v, what);
	}
	*count = json_array_size(v->json);
	return OK;
}

struct json_value json_item(const struct json_value *v, size_t i)
{
	struct json_value item = *v;

	item.json = json_array_get(v->json, i);
	snprintf(item.place, sizeof(item.place), "%.60s[%zu]", v->place, i);
	return item;
}

enum err json_get_text(const struct json_value *v, struct text *out)
{
	if (!json_is_string(v->json))
		return json_complain(v, "must be a string");
	*out = (struct text){ json_string_value(v->json),
			      json_string_length(v->json) };
	return OK;
}

enum err json_get_bool(const struct json_value *v, bool *out)
{
	if (!json_is_boolean(v->json))
		return json_complain(v, "must be true or false");
	*out = json_is_true(v->json);
	return OK;
}

enum err json_get_uint(const struct json_value *v, uint64_t least,
		       uint64_t most, uint64_t *out)
{
	json_int_t value;
	char what[80];

	if (!json_is_integer(v->json))
		return json_complain(v, "must be a whole number");
	value = json_integer_value(v->json);
	if (value < 0 || (uint64_t)value < least || (uint64_t)value > most) {
		snprintf(what, sizeof(what), "must be from %llu to %llu",
			 (unsigned long long)least, (unsigned long long)most);
		return json_complain(v, what);
	}
	*out = (uint64_t)value;
	return OK;
}
