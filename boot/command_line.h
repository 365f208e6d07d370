// SPDX-License-Identifier: Apache-2.0
// The command line: the firmware's UTF-16, and the words in it. Pure. Published
// images are measured with an empty one. An unknown word ends the guest.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"

// Turns `count` bytes of UTF-16 into a NUL-terminated string. Only printable
// ASCII is taken, and a zero only at the end (ERR_BAD_INPUT). ERR_TOO_BIG when
// it doesn't fit.
enum err command_line_decode(const void *utf16, size_t count, char *out,
			     size_t capacity);

#define FIGURES_PERIOD_LIMIT 86400 // seconds

// Texts are views into the line.
struct command_line {
	bool has_ip;
	struct text ip;     // ip=: for net_config_parse
	uint64_t figures_s; // figures=: seconds between figures lines; 0: none
};

// Parses words of the form key=value between blanks. A word that is unknown,
// without a good value or given twice is refused with ERR_BAD_INPUT; *culprit
// is the word.
enum err command_line_parse(struct text line, struct command_line *out,
			    struct text *culprit);
