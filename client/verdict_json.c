// SPDX-License-Identifier: Apache-2.0
// A verdict as JSON (RFC 8259), without an allocation.
#include <string.h>

#include "base/bytes.h"
#include "base/num.h"
#include "client/anchorhold.h"
#include "client/chain_product.h"

// Counts what doesn't fit, as snprintf does.
struct json {
	char *out;
	size_t capacity, length;
	bool is_first; // of an object or a list: no comma
};

static void put_byte(struct json *j, char byte)
{
	if (j->length + 1 < j->capacity)
		j->out[j->length] = byte;
	j->length++;
}

static void put(struct json *j, const char *text)
{
	while (*text)
		put_byte(j, *text++);
}

static void put_hex(struct json *j, const void *bytes, size_t count)
{
	static const char hex[] = "0123456789abcdef";
	const uint8_t *at = bytes;

	put_byte(j, '"');
	for (size_t i = 0; i < count; i++) {
		put_byte(j, hex[at[i] >> 4]);
		put_byte(j, hex[at[i] & 15]);
	}
	put_byte(j, '"');
}

static void put_number(struct json *j, uint64_t number)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + number % 10);
		number /= 10;
	} while (number);
	while (at < sizeof(digits))
		put_byte(j, digits[at++]);
}

// As a string, since many readers hold numbers in 53 bits.
static void put_u64(struct json *j, uint64_t value)
{
	uint8_t bytes[8];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(value >> (56 - 8 * i));
	put_hex(j, bytes, sizeof(bytes));
}

static void put_string(struct json *j, const char *text, size_t limit)
{
	static const char hex[] = "0123456789abcdef";

	put_byte(j, '"');
	for (size_t i = 0; i < limit && text[i]; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c == '"' || c == '\\') {
			put_byte(j, '\\');
			put_byte(j, (char)c);
		} else if (c < 0x20 || c == 0x7f) {
			put(j, "\\u00");
			put_byte(j, hex[c >> 4]);
			put_byte(j, hex[c & 15]);
		} else {
			put_byte(j, (char)c);
		}
	}
	put_byte(j, '"');
}

static void next(struct json *j)
{
	if (!j->is_first)
		put_byte(j, ',');
	j->is_first = false;
}

static void put_key(struct json *j, const char *key)
{
	next(j);
	put_byte(j, '"');
	put(j, key);
	put(j, "\":");
}

static void open(struct json *j, char bracket)
{
	put_byte(j, bracket);
	j->is_first = true;
}

static void close(struct json *j, char bracket)
{
	put_byte(j, bracket);
	j->is_first = false;
}

static const struct {
	uint32_t note;
	const char *name;
} notes[] = {
	{ ANCHORHOLD_NOTE_INSECURE_ROOT, "insecure-root" },
	{ ANCHORHOLD_NOTE_NO_CRL, "no-crl" },
	{ ANCHORHOLD_NOTE_STALE_CRL, "stale-crl" },
	{ ANCHORHOLD_NOTE_PROVISIONAL, "provisional-firmware" },
	{ ANCHORHOLD_NOTE_AUTHENTIC_ONLY, "authentic-only" },
	{ ANCHORHOLD_NOTE_ANY_POLICY, "any-policy" },
	{ ANCHORHOLD_NOTE_DEVELOPMENT, "development" },
};

static void put_notes(struct json *j, uint32_t set)
{
	put_key(j, "notes");
	open(j, '[');
	for (size_t i = 0; i < ARRAY_COUNT(notes); i++) {
		if (!(set & notes[i].note))
			continue;
		next(j);
		put_string(j, notes[i].name, SIZE_MAX);
	}
	close(j, ']');
}

static void put_report(struct json *j, const struct anchorhold_verdict *v)
{
	put_key(j, "report");
	open(j, '{');
	put_key(j, "version");
	put_number(j, v->report_version);
	put_key(j, "product");
	put_string(j, product_name(v->product), SIZE_MAX);
	put_key(j, "measurement");
	put_hex(j, v->measurement, sizeof(v->measurement));
	put_key(j, "chip_id");
	put_hex(j, v->chip_id, sizeof(v->chip_id));
	put_key(j, "reported_tcb");
	put_u64(j, v->reported_tcb);
	put_key(j, "guest_policy");
	put_u64(j, v->guest_policy);
	close(j, '}');
}

static void put_claims(struct json *j, const struct anchorhold_verdict *v)
{
	put_key(j, "claims");
	open(j, '{');
	put_key(j, "profile");
	put_number(j, v->profile);
	put_key(j, "spki_sha256");
	put_hex(j, v->spki_sha256, sizeof(v->spki_sha256));
	put_key(j, "policy_sha256");
	put_hex(j, v->policy_sha256, sizeof(v->policy_sha256));
	put_key(j, "app_sha256");
	put_hex(j, v->app_sha256, sizeof(v->app_sha256));
	close(j, '}');
}

// Whether AMD's word was had: whatever comes after that, code or isolation.
static bool is_authentic(const struct anchorhold_verdict *v)
{
	return (v->code == ANCHORHOLD_PASS ||
		v->code == ANCHORHOLD_INVALID_CODE ||
		v->code == ANCHORHOLD_NOT_ISOLATED) &&
	       !(v->notes & ANCHORHOLD_NOTE_INSECURE_ROOT);
}

size_t anchorhold_verdict_json(const struct anchorhold_verdict *v, char *out,
			       size_t capacity)
{
	struct json j = { .out = out, .capacity = capacity };

	open(&j, '{');
	put_key(&j, "verdict");
	put_string(&j, anchorhold_code_name(v->code), SIZE_MAX);
	put_key(&j, "code");
	put_number(&j, v->code);
	put_key(&j, "sub");
	put_string(&j, v->sub, sizeof(v->sub));
	put_key(&j, "text");
	put_string(&j, v->text, sizeof(v->text));
	put_key(&j, "authentic");
	put(&j, is_authentic(v) ? "true" : "false");
	put_notes(&j, v->notes);
	if (v->has_report)
		put_report(&j, v);
	if (v->has_claims)
		put_claims(&j, v);
	if (v->has_measurement_index) {
		put_key(&j, "measurement");
		open(&j, '{');
		put_key(&j, "index");
		put_number(&j, v->measurement_index);
		put_key(&j, "name");
		put_string(&j, v->measurement_name,
			   sizeof(v->measurement_name));
		close(&j, '}');
	}
	close(&j, '}');
	if (capacity)
		out[min_size(j.length, capacity - 1)] = '\0';
	return j.length;
}
