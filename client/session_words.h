// SPDX-License-Identifier: Apache-2.0
// What get, post and verify share: the options that say what is demanded, and
// the lines that say what came of it.
#pragma once

#include <stdbool.h>

#include "client/anchorhold.h"
#include "client/expectation.h"
#include "client/file.h"
#include "client/http_url.h"
#include "client/options.h"
#include "client/session.h"

struct session_words {
	const char *expect, *insecure_root, *vek, *ca, *root, *crl, *at;
	bool no_crl, stale_crl, json, insecure_no_evidence;
};

// One of these for options_read(), for each field above.
#define SESSION_WORDS_OPTIONS(words)                                  \
	{ "--expect", &(words)->expect, NULL },                       \
		{ "--insecure-root", &(words)->insecure_root, NULL }, \
		{ "--vek", &(words)->vek, NULL },                     \
		{ "--ca", &(words)->ca, NULL },                       \
		{ "--crl", &(words)->crl, NULL },                     \
		{ "--at", &(words)->at, NULL },                       \
		{ "--no-crl", NULL, &(words)->no_crl },               \
		{ "--stale-crl", NULL, &(words)->stale_crl },         \
	{                                                             \
		"--json", NULL, &(words)->json                        \
	}

// The help of those.
#define SESSION_WORDS_HELP                                                   \
	"  --expect FILE        what is demanded (docs/expectation.md)\n"    \
	"  --crl FILE           AMD's list of revoked certificates\n"        \
	"  --no-crl             accept without such a list\n"                \
	"  --stale-crl          accept a list that is out of date\n"         \
	"  --vek FILE           the chip key's certificate, and ...\n"       \
	"  --ca FILE            ... its issuer's, if the server has none\n"  \
	"  --at TIME            judge as of then, not now:\n"                \
	"                       2026-11-22T23:00:00Z, or seconds since "     \
	"1970\n"                                                             \
	"  --insecure-root FILE take this root in place of AMD's: for the\n" \
	"                       emulator. Proves nothing\n"

// The files that the words name, and what is demanded by them.
struct session_inputs {
	struct expectation expectation;
	struct file insecure_root, vek, ca, root, crl;
	struct anchorhold_material material;
};

// Reads them; says on stderr what is wrong, with ERR_BAD_INPUT or ERR_DEVICE.
// Free *in in any case.
enum err session_words_read(const struct session_words *words,
			    struct session_inputs *in);
void session_inputs_free(struct session_inputs *in);
// Parses a URL, and says what is wrong with it.
enum err session_url(const char *text, struct http_url *url);
// Opens as the words demand, and says how it went. NULL: it didn't; *code says
// why.
struct anchorhold_session *
session_words_open(const struct session_words *words,
		   const struct session_inputs *in, const struct http_url *url,
		   struct anchorhold_verdict *verdict,
		   enum anchorhold_code *code);
// One line for each of the three checks, one for each note, and in the end the
// reason of a refusal, on stderr; with `json`, one line of JSON.
void session_say(const struct anchorhold_verdict *verdict, bool json);
