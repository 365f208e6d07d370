// SPDX-License-Identifier: Apache-2.0
// The emulator's own text, on a debug port that the guest cannot reach. Each
// line starts with "emu: "; numbers are hexadecimal without a prefix.
#pragma once

#include <stdint.h>

// A whole line: the text and then " name=value" for each pair.
struct field {
	const char *name;
	uint64_t value;
};

void console_text(const char *text);
void console_hex(uint64_t value);
void console_fields(const char *text, const char *name,
		    const struct field *fields, unsigned int count);

#define FIELDS(...)                                             \
	(const struct field[]){ __VA_ARGS__ },                  \
		sizeof((const struct field[]){ __VA_ARGS__ }) / \
			sizeof(struct field)

// console_line("text", { "name", value }, ...)
#define console_line(text, ...) console_fields((text), "", FIELDS(__VA_ARGS__))
// The same with a second text after the first.
#define console_named(text, name, ...) \
	console_fields((text), (name), FIELDS(__VA_ARGS__))
