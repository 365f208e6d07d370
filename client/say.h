// SPDX-License-Identifier: Apache-2.0
// What the program says on stderr.
#pragma once

// "anchorhold VERB: " and the line; without a verb, "anchorhold: ".
__attribute__((format(printf, 1, 2))) void say_error(const char *format, ...);
void say_set_verb(const char *verb);
