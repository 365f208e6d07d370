// SPDX-License-Identifier: Apache-2.0
// Gives an mbedTLS context its record buffers when it needs them and takes
// them away when it doesn't. The library has no interface for that: this is
// the one file that knows the inside of its context, and it is held to the
// version that it was written for.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mbedtls/ssl.h"

#include "base/err.h"
#include "tls/record_pool.h"

// What a context without buffers must not forget.
struct record_buffers {
	mbedtls_ssl_context *ssl;
	uint8_t in_counter[8]; // the next record's sequence number
	size_t gathered;       // clear bytes in the out buffer, not sealed yet
	enum record_use in_use, out_use; // what the pool counts them as
};

// Sets the context up for a handshake; it then has both buffers, counted by
// the pool. ERR_NO_MEMORY: none left, nothing was changed; ERR_CRYPTO.
enum err record_buffers_init(struct record_buffers *b,
			     const mbedtls_ssl_config *config);
// Frees what only the handshake needed. Call once, after it.
void record_buffers_handshake_over(struct record_buffers *b);
// Gives both buffers back, whatever they hold. Before mbedtls_ssl_free.
void record_buffers_free(struct record_buffers *b);

// Whether the handshake waits for a ClientHello.
bool record_buffers_awaits_hello(const struct record_buffers *b);
// The handshake message that was just processed, without its header.
const uint8_t *record_buffers_message(const struct record_buffers *b,
				      size_t *count);
// Whether a handshake message has begun that says it is longer than a buffer.
bool record_buffers_is_overlong(const struct record_buffers *b);
// The content type inside the record that was opened last (RFC 8446 5.2).
uint8_t record_buffers_inner_type(const struct record_buffers *b);
// The description in the alert that was taken last, level aside. Before the
// next record begins.
uint8_t record_buffers_alert_taken(const struct record_buffers *b);
// Whether nothing but a content type and padding, at most, is in the `count`
// bytes of the record that was just opened and then refused.
bool record_buffers_is_barren(const struct record_buffers *b, size_t count);
// The library bears with three records in a row without content: lets it bear
// with three more. The caller has a bound of its own.
void record_buffers_bear_empty(struct record_buffers *b);

// A buffer for the next record. ERR_NO_MEMORY: none now.
enum err record_buffers_need_in(struct record_buffers *b);
enum err record_buffers_need_out(struct record_buffers *b);
bool record_buffers_has_in(const struct record_buffers *b);
// Gives the buffer back if the context keeps nothing in it.
void record_buffers_spare_in(struct record_buffers *b);
void record_buffers_spare_out(struct record_buffers *b);

// Copies clear bytes to where a record of them will be sealed; returns how
// many fit. The buffer is there and no sealed record is in it.
size_t record_buffers_gather(struct record_buffers *b, const uint8_t *bytes,
			     size_t count);
// Seals what was gathered and sends it as far as there is room; the rest stays
// pending. 0 or an error of the library, MBEDTLS_ERR_SSL_WANT_WRITE included.
int record_buffers_seal(struct record_buffers *b);
// Sends what is pending. As above.
int record_buffers_send(struct record_buffers *b);
bool record_buffers_is_pending(const struct record_buffers *b);

// Sends an alert in a record of its own. The buffer is there and nothing is
// pending; what was gathered is dropped. As above.
int record_buffers_alert(struct record_buffers *b, uint8_t level,
			 uint8_t description);
// Whether the library has itself sent the alert that belongs to `error`.
bool record_buffers_alerted(const struct record_buffers *b, int error);
