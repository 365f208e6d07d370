// SPDX-License-Identifier: Apache-2.0
// One line for people when something fails.
#include "client/say.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"

static const char *verb_now;

void say_set_verb(const char *verb)
{
	verb_now = verb;
}

void say_error(const char *format, ...)
{
	va_list arguments;

	fprintf(stderr, "anchorhold%s%s: ", verb_now ? " " : "",
		verb_now ? verb_now : "");
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
}

void check_failed(const char *file, int line, const char *condition)
{
	say_error("check failed: %s:%d: %s", file, line, condition);
	abort();
}
