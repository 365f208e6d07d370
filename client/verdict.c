// SPDX-License-Identifier: Apache-2.0
#include "client/verdict.h"

#include <string.h>

#include "base/num.h"

static void detail_add(struct detail *d, const void *text, size_t count)
{
	size_t taken = min_size(count, sizeof(d->text) - 1 - d->used);

	memcpy(d->text + d->used, text, taken);
	d->used += taken;
	d->text[d->used] = '\0';
}

void detail_say(struct detail *d, const char *text)
{
	detail_add(d, text, strlen(text));
}

void detail_say_number(struct detail *d, uint64_t number)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + number % 10);
		number /= 10;
	} while (number);
	detail_add(d, digits + at, sizeof(digits) - at);
}

void detail_say_bytes(struct detail *d, const void *bytes, size_t count)
{
	static const char hex[] = "0123456789abcdef";
	const uint8_t *at = bytes;

	for (size_t i = 0; i < count; i++) {
		detail_add(d, &hex[at[i] >> 4], 1);
		detail_add(d, &hex[at[i] & 15], 1);
	}
}

void detail_say_hex(struct detail *d, uint64_t number)
{
	uint8_t bytes[8];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(number >> (56 - 8 * i));
	detail_say(d, "0x");
	detail_say_bytes(d, bytes, sizeof(bytes));
}

static void text_add(struct anchorhold_verdict *out, const char *text)
{
	size_t used = strlen(out->text);
	size_t taken = min_size(strlen(text), sizeof(out->text) - 1 - used);

	memcpy(out->text + used, text, taken);
	out->text[used + taken] = '\0';
}

void verdict_set(struct anchorhold_verdict *out, enum reason reason,
		 const struct detail *detail)
{
	const struct reason_text *t = reason_text(reason);

	out->code = t->code;
	memset(out->sub, 0, sizeof(out->sub));
	memcpy(out->sub, t->sub,
	       min_size(strlen(t->sub), sizeof(out->sub) - 1));
	out->text[0] = '\0';
	text_add(out, t->sentence);
	if (detail->used) {
		text_add(out, ": ");
		text_add(out, detail->text);
	}
	text_add(out, ".");
}

const char *anchorhold_code_name(enum anchorhold_code code)
{
	switch (code) {
	case ANCHORHOLD_PASS:
		return "pass";
	case ANCHORHOLD_USAGE:
		return "usage";
	case ANCHORHOLD_IO:
		return "io";
	case ANCHORHOLD_NOT_AN_ENCLAVE:
		return "NotAnEnclave";
	case ANCHORHOLD_INVALID_CODE:
		return "InvalidEnclaveCode";
	case ANCHORHOLD_NOT_ISOLATED:
		return "NotIsolatedEnclave";
	}
	return "unknown";
}
