// SPDX-License-Identifier: Apache-2.0
// Deterministic CBOR (RFC 8949, 4.2.1), the part of it that policy and evidence
// need: unsigned integers, byte and text strings, arrays, maps, booleans, null.
// The reader takes the one canonical encoding of each item and nothing else:
// definite lengths, shortest heads. Order of map keys is the caller's to check.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/err.h"
#include "base/text.h"

// Each fails with ERR_TOO_BIG when it doesn't fit; nothing is written then.
enum err cbor_put_uint(struct writer *w, uint64_t value);
enum err cbor_put_bytes(struct writer *w, const void *bytes, size_t count);
enum err cbor_put_text(struct writer *w, struct text text);
// The head alone: `count` items, or pairs, follow.
enum err cbor_put_array(struct writer *w, uint64_t count);
enum err cbor_put_map(struct writer *w, uint64_t count);
enum err cbor_put_bool(struct writer *w, bool value);
enum err cbor_put_null(struct writer *w);

enum cbor_kind {
	CBOR_UINT,
	CBOR_BYTES,
	CBOR_TEXT,
	CBOR_ARRAY,
	CBOR_MAP,
	CBOR_BOOL,
	CBOR_NULL,
	CBOR_OTHER, // also: nothing is left
};
// What comes next; moves nothing.
enum cbor_kind cbor_peek(const struct reader *r);

// Each fails with ERR_BAD_INPUT, and moves nothing, when what comes next is of
// another kind, isn't canonical or isn't whole. Views lie in the reader's bytes.
// Text is checked to be UTF-8 (RFC 3629).
enum err cbor_get_uint(struct reader *r, uint64_t *out);
enum err cbor_get_bytes(struct reader *r, const uint8_t **out, size_t *count);
enum err cbor_get_text(struct reader *r, struct text *out);
enum err cbor_get_array(struct reader *r, uint64_t *count);
enum err cbor_get_map(struct reader *r, uint64_t *count);
enum err cbor_get_bool(struct reader *r, bool *out);
enum err cbor_get_null(struct reader *r);
