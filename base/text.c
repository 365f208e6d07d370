// SPDX-License-Identifier: Apache-2.0
// Views of text that is not ours.
#include "base/text.h"

#include <string.h>

struct text text_of(const char *string)
{
	return (struct text){ string, strlen(string) };
}

bool text_equal(struct text a, struct text b)
{
	return a.length == b.length &&
	       (a.length == 0 || memcmp(a.at, b.at, a.length) == 0);
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool text_equal_nocase(struct text a, struct text b)
{
	if (a.length != b.length)
		return false;
	for (size_t i = 0; i < a.length; i++)
		if (lower(a.at[i]) != lower(b.at[i]))
			return false;
	return true;
}

bool text_starts_with(struct text whole, struct text start)
{
	return whole.length >= start.length &&
	       text_equal((struct text){ whole.at, start.length }, start);
}

enum err text_cut(struct text whole, char separator, struct text *head,
		  struct text *tail)
{
	const char *cut =
		whole.length ? memchr(whole.at, separator, whole.length) : NULL;

	if (!cut)
		return ERR_NOT_FOUND;
	size_t before = (size_t)(cut - whole.at);
	*head = (struct text){ whole.at, before };
	*tail = (struct text){ cut + 1, whole.length - before - 1 };
	return OK;
}

enum err text_to_u64(struct text digits, uint64_t max, uint64_t *out)
{
	uint64_t value = 0;

	if (digits.length == 0)
		return ERR_BAD_INPUT;
	for (size_t i = 0; i < digits.length; i++)
		if (digits.at[i] < '0' || digits.at[i] > '9')
			return ERR_BAD_INPUT;
	for (size_t i = 0; i < digits.length; i++) {
		uint64_t digit = (uint64_t)(digits.at[i] - '0');
		if (value > (UINT64_MAX - digit) / 10)
			return ERR_TOO_BIG;
		value = value * 10 + digit;
	}
	if (value > max)
		return ERR_TOO_BIG;
	*out = value;
	return OK;
}
