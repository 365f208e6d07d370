// SPDX-License-Identifier: Apache-2.0
// In a TLS 1.3 context of mbedTLS 3.6.7 that is idle, the in buffer holds the
// incoming sequence number (in_ctr == in_buf) and nothing else of value; the
// out buffer holds nothing, for the outgoing number is in cur_out_ctr. Every
// other pointer is derived from in_hdr and out_hdr, which then stand 8 bytes
// into their buffers (ssl_msg.c: mbedtls_ssl_reset_in_pointers,
// mbedtls_ssl_reset_out_pointers).
#define MBEDTLS_ALLOW_PRIVATE_ACCESS

#include "tls/record_buffers.h"

#include <string.h>

#include "mbedtls/platform.h"
#include "mbedtls/version.h"
#include "ssl_misc.h" // the library's own: buffer lengths, write_record

#include "base/bytes.h"
#include "base/check.h"
#include "base/num.h"
#include "tls/session.h"

_Static_assert(MBEDTLS_VERSION_NUMBER == 0x03060700,
	       "read ssl_msg.c again before this number is changed");
_Static_assert(RECORD_BUFFER_BYTES == MBEDTLS_SSL_IN_BUFFER_LEN &&
		       RECORD_BUFFER_BYTES == MBEDTLS_SSL_OUT_BUFFER_LEN,
	       "one pool serves both directions");
_Static_assert(TLS_RECORD_LIMIT == MBEDTLS_SSL_OUT_CONTENT_LEN,
	       "a whole record is gathered");
_Static_assert(MBEDTLS_SSL_SEQUENCE_NUMBER_LEN ==
		       sizeof(((struct record_buffers *)0)->in_counter),
	       "the sequence number is kept");

enum err record_buffers_init(struct record_buffers *b,
			     const mbedtls_ssl_config *config)
{
	int status;

	// They come and go in pairs, but a last record may keep one longer.
	if (!record_pool_has_room(RECORD_HANDSHAKE, 2))
		return ERR_NO_MEMORY;
	status = mbedtls_ssl_setup(b->ssl, config);
	if (status == MBEDTLS_ERR_SSL_ALLOC_FAILED)
		return ERR_NO_MEMORY;
	if (status != 0)
		return ERR_CRYPTO;
	record_pool_adopt(RECORD_HANDSHAKE);
	record_pool_adopt(RECORD_HANDSHAKE);
	b->in_use = b->out_use = RECORD_HANDSHAKE;
	return OK;
}

void record_buffers_handshake_over(struct record_buffers *b)
{
	CHECK(mbedtls_ssl_is_handshake_over(b->ssl));
	mbedtls_ssl_handshake_free(b->ssl);
	mbedtls_free(b->ssl->handshake);
	b->ssl->handshake = NULL;
}

bool record_buffers_awaits_hello(const struct record_buffers *b)
{
	return b->ssl->state == MBEDTLS_SSL_CLIENT_HELLO;
}

const uint8_t *record_buffers_message(const struct record_buffers *b,
				      size_t *count)
{
	size_t header_bytes = mbedtls_ssl_hs_hdr_len(b->ssl);

	CHECK(b->ssl->in_buf && b->ssl->in_hslen >= header_bytes);
	*count = b->ssl->in_hslen - header_bytes;
	return b->ssl->in_msg + header_bytes;
}

bool record_buffers_is_overlong(const struct record_buffers *b)
{
	return b->ssl->in_hslen > MBEDTLS_SSL_IN_CONTENT_LEN;
}

uint8_t record_buffers_inner_type(const struct record_buffers *b)
{
	return (uint8_t)b->ssl->in_msgtype;
}

uint8_t record_buffers_alert_taken(const struct record_buffers *b)
{
	CHECK(b->ssl->in_buf && b->ssl->in_msgtype == MBEDTLS_SSL_MSG_ALERT);
	return b->ssl->in_msg[1];
}

// The record lies where it was received: it was opened in place.
bool record_buffers_is_barren(const struct record_buffers *b, size_t count)
{
	const uint8_t *at;

	CHECK(b->ssl->in_buf);
	at = b->ssl->in_hdr + mbedtls_ssl_in_hdr_len(b->ssl);
	for (size_t i = 1; i < count; i++)
		if (at[i] != 0)
			return false;
	return true;
}

void record_buffers_bear_empty(struct record_buffers *b)
{
	b->ssl->nb_zero = 0;
}

// Nothing is wiped here: the library has wiped clear bytes as it handed them
// out, and what it sealed, it sealed in place.
static void drop_in(struct record_buffers *b)
{
	mbedtls_ssl_context *ssl = b->ssl;

	record_pool_give(b->in_use, ssl->in_buf);
	ssl->in_buf = ssl->in_ctr = ssl->in_hdr = ssl->in_len = ssl->in_iv =
		ssl->in_msg = ssl->in_offt = NULL;
}

