// SPDX-License-Identifier: Apache-2.0
// Which alert a client is due (RFC 8446 6.2): the library says what is wrong in
// words of its own, and not always as finely as the RFC wants it.
#include "tls/session_state.h"

#include "mbedtls/net_sockets.h" // for its error codes alone

// Whether the record is a CCS, in clear or not: one of more or less than the
// byte 1. Or has no content where there must be some.
static bool is_unexpected(const struct tls_session *s)
{
	const struct record_watch *w = &s->watch;

	if (w->type == MBEDTLS_SSL_MSG_CHANGE_CIPHER_SPEC)
		return true;
	if (w->type != MBEDTLS_SSL_MSG_APPLICATION_DATA ||
	    w->length < RECORD_TAG_BYTES)
		return false;
	return record_buffers_inner_type(&s->buffers) ==
		       MBEDTLS_SSL_MSG_CHANGE_CIPHER_SPEC ||
	       record_buffers_is_barren(&s->buffers,
					(size_t)w->length - RECORD_TAG_BYTES);
}

// Why the library called a record invalid (RFC 8446 5, 5.2, 5.4).
static uint8_t alert_of_invalid(const struct tls_session *s)
{
	const struct record_watch *w = &s->watch;

	if (w->alert)
		return w->alert;
	if (w->length > RECORD_CIPHER_MOST)
		return MBEDTLS_SSL_ALERT_MSG_RECORD_OVERFLOW;
	return is_unexpected(s) ? MBEDTLS_SSL_ALERT_MSG_UNEXPECTED_MESSAGE
				: MBEDTLS_SSL_ALERT_MSG_DECODE_ERROR;
}

uint8_t alert_of_error(const struct tls_session *s, int error)
{
	switch (error) {
	case MBEDTLS_ERR_NET_CONN_RESET:
	case MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE:
	case MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY:
		return 0;
	case MBEDTLS_ERR_SSL_INVALID_MAC:
		return MBEDTLS_SSL_ALERT_MSG_BAD_RECORD_MAC;
	case MBEDTLS_ERR_SSL_INVALID_RECORD:
		return alert_of_invalid(s);
	case MBEDTLS_ERR_SSL_UNEXPECTED_MESSAGE:
	case MBEDTLS_ERR_SSL_UNEXPECTED_RECORD:
		return MBEDTLS_SSL_ALERT_MSG_UNEXPECTED_MESSAGE;
	case MBEDTLS_ERR_SSL_BAD_PROTOCOL_VERSION:
		return MBEDTLS_SSL_ALERT_MSG_PROTOCOL_VERSION;
	case MBEDTLS_ERR_SSL_ILLEGAL_PARAMETER:
	case MBEDTLS_ERR_SSL_BAD_INPUT_DATA: // a key share (RFC 8446 4.2.8.2)
		return MBEDTLS_SSL_ALERT_MSG_ILLEGAL_PARAMETER;
	case MBEDTLS_ERR_SSL_DECODE_ERROR:
		return MBEDTLS_SSL_ALERT_MSG_DECODE_ERROR;
	case MBEDTLS_ERR_SSL_HANDSHAKE_FAILURE:
		return MBEDTLS_SSL_ALERT_MSG_HANDSHAKE_FAILURE;
	default:
		return MBEDTLS_SSL_ALERT_MSG_INTERNAL_ERROR;
	}
}

bool alert_is_passed_over(const struct tls_session *s)
{
	return s->watch.type != 0 && s->watch.body_left == 0 &&
	       record_buffers_inner_type(&s->buffers) ==
		       MBEDTLS_SSL_MSG_ALERT &&
	       record_buffers_alert_taken(&s->buffers) !=
		       MBEDTLS_SSL_ALERT_MSG_USER_CANCELED;
}

uint8_t alert_of_taken(const struct tls_session *s)
{
	uint8_t inner = record_buffers_inner_type(&s->buffers);

	// RFC 8446 5: CCS only in clear. After the handshake no message is
	// understood: the library would refuse it once it is complete.
	if (s->watch.type == MBEDTLS_SSL_MSG_APPLICATION_DATA &&
	    (inner == MBEDTLS_SSL_MSG_CHANGE_CIPHER_SPEC ||
	     (inner == MBEDTLS_SSL_MSG_HANDSHAKE && s->state == SESSION_OPEN)))
		return MBEDTLS_SSL_ALERT_MSG_UNEXPECTED_MESSAGE;
	// There is no room for it, so it would never be complete.
	if (record_buffers_is_overlong(&s->buffers))
		return MBEDTLS_SSL_ALERT_MSG_ILLEGAL_PARAMETER;
	return 0;
}
