// SPDX-License-Identifier: Apache-2.0
// Base64 with the URL and file name safe alphabet, without padding (RFC 4648,
// 5). Pure.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/err.h"
#include "base/text.h"

// ERR_TOO_BIG when it doesn't fit; what was written is then of no use.
enum err base64url_write(struct writer *w, const uint8_t *bytes, size_t count);
// Decodes to exactly `count` bytes. There is one spelling of them: every other
// length, a byte outside the alphabet, and spare bits that aren't zero are
// refused with ERR_BAD_INPUT, `out` untouched.
enum err base64url_read(struct text encoded, uint8_t *out, size_t count);
