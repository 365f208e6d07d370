// SPDX-License-Identifier: Apache-2.0
#include "client/digits.h"

#include "base/base64url.h"

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

enum err digits_read_hex(struct text digits, uint8_t *out, size_t count)
{
	if (digits.length != 2 * count)
		return ERR_BAD_INPUT;
	for (size_t i = 0; i < count; i++) {
		int high = hex_value(digits.at[2 * i]);
		int low = hex_value(digits.at[2 * i + 1]);

		if (high < 0 || low < 0)
			return ERR_BAD_INPUT;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return OK;
}

// The same digit in the other alphabet; one that only that has becomes none.
static char url_digit(char c)
{
	if (c == '+')
		return '-';
	if (c == '/')
		return '_';
	return c == '-' || c == '_' ? '\0' : c;
}

enum err digits_read_base64(struct text digits, uint8_t *out, size_t capacity,
			    size_t *count)
{
	char url[(DIGITS_BYTES_LIMIT * 4 + 2) / 3];
	size_t length = digits.length, bytes;

	while (length > 0 && digits.length - length < 2 &&
	       digits.at[length - 1] == '=')
		length--;
	bytes = length / 4 * 3 + length % 4 * 3 / 4;
	if (digits.length % 4 != 0)
		return ERR_BAD_INPUT;
	if (bytes > capacity || length > sizeof(url))
		return ERR_TOO_BIG;
	for (size_t i = 0; i < length; i++)
		url[i] = url_digit(digits.at[i]);
	TRY(base64url_read((struct text){ url, length }, out, bytes));
	*count = bytes;
	return OK;
}
