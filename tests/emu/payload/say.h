// SPDX-License-Identifier: Apache-2.0
// Lines on the serial console, one GHCB event each: "what: key=hex key=hex".
#pragma once

#include <stddef.h>
#include <stdint.h>

struct fact {
	const char *key; // NULL: none
	uint64_t value;
};

void say(const char *what, struct fact a, struct fact b, struct fact c,
	 struct fact d);
#define FACT(key, value) ((struct fact){ (key), (uint64_t)(value) })
#define NO_FACT ((struct fact){ NULL, 0 })
#define SAY1(what, a) say(what, a, NO_FACT, NO_FACT, NO_FACT)
#define SAY2(what, a, b) say(what, a, b, NO_FACT, NO_FACT)
#define SAY3(what, a, b, c) say(what, a, b, c, NO_FACT)
void say_text(const char *text);
// "what: 0123..ef", however long.
void say_bytes(const char *what, const uint8_t *bytes, size_t count);
// What the test itself needs isn't there: says so and terminates.
__attribute__((noreturn)) void give_up(const char *why);
