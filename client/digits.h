// SPDX-License-Identifier: Apache-2.0
// Bytes that are spelled in digits: lower-case hex, and base64 (RFC 4648, 4).
// Each has one spelling, and no other is taken. Pure.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"

// Exactly `count` bytes of hex. ERR_BAD_INPUT, `out` undefined.
enum err digits_read_hex(struct text digits, uint8_t *out, size_t count);
// Padded, no blanks, spare bits zero. ERR_BAD_INPUT; ERR_TOO_BIG beyond
// DIGITS_BYTES_LIMIT or `capacity`; `out` untouched.
enum err digits_read_base64(struct text digits, uint8_t *out, size_t capacity,
			    size_t *count);

#define DIGITS_BYTES_LIMIT 4096u
