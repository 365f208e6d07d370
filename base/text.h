// SPDX-License-Identifier: Apache-2.0
// Views of text that is not ours: not NUL-terminated, never trusted, compared
// and parsed without copying. Pure.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct text {
	const char *at;
	size_t length; // bytes
};

#define TEXT(literal) ((struct text){ (literal), sizeof(literal) - 1 })

// A view of a NUL-terminated string.
struct text text_of(const char *string);
bool text_equal(struct text a, struct text b);
// ASCII letters compare without case; other bytes as they are.
bool text_equal_nocase(struct text a, struct text b);
bool text_starts_with(struct text whole, struct text start);
// Cuts `whole` at the first `separator`: the part before it into *head, the
// part after it into *tail. ERR_NOT_FOUND, outputs untouched, without one.
enum err text_cut(struct text whole, char separator, struct text *head,
		  struct text *tail);
// Decimal digits only: no sign, no blank, not empty (ERR_BAD_INPUT), and not
// above `max` (ERR_TOO_BIG).
enum err text_to_u64(struct text digits, uint64_t max, uint64_t *out);
