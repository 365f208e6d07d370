// SPDX-License-Identifier: Apache-2.0
// Every vector of tests/vectors: each must end in its own sub-code, and every
// sub-code that a verification can end in must be reached.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/cbor.h"
#include "base/num.h"
#include "client/anchorhold.h"
#include "client/verdict_reason.h"
#include "tests/fake/client_files.h"
#include "client_vectors.h" // made by tests/vectors/make.py

#define VECTORS_MIN 400u // "hundreds": a generator that lost some is noticed
#define LIST_LIMIT 4u

struct vector {
	struct text name;
	bool is_evidence;
	struct anchorhold_material material;
	struct anchorhold_bytes evidence, spki, nonce, exporter, policy;
	struct anchorhold_demands demands;
	struct anchorhold_measurement measurements[LIST_LIMIT];
	uint8_t chips[LIST_LIMIT][64];
	struct text sub;
	uint64_t notes;
};

#define FIELD(field)                                \
	offsetof(struct anchorhold_demands, field), \
		sizeof(((struct anchorhold_demands *)0)->field)

// Fixed bytes, and what says that they are there.
static const struct {
	const char *name;
	size_t offset, count, has;
} fixed[] = {
	{ "host_data", FIELD(host_data),
	  offsetof(struct anchorhold_demands, has_host_data) },
	{ "id_key_digest", FIELD(id_key_digest),
	  offsetof(struct anchorhold_demands, has_id_key_digest) },
	{ "author_key_digest", FIELD(author_key_digest),
	  offsetof(struct anchorhold_demands, has_author_key_digest) },
	{ "policy_sha256", FIELD(policy_sha256),
	  offsetof(struct anchorhold_demands, has_policy_sha256) },
	{ "app_sha256", FIELD(app_sha256),
	  offsetof(struct anchorhold_demands, has_app_sha256) },
	{ "floor_milan", FIELD(floor[ANCHORHOLD_MILAN].tcb),
	  offsetof(struct anchorhold_demands, floor[ANCHORHOLD_MILAN].is_set) },
	{ "floor_genoa", FIELD(floor[ANCHORHOLD_GENOA].tcb),
	  offsetof(struct anchorhold_demands, floor[ANCHORHOLD_GENOA].is_set) },
	{ "floor_turin", FIELD(floor[ANCHORHOLD_TURIN].tcb),
	  offsetof(struct anchorhold_demands, floor[ANCHORHOLD_TURIN].is_set) },
};

static const struct {
	const char *name;
	size_t offset, count;
} scalars[] = {
	{ "at", FIELD(at) },
	{ "allow_no_crl", FIELD(allow_no_crl) },
	{ "allow_stale_crl", FIELD(allow_stale_crl) },
	{ "authentic_only", FIELD(authentic_only) },
	{ "forbid_smt", FIELD(forbid_smt) },
	{ "demand_single_socket", FIELD(demand_single_socket) },
	{ "allow_no_alias_check", FIELD(allow_no_alias_check) },
	{ "demand_ciphertext_hiding", FIELD(demand_ciphertext_hiding) },
	{ "demand_ecc", FIELD(demand_ecc) },
	{ "demand_tsme", FIELD(demand_tsme) },
	{ "demand_rapl_disabled", FIELD(demand_rapl_disabled) },
	{ "demand_cxl_forbidden", FIELD(demand_cxl_forbidden) },
	{ "min_abi_major", FIELD(min_abi_major) },
	{ "min_abi_minor", FIELD(min_abi_minor) },
	{ "demand_mit_vector", FIELD(demand_mit_vector) },
	{ "allow_development", FIELD(allow_development) },
	{ "any_policy", FIELD(any_policy) },
	{ "allow_egress", FIELD(allow_egress) },
	{ "allow_console", FIELD(allow_console) },
	{ "demand_fresh_state", FIELD(demand_fresh_state) },
	{ "demand_named_clients", FIELD(demand_named_clients) },
};

static struct anchorhold_bytes get_bytes(struct reader *r)
{
	struct anchorhold_bytes b;

	assert_int_equal(cbor_get_bytes(r, &b.at, &b.count), OK);
	return b;
}

static void get_exactly(struct reader *r, void *out, size_t count)
{
	struct anchorhold_bytes b = get_bytes(r);

	assert_int_equal(b.count, count);
	memcpy(out, b.at, count);
}

static uint64_t get_count(struct reader *r)
{
	uint64_t count;

	assert_int_equal(cbor_get_array(r, &count), OK);
	return count;
}

static bool get_list(struct reader *r, struct text name, struct vector *v)
{
	if (text_equal(name, TEXT("measurements"))) {
		v->demands.measurements = v->measurements;
		v->demands.measurement_count = get_count(r);
		assert_true(v->demands.measurement_count <= LIST_LIMIT);
		for (size_t i = 0; i < v->demands.measurement_count; i++)
			get_exactly(r, v->measurements[i].digest, 48);
		return true;
	}
	if (!text_equal(name, TEXT("chips")))
		return false;
	v->demands.chips = (const uint8_t(*)[64])v->chips;
	v->demands.chip_count = get_count(r);
	assert_true(v->demands.chip_count <= LIST_LIMIT);
	for (size_t i = 0; i < v->demands.chip_count; i++)
		get_exactly(r, v->chips[i], 64);
	return true;
}

