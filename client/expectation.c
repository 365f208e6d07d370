// SPDX-License-Identifier: Apache-2.0
#include "client/expectation.h"

#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "client/chain_product.h"
#include "client/json_reading.h"

#define TCB_BYTES 8u

const char *expectation_level(enum anchorhold_product product, size_t byte)
{
	static const char *const milan[TCB_BYTES] = {
		[0] = "boot_loader", [1] = "tee", [6] = "snp", [7] = "microcode"
	};
	static const char *const turin[TCB_BYTES] = { [0] = "fmc",
						      [1] = "boot_loader",
						      [2] = "tee",
						      [3] = "snp",
						      [7] = "microcode" };

	return product == ANCHORHOLD_TURIN ? turin[byte] : milan[byte];
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// Exactly `count` bytes, in lower-case hex.
static enum err get_hex(const struct json_value *v, uint8_t *out, size_t count)
{
	struct text digits;
	char what[64];
	bool is_good;

	TRY(json_get_text(v, &digits));
	is_good = digits.length == 2 * count;
	for (size_t i = 0; is_good && i < count; i++) {
		int high = hex_value(digits.at[2 * i]);
		int low = hex_value(digits.at[2 * i + 1]);

		is_good = high >= 0 && low >= 0;
		out[i] = (uint8_t)(high << 4 | low);
	}
	if (is_good)
		return OK;
	snprintf(what, sizeof(what), "must be %zu digits of lower-case hex",
		 2 * count);
	return json_complain(v, what);
}

// Hex bytes, if the field is there.
static enum err get_optional_hex(const struct json_value *object,
				 const char *name, uint8_t *out, size_t count,
				 bool *has)
{
	struct json_value v = json_member(object, name);

	if (!v.json)
		return OK;
	TRY(get_hex(&v, out, count));
	*has = true;
	return OK;
}

static enum err get_optional_bool(const struct json_value *object,
				  const char *name, bool *out)
{
	struct json_value v = json_member(object, name);

	return v.json ? json_get_bool(&v, out) : OK;
}

// One of two words.
static enum err get_choice(const struct json_value *v, const char *yes,
			   const char *no, bool *is_yes)
{
	struct text word;
	char what[64];

	TRY(json_get_text(v, &word));
	*is_yes = text_equal(word, text_of(yes));
	if (*is_yes || text_equal(word, text_of(no)))
		return OK;
	snprintf(what, sizeof(what), "must be \"%s\" or \"%s\"", yes, no);
	return json_complain(v, what);
}

// A name is printed: one line, and all of it.
static enum err get_name(const struct json_value *v, char out[64])
{
	struct text name;

	TRY(json_get_text(v, &name));
	if (name.length > 63)
		return json_complain(v, "has more than 63 bytes");
	for (size_t i = 0; i < name.length; i++)
		if ((unsigned char)name.at[i] < ' ' || name.at[i] == 0x7f)
			return json_complain(v, "has a control character");
	memcpy(out, name.at, name.length);
	out[name.length] = '\0';
	return OK;
}

static enum err read_measurement(const struct json_value *item,
				 struct anchorhold_measurement *out)
{
	static const struct json_field fields[] = { { "digest", true },
						    { "name", false } };
	struct json_value digest, name;

	TRY(json_judge_object(item, fields, ARRAY_COUNT(fields)));
	digest = json_member(item, "digest");
	name = json_member(item, "name");
	TRY(get_hex(&digest, out->digest, sizeof(out->digest)));
	return name.json ? get_name(&name, out->name) : OK;
}

static enum err read_measurements(const struct json_value *root,
				  struct expectation *out)
{
	struct json_value list = json_member(root, "measurements"), item;
	size_t count;

	TRY(json_judge_list(&list, ANCHORHOLD_MEASUREMENTS_LIMIT, &count));
	if (count == 0)
		return json_complain(&list, "names no measurement");
	for (size_t i = 0; i < count; i++) {
		item = json_item(&list, i);
		TRY(read_measurement(&item, &out->measurements[i]));
	}
	out->demands.measurements = out->measurements;
	out->demands.measurement_count = count;
	return OK;
}

// Every level of the product must be there: one that is left out would be 0.
static enum err read_levels(const struct json_value *floor,
			    enum anchorhold_product product,
			    struct anchorhold_floor *out)
{
	struct json_field fields[TCB_BYTES];
	struct json_value v;
	size_t count = 0;
	uint64_t level;

	for (size_t i = 0; i < TCB_BYTES; i++)
		if (expectation_level(product, i))
			fields[count++] = (struct json_field){
				expectation_level(product, i), true
			};
	TRY(json_judge_object(floor, fields, count));
	for (size_t i = 0; i < TCB_BYTES; i++) {
		if (!expectation_level(product, i))
			continue;
		v = json_member(floor, expectation_level(product, i));
		TRY(json_get_uint(&v, 0, UINT8_MAX, &level));
		out->tcb[i] = (uint8_t)level;
	}
	out->is_set = true;
	return OK;
}

static enum err read_floors(const struct json_value *root,
			    struct expectation *out)
{
	struct json_field fields[ANCHORHOLD_PRODUCTS];
	struct json_value floors = json_member(root, "tcb_floor"), v;

	for (int i = 0; i < ANCHORHOLD_PRODUCTS; i++)
		fields[i] = (struct json_field){
			product_name((enum anchorhold_product)i), false
		};
	TRY(json_judge_object(&floors, fields, ARRAY_COUNT(fields)));
	for (int i = 0; i < ANCHORHOLD_PRODUCTS; i++) {
		v = json_member(&floors, fields[i].name);
		if (v.json)
			TRY(read_levels(&v, (enum anchorhold_product)i,
					&out->demands.floor[i]));
	}
	return OK;
}

// Products beyond this list are refused, floor or not.
static enum err read_products(const struct json_value *root,
			      struct expectation *out)
{
	struct json_value list = json_member(root, "products"), item;
	bool is_listed[ANCHORHOLD_PRODUCTS] = { false };
	enum anchorhold_product product;
	struct text name;
	size_t count;

	if (!list.json)
		return OK;
	TRY(json_judge_list(&list, ANCHORHOLD_PRODUCTS, &count));
	for (size_t i = 0; i < count; i++) {
		item = json_item(&list, i);
		TRY(json_get_text(&item, &name));
		if (product_of_name(name, &product) != OK)
			return json_complain(&item, "must be \"Milan\", "
						    "\"Genoa\" or \"Turin\"");
		if (!out->demands.floor[product].is_set)
			return json_complain(&item,
					     "has no floor in tcb_floor");
		is_listed[product] = true;
	}
	for (int i = 0; i < ANCHORHOLD_PRODUCTS; i++)
		out->demands.floor[i].is_set &= is_listed[i];
	return OK;
}

static enum err read_policy_rules(const struct json_value *v,
				  struct anchorhold_demands *d)
{
	static const struct json_field fields[] = { { "sha256", false },
						    { "egress", false },
						    { "console", false },
						    { "state", false },
						    { "clients", false } };
	struct json_value member;

	TRY(json_judge_object(v, fields, ARRAY_COUNT(fields)));
	TRY(get_optional_hex(v, "sha256", d->policy_sha256,
			     sizeof(d->policy_sha256), &d->has_policy_sha256));
	if (d->has_policy_sha256 && json_object_size(v->json) > 1)
		return json_complain(v, "has sha256, which leaves nothing else "
					"to demand");
	for (size_t i = 1; i < ARRAY_COUNT(fields); i++) {
		bool is_yes;

		member = json_member(v, fields[i].name);
		if (!member.json)
			continue;
		switch (i) {
		case 1:
			TRY(get_choice(&member, "allow", "forbid",
				       &d->allow_egress));
			break;
		case 2:
			TRY(get_choice(&member, "allow", "forbid",
				       &d->allow_console));
			break;
		case 3:
			TRY(get_choice(&member, "fresh", "any", &is_yes));
			d->demand_fresh_state = is_yes;
			break;
		default:
			TRY(get_choice(&member, "named", "any", &is_yes));
			d->demand_named_clients = is_yes;
		}
	}
	return OK;
}

static enum err read_policy(const struct json_value *root,
			    struct anchorhold_demands *d)
{
	struct json_value v = json_member(root, "policy");
	struct text word;

	if (!v.json)
		return OK;
	if (!json_is_string(v.json))
		return read_policy_rules(&v, d);
	TRY(json_get_text(&v, &word));
	if (!text_equal(word, TEXT("any")))
		return json_complain(&v, "must be an object, or \"any\"");
	d->any_policy = true;
	return OK;
}

// "1.55"
static enum err read_abi(const struct json_value *platform,
			 struct anchorhold_demands *d)
{
	struct json_value v = json_member(platform, "min_abi");
	struct text text, major, minor;
	uint64_t numbers[2];

	if (!v.json)
		return OK;
	TRY(json_get_text(&v, &text));
	if (text_cut(text, '.', &major, &minor) != OK ||
	    text_to_u64(major, UINT8_MAX, &numbers[0]) != OK ||
	    text_to_u64(minor, UINT8_MAX, &numbers[1]) != OK)
		return json_complain(&v, "must be like \"1.55\"");
	d->min_abi_major = (uint8_t)numbers[0];
	d->min_abi_minor = (uint8_t)numbers[1];
	return OK;
}

// 64 bits of hex, the highest first.
static enum err read_mitigations(const struct json_value *platform,
				 struct anchorhold_demands *d)
{
	uint8_t bytes[8];
	bool has = false;

	TRY(get_optional_hex(platform, "mitigations", bytes, sizeof(bytes),
			     &has));
	for (size_t i = 0; has && i < sizeof(bytes); i++)
		d->demand_mit_vector = d->demand_mit_vector << 8 | bytes[i];
	return OK;
}

static enum err read_platform(const struct json_value *root,
			      struct anchorhold_demands *d)
{
	const struct {
		const char *name;
		bool *flag;
	} flags[] = {
		{ "forbid_smt", &d->forbid_smt },
		{ "single_socket", &d->demand_single_socket },
		{ "ciphertext_hiding", &d->demand_ciphertext_hiding },
		{ "ecc", &d->demand_ecc },
		{ "tsme", &d->demand_tsme },
		{ "rapl_disabled", &d->demand_rapl_disabled },
		{ "cxl_forbidden", &d->demand_cxl_forbidden },
		{ "allow_no_alias_check", &d->allow_no_alias_check },
	};
	struct json_field fields[ARRAY_COUNT(flags) + 2] = {
		{ "min_abi", false }, { "mitigations", false }
	};
	struct json_value v = json_member(root, "platform");

	if (!v.json)
		return OK;
	for (size_t i = 0; i < ARRAY_COUNT(flags); i++)
		fields[i + 2] = (struct json_field){ flags[i].name, false };
	TRY(json_judge_object(&v, fields, ARRAY_COUNT(fields)));
	for (size_t i = 0; i < ARRAY_COUNT(flags); i++)
		TRY(get_optional_bool(&v, flags[i].name, flags[i].flag));
	TRY(read_abi(&v, d));
	return read_mitigations(&v, d);
}

static enum err read_chips(const struct json_value *root,
			   struct expectation *out)
{
	struct json_value list = json_member(root, "chips"), item;
	size_t count;

	if (!list.json)
		return OK;
	TRY(json_judge_list(&list, ANCHORHOLD_CHIPS_LIMIT, &count));
	if (count == 0)
		return json_complain(&list, "names no chip");
	for (size_t i = 0; i < count; i++) {
		item = json_item(&list, i);
		TRY(get_hex(&item, out->chips[i], sizeof(out->chips[i])));
	}
	out->demands.chips = (const uint8_t(*)[64])out->chips;
	out->demands.chip_count = count;
	return OK;
}

static enum err read_identity(const struct json_value *root,
			      struct anchorhold_demands *d)
{
	TRY(get_optional_hex(root, "app_sha256", d->app_sha256,
			     sizeof(d->app_sha256), &d->has_app_sha256));
	TRY(get_optional_hex(root, "host_data", d->host_data,
			     sizeof(d->host_data), &d->has_host_data));
	TRY(get_optional_hex(root, "id_key_digest", d->id_key_digest,
			     sizeof(d->id_key_digest), &d->has_id_key_digest));
	return get_optional_hex(root, "author_key_digest", d->author_key_digest,
				sizeof(d->author_key_digest),
				&d->has_author_key_digest);
}

static enum err read_profile(const struct json_value *root,
			     struct anchorhold_demands *d)
{
	struct json_value v = json_member(root, "profile");

	return v.json ? get_choice(&v, "development", "production",
				   &d->allow_development)
		      : OK;
}

static enum err read_root(const struct json_value *root,
			  struct expectation *out)
{
	static const struct json_field fields[] = {
		{ "version", true },
		{ "measurements", true },
		{ "tcb_floor", true },
		{ "products", false },
		{ "profile", false },
		{ "policy", false },
		{ "platform", false },
		{ "app_sha256", false },
		{ "host_data", false },
		{ "id_key_digest", false },
		{ "author_key_digest", false },
		{ "chips", false },
		{ "comment", false },
	};
	struct json_value v;
	struct text comment;
	uint64_t version;

	TRY(json_judge_object(root, fields, ARRAY_COUNT(fields)));
	v = json_member(root, "version");
	TRY(json_get_uint(&v, EXPECTATION_VERSION, EXPECTATION_VERSION,
			  &version));
	v = json_member(root, "comment");
	if (v.json)
		TRY(json_get_text(&v, &comment));
	TRY(read_measurements(root, out));
	TRY(read_floors(root, out));
	TRY(read_products(root, out));
	TRY(read_profile(root, &out->demands));
	TRY(read_policy(root, &out->demands));
	TRY(read_platform(root, &out->demands));
	TRY(read_identity(root, &out->demands));
	return read_chips(root, out);
}

enum err expectation_read(const char *json, size_t count,
			  struct expectation *out,
			  char why[EXPECTATION_WHY_LIMIT])
{
	struct json_value root = { .why = why,
				   .why_bytes = EXPECTATION_WHY_LIMIT };
	json_t *parsed;
	enum err e;

	*out = (struct expectation){ 0 };
	TRY(json_parse(json, count, &parsed, why, EXPECTATION_WHY_LIMIT));
	root.json = parsed;
	e = read_root(&root, out);
	json_decref(parsed);
	return e;
}
