// SPDX-License-Identifier: Apache-2.0
// Which bytes may stand where in HTTP, as one table.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define HTTP_CHAR_TOKEN 0x01 // tchar, RFC 9110 5.6.2
#define HTTP_CHAR_VALUE 0x02 // field-vchar, SP, HTAB: RFC 9110 5.5
#define HTTP_CHAR_PATH 0x08  // pchar without pct-encoded: RFC 3986 3.3
#define HTTP_CHAR_HOST 0x10  // letters, digits, '-', '.', '_'
#define HTTP_CHAR_DIGIT 0x20
#define HTTP_CHAR_UPPER_HEX 0x40 // 0-9 A-F
#define HTTP_CHAR_LOWER_HEX 0x80 // 0-9 a-f
#define HTTP_CHAR_HEX (HTTP_CHAR_UPPER_HEX | HTTP_CHAR_LOWER_HEX)

extern const uint8_t http_chars[256];

// Whether `c` is in any of `classes`.
static inline bool http_char_is(char c, uint8_t classes)
{
	return (http_chars[(uint8_t)c] & classes) != 0;
}

// The value of a hex digit; the caller knows that it is one.
static inline uint8_t http_hex_value(char c)
{
	return (uint8_t)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
}
