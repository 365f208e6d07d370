// SPDX-License-Identifier: Apache-2.0
// A verdict in words.
#include <stdio.h>
#include <stdlib.h>

#include "base/num.h"
#include "client/chain_product.h"
#include "client/session_words.h"

static const struct {
	uint32_t note;
	const char *words;
} notes[] = {
	{ ANCHORHOLD_NOTE_INSECURE_ROOT,
	  "EMULATED: the root isn't AMD's (--insecure-root). This proves "
	  "nothing" },
	{ ANCHORHOLD_NOTE_NO_CRL, "no list of revoked certificates was there" },
	{ ANCHORHOLD_NOTE_STALE_CRL,
	  "the list of revoked certificates is out of date" },
	{ ANCHORHOLD_NOTE_PROVISIONAL,
	  "the platform's firmware isn't committed yet" },
	{ ANCHORHOLD_NOTE_AUTHENTIC_ONLY, "isolation and code weren't judged" },
	{ ANCHORHOLD_NOTE_DEVELOPMENT,
	  "a development image, whose console the host reads" },
	{ ANCHORHOLD_NOTE_ANY_POLICY, "the policy wasn't judged" },
};

static const struct {
	const char *name;
	enum anchorhold_code refusal; // that is about this check
} checks[] = {
	{ "enclave:  ", ANCHORHOLD_NOT_AN_ENCLAVE },
	{ "code:     ", ANCHORHOLD_INVALID_CODE },
	{ "isolation:", ANCHORHOLD_NOT_ISOLATED },
};

static void say_passed(const struct anchorhold_verdict *v,
		       enum anchorhold_code check)
{
	if (check == ANCHORHOLD_NOT_AN_ENCLAVE) {
		fprintf(stderr, "passed, AMD SEV-SNP, %s, report version %u\n",
			product_name(v->product), v->report_version);
	} else if (check == ANCHORHOLD_INVALID_CODE) {
		fputs("passed, ", stderr);
		for (size_t i = 0; i < sizeof(v->measurement); i++)
			fprintf(stderr, "%02x", v->measurement[i]);
		fprintf(stderr, "%s%s\n", v->measurement_name[0] ? ", " : "",
			v->measurement_name);
	} else {
		fputs("passed, as demanded\n", stderr);
	}
}

// Whether a check was made at all: code and isolation may be left out.
static bool is_judged(const struct anchorhold_verdict *v,
		      enum anchorhold_code check)
{
	if (check == ANCHORHOLD_NOT_AN_ENCLAVE)
		return true;
	if (v->notes & ANCHORHOLD_NOTE_AUTHENTIC_ONLY)
		return false;
	return check != ANCHORHOLD_INVALID_CODE || v->has_measurement_index;
}

static void say_check(const struct anchorhold_verdict *v, size_t i)
{
	enum anchorhold_code check = checks[i].refusal;
	bool is_pass = v->code == ANCHORHOLD_PASS;

	fprintf(stderr, "%s ", checks[i].name);
	if (v->code == check)
		fprintf(stderr, "REFUSED, %s\n", v->sub);
	else if ((is_pass || v->code > check) && is_judged(v, check))
		say_passed(v, check);
	else
		fputs("not judged\n", stderr);
}

static void say_json(const struct anchorhold_verdict *v)
{
	size_t bytes = anchorhold_verdict_json(v, NULL, 0) + 1;
	char *line = malloc(bytes);

	if (!line)
		return;
	anchorhold_verdict_json(v, line, bytes);
	fprintf(stderr, "%s\n", line);
	free(line);
}

void session_say(const struct anchorhold_verdict *v, bool json)
{
	if (json) {
		say_json(v);
		return;
	}
	for (size_t i = 0; i < ARRAY_COUNT(checks); i++)
		say_check(v, i);
	for (size_t i = 0; i < ARRAY_COUNT(notes); i++)
		if (v->notes & notes[i].note)
			fprintf(stderr, "note:      %s\n", notes[i].words);
	if (v->code != ANCHORHOLD_PASS)
		fprintf(stderr, "%s: %s: %s\n", anchorhold_code_name(v->code),
			v->sub, v->text);
}
