// SPDX-License-Identifier: Apache-2.0
#include "tls/record_watch.h"

#include <string.h>

#include "mbedtls/ssl.h"

#include "base/bytes.h"
#include "base/num.h"

bool record_watch_is_half(const struct record_watch *w)
{
	return w->header_have > 0 || w->body_left > 0;
}

// What is wrong with the header, as an alert; 0 if nothing.
static uint8_t judge(const struct record_watch *w)
{
	uint8_t type = w->header[0];
	bool is_known =
		w->is_protected
			? type == MBEDTLS_SSL_MSG_APPLICATION_DATA
			: type >= MBEDTLS_SSL_MSG_CHANGE_CIPHER_SPEC &&
				  type <= MBEDTLS_SSL_MSG_APPLICATION_DATA;

	if (!is_known || w->barren >= RECORD_BARREN_LIMIT)
		return MBEDTLS_SSL_ALERT_MSG_UNEXPECTED_MESSAGE;
	// The first ClientHello may say 3.1, all else 3.3; a receiver ignores
	// the minor number.
	if (w->header[1] != 3)
		return MBEDTLS_SSL_ALERT_MSG_DECODE_ERROR;
	if (load_be16(w->header + 3) > (type == MBEDTLS_SSL_MSG_APPLICATION_DATA
						? RECORD_CIPHER_LIMIT
						: RECORD_CLEAR_LIMIT))
		return MBEDTLS_SSL_ALERT_MSG_RECORD_OVERFLOW;
	return 0;
}

enum err record_watch_begin(struct record_watch *w, struct conn *c)
{
	while (w->header_have < RECORD_HEADER_BYTES) {
		size_t count = 0;

		TRY(conn_read(c, w->header + w->header_have,
			      RECORD_HEADER_BYTES - (size_t)w->header_have,
			      &count));
		w->header_have = (uint8_t)(w->header_have + count);
	}
	w->alert = judge(w);
	return w->alert ? ERR_BAD_INPUT : OK;
}

static void take_header(struct record_watch *w, uint8_t *out)
{
	memcpy(out, w->header, RECORD_HEADER_BYTES);
	w->type = w->header[0];
	w->length = load_be16(w->header + 3);
	w->body_left = w->length;
	w->header_have = 0;
	w->barren++;
}

enum err record_watch_read(struct record_watch *w, struct conn *c, uint8_t *out,
			   size_t capacity, size_t *count)
{
	if (w->body_left == 0) {
		TRY(record_watch_begin(w, c));
		if (capacity < RECORD_HEADER_BYTES)
			return ERR_BAD_INPUT;
		take_header(w, out);
		*count = RECORD_HEADER_BYTES;
		return OK;
	}
	TRY(conn_read(c, out, min_size(capacity, w->body_left), count));
	w->body_left = (uint16_t)(w->body_left - *count);
	return OK;
}