static void drop_out(struct record_buffers *b)
{
	mbedtls_ssl_context *ssl = b->ssl;

	record_pool_give(b->out_use, ssl->out_buf);
	ssl->out_buf = ssl->out_ctr = ssl->out_hdr = ssl->out_len =
		ssl->out_iv = ssl->out_msg = NULL;
}

void record_buffers_free(struct record_buffers *b)
{
	if (b->ssl->in_buf) {
		wipe(b->ssl->in_buf, RECORD_BUFFER_BYTES);
		drop_in(b);
	}
	if (b->ssl->out_buf) {
		wipe(b->ssl->out_buf, RECORD_BUFFER_BYTES);
		drop_out(b);
	}
}

enum err record_buffers_need_in(struct record_buffers *b)
{
	if (b->ssl->in_buf)
		return OK;
	b->ssl->in_buf = record_pool_take(RECORD_IN);
	if (!b->ssl->in_buf)
		return ERR_NO_MEMORY;
	b->in_use = RECORD_IN;
	memcpy(b->ssl->in_buf, b->in_counter, sizeof(b->in_counter));
	mbedtls_ssl_reset_in_pointers(b->ssl);
	return OK;
}

enum err record_buffers_need_out(struct record_buffers *b)
{
	if (b->ssl->out_buf)
		return OK;
	b->ssl->out_buf = record_pool_take(RECORD_OUT);
	if (!b->ssl->out_buf)
		return ERR_NO_MEMORY;
	b->out_use = RECORD_OUT;
	mbedtls_ssl_reset_out_pointers(b->ssl);
	mbedtls_ssl_update_out_pointers(b->ssl, b->ssl->transform_out);
	return OK;
}

bool record_buffers_has_in(const struct record_buffers *b)
{
	return b->ssl->in_buf != NULL;
}

// Between records: none has begun, none is half read, no handshake message
// waits for its other fragments or behind another in one record.
static bool in_is_idle(const mbedtls_ssl_context *ssl)
{
	return ssl->in_left == 0 && ssl->in_offt == NULL &&
	       ssl->keep_current_message == 0 &&
	       ssl->badmac_seen_or_in_hsfraglen == 0 &&
	       (ssl->in_hslen == 0 || ssl->in_hslen >= ssl->in_msglen) &&
	       ssl->in_ctr == ssl->in_buf &&
	       ssl->in_hdr == ssl->in_buf + MBEDTLS_SSL_SEQUENCE_NUMBER_LEN;
}

void record_buffers_spare_in(struct record_buffers *b)
{
	mbedtls_ssl_context *ssl = b->ssl;

	if (!ssl->in_buf || !in_is_idle(ssl))
		return;
	// The last message is done with: the library would find that out at
	// the next record, from the buffer.
	ssl->in_hslen = 0;
	ssl->in_msglen = 0;
	memcpy(b->in_counter, ssl->in_ctr, sizeof(b->in_counter));
	drop_in(b);
}

void record_buffers_spare_out(struct record_buffers *b)
{
	const mbedtls_ssl_context *ssl = b->ssl;

	if (ssl->out_buf && ssl->out_left == 0 && b->gathered == 0)
		drop_out(b);
}

size_t record_buffers_gather(struct record_buffers *b, const uint8_t *bytes,
			     size_t count)
{
	size_t n = min_size(count, TLS_RECORD_LIMIT - b->gathered);

	CHECK(b->ssl->out_buf && b->ssl->out_left == 0);
	memcpy(b->ssl->out_msg + b->gathered, bytes, n);
	b->gathered += n;
	return n;
}

int record_buffers_seal(struct record_buffers *b)
{
	size_t count = b->gathered;

	if (count == 0)
		return 0;
	b->gathered = 0;
	// As ssl_write_real() does, less its copy.
	b->ssl->out_msgtype = MBEDTLS_SSL_MSG_APPLICATION_DATA;
	b->ssl->out_msglen = count;
	return mbedtls_ssl_write_record(b->ssl, 1);
}

int record_buffers_send(struct record_buffers *b)
{
	return mbedtls_ssl_flush_output(b->ssl);
}

bool record_buffers_is_pending(const struct record_buffers *b)
{
	return b->ssl->out_left != 0;
}

int record_buffers_alert(struct record_buffers *b, uint8_t level,
			 uint8_t description)
{
	CHECK(b->ssl->out_left == 0);
	b->gathered = 0;
	return mbedtls_ssl_send_alert_message(b->ssl, level, description);
}

bool record_buffers_alerted(const struct record_buffers *b, int error)
{
	return b->ssl->alert_reason != 0 && b->ssl->alert_reason == error;
}
