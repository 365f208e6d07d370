// SPDX-License-Identifier: Apache-2.0
// A verb's arguments: options with values, options without, and one or more
// words. Nothing is guessed: no abbreviations, nothing twice.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct option {
	const char *name;   // "--app"; "" takes a word without dashes
	const char **value; // NULL before; or `flag` below
	bool *flag;
};

// Whether the argument is "--help" or "-h".
bool options_is_help(const char *argument);
// Whether an options_read found one of them where no value stood.
bool options_ask_for_help(void);

// Fills what `options` points to from argv[0..argc). Takes `--name VALUE` and
// `--name=VALUE`. ERR_NOT_FOUND when it finds --help or -h, with nothing said;
// else says on stderr what is wrong (ERR_BAD_INPUT).
enum err options_read(int argc, char **argv, const struct option *options,
		      size_t count);
// A number from 0 to `max`, decimal or, with 0x, hexadecimal. Says what is
// wrong with the value of the option `name`.
enum err option_number(const char *name, const char *value,
		       unsigned long long max, unsigned long long *out);

// Takes every `name VALUE` out of argv, in order, and leaves the rest for
// options_read(). Says what is wrong: no value, or more than `limit`.
enum err options_take_list(const char *name, int *argc, char **argv,
			   const char **values, size_t limit, size_t *count);
// A time: "2026-11-22T23:00:00Z", or seconds since 1970.
enum err option_time(const char *name, const char *value, long long *out);
