// SPDX-License-Identifier: Apache-2.0
// The program's verbs, one file each. A verb gets the arguments behind its name
// and returns the program's exit status (enum anchorhold_code).
#pragma once

#include "base/err.h"
#include "client/anchorhold.h"

struct verb {
	const char *name;
	const char *summary; // one line
	const char *help;    // all that VERB --help prints
	int (*run)(int argc, char **argv);
};

// The exit status of a verb that judges nothing.
static inline int verb_status(enum err e)
{
	if (e == OK)
		return ANCHORHOLD_PASS;
	return e == ERR_BAD_INPUT ? ANCHORHOLD_USAGE : ANCHORHOLD_IO;
}

extern const struct verb verb_get, verb_measure, verb_pack, verb_post,
	verb_publish, verb_verify;
