// SPDX-License-Identifier: Apache-2.0
// Writing a verdict down.
#pragma once

#include "base/bytes.h"
#include "client/anchorhold.h"
#include "client/verdict_reason.h"

// More words on what was found. What doesn't fit is cut off.
struct detail {
	char text[160];
	size_t used;
};

void detail_say(struct detail *d, const char *text);
void detail_say_number(struct detail *d, uint64_t number);
void detail_say_hex(struct detail *d, uint64_t number);
void detail_say_bytes(struct detail *d, const void *bytes, size_t count);

// Sets code, sub-code and text.
void verdict_set(struct anchorhold_verdict *out, enum reason reason,
		 const struct detail *detail);
