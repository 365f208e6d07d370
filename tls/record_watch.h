// SPDX-License-Identifier: Apache-2.0
// Follows the records of one client from header to header (RFC 8446 5.1), so
// that a buffer is taken only when a record begins, half a record has a
// deadline, and records that carry nothing have a bound. The library decodes
// and decrypts; this only counts.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "net/conn.h"

#define RECORD_HEADER_BYTES 5
#define RECORD_TAG_BYTES 16 // of every suite that we have
// RFC 8446 5.1 and 5.2: in clear, and a TLSInnerPlaintext of 2^14 + 1 bytes and
// an AEAD's tag; but mbedTLS as a client pads to a multiple of 16.
#define RECORD_CLEAR_LIMIT 16384
#define RECORD_CIPHER_MOST (RECORD_CLEAR_LIMIT + 1 + RECORD_TAG_BYTES)
#define RECORD_CIPHER_LIMIT (RECORD_CLEAR_LIMIT + 16 + RECORD_TAG_BYTES)
// Records in a row without a byte for the owner: a client's whole handshake,
// in fragments; empty records.
#define RECORD_BARREN_LIMIT 64

// Starts as all zeros.
struct record_watch {
	uint8_t header[RECORD_HEADER_BYTES];
	uint8_t header_have;
	bool is_protected;  // only application_data may come (RFC 8446 5.1)
	uint8_t type;       // of the present record, from outside
	uint8_t alert;      // what is wrong with the record; 0: nothing
	uint16_t body_left; // bytes of the present record still to come
	uint16_t length;    // bytes of the present record's body
	uint16_t barren;
};

// Reads what is missing of a header. OK: it is complete and well-formed.
// ERR_BAD_INPUT: refused, with the reason in `alert`. Else as conn_read.
enum err record_watch_begin(struct record_watch *w, struct conn *c);
// Reads what the library asks for: the header, in one piece, then the body.
enum err record_watch_read(struct record_watch *w, struct conn *c, uint8_t *out,
			   size_t capacity, size_t *count);
// Whether a part of a record is there and the rest isn't.
bool record_watch_is_half(const struct record_watch *w);