static bool get_fixed(struct reader *r, struct text name, struct vector *v)
{
	uint8_t *demands = (uint8_t *)&v->demands;

	for (size_t i = 0; i < ARRAY_COUNT(fixed); i++) {
		if (!text_equal(name, text_of(fixed[i].name)))
			continue;
		get_exactly(r, demands + fixed[i].offset, fixed[i].count);
		demands[fixed[i].has] = true;
		return true;
	}
	return false;
}

static bool get_scalar(struct reader *r, struct text name, struct vector *v)
{
	uint8_t *demands = (uint8_t *)&v->demands;
	uint64_t value;
	bool flag;

	for (size_t i = 0; i < ARRAY_COUNT(scalars); i++) {
		if (!text_equal(name, text_of(scalars[i].name)))
			continue;
		if (cbor_get_bool(r, &flag) == OK)
			value = flag;
		else
			assert_int_equal(cbor_get_uint(r, &value), OK);
		memcpy(demands + scalars[i].offset, &value, scalars[i].count);
		return true;
	}
	return false;
}

static void get_demands(struct reader *r, struct vector *v)
{
	uint64_t count = get_count(r);
	struct text name;

	for (uint64_t i = 0; i < count; i += 2) {
		assert_int_equal(cbor_get_text(r, &name), OK);
		if (text_equal(name, TEXT("insecure_root")))
			v->demands.insecure_root = get_bytes(r);
		else if (!get_list(r, name, v) && !get_fixed(r, name, v) &&
			 !get_scalar(r, name, v))
			fail_msg("no demand %.*s", (int)name.length, name.at);
	}
}

static void get_vector(struct reader *r, struct vector *v)
{
	memset(v, 0, sizeof(*v));
	assert_int_equal(get_count(r), 15);
	assert_int_equal(cbor_get_text(r, &v->name), OK);
	assert_int_equal(cbor_get_bool(r, &v->is_evidence), OK);
	v->material.report = get_bytes(r);
	v->material.vek = get_bytes(r);
	v->material.ca = get_bytes(r);
	v->material.root = get_bytes(r);
	v->material.crl = get_bytes(r);
	v->evidence = get_bytes(r);
	v->spki = get_bytes(r);
	v->nonce = get_bytes(r);
	v->exporter = get_bytes(r);
	v->policy = get_bytes(r);
	get_demands(r, v);
	assert_int_equal(cbor_get_text(r, &v->sub), OK);
	assert_int_equal(cbor_get_uint(r, &v->notes), OK);
}

static void judge_vector(const struct vector *v, struct anchorhold_verdict *out)
{
	struct anchorhold_binding binding = {
		.spki = v->spki,
		.nonce = v->nonce.count ? v->nonce.at : NULL,
		.exporter = v->exporter.count ? v->exporter.at : NULL,
	};

	memset(out, 0xa5, sizeof(*out));
	if (v->is_evidence)
		anchorhold_verify_evidence(v->evidence, &binding, v->policy,
					   &v->material, &v->demands, out);
	else
		anchorhold_verify_report(&v->material, &v->demands, out);
}

static enum reason reason_of_sub(struct text sub)
{
	for (unsigned int i = 0; i < REASON_COUNT; i++)
		if (text_equal(sub, text_of(reason_text((enum reason)i)->sub)))
			return (enum reason)i;
	fail_msg("no sub-code %.*s", (int)sub.length, sub.at);
	return REASON_PASS;
}

// Notes only mean something where everything passed.
static void check_vector(const struct vector *v, bool seen[REASON_COUNT])
{
	enum reason reason = reason_of_sub(v->sub);
	struct anchorhold_verdict out;

	judge_vector(v, &out);
	if (!text_equal(v->sub, text_of(out.sub)) ||
	    out.code != reason_text(reason)->code)
		fail_msg("%.*s: expected '%.*s', got '%s' (%s)",
			 (int)v->name.length, v->name.at, (int)v->sub.length,
			 v->sub.at, out.sub, out.text);
	if (reason == REASON_PASS && out.notes != v->notes)
		fail_msg("%.*s: notes %x, not %x", (int)v->name.length,
			 v->name.at, out.notes, (unsigned int)v->notes);
	if (out.code == ANCHORHOLD_INVALID_CODE ||
	    out.code == ANCHORHOLD_NOT_ISOLATED || reason == REASON_PASS)
		assert_true(out.has_report);
	// Claims mean nothing before the code is known.
	assert_int_equal(out.has_claims,
			 v->is_evidence && !v->demands.authentic_only &&
				 (reason == REASON_PASS ||
				  out.code == ANCHORHOLD_NOT_ISOLATED));
	seen[reason] = true;
}

static void all_vectors(void **state)
{
	struct anchorhold_bytes file = client_file_read(CLIENT_VECTORS);
	struct reader r = reader_of(file.at, file.count);
	bool seen[REASON_COUNT] = { [REASON_NO_MEMORY] = true };
	struct vector v;
	uint64_t count;

	(void)state;
	assert_int_equal(cbor_get_uint(&r, &count), OK);
	assert_true(count >= VECTORS_MIN);
	for (uint64_t i = 0; i < count; i++) {
		get_vector(&r, &v);
		check_vector(&v, seen);
	}
	assert_int_equal(r.left, 0);
	for (unsigned int i = 0; i < REASON_COUNT; i++)
		if (!seen[i])
			fail_msg("no vector ends in '%s'",
				 reason_text((enum reason)i)->sub);
	print_message("%u vectors\n", (unsigned int)count);
	client_file_free(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_vectors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
