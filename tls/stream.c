// SPDX-License-Identifier: Apache-2.0
// Clear bytes of an open session, and how it ends. What the client sends is
// the library's to judge; what the library leaves to its caller is done here:
// alerts, truncation, records without end.
#include "tls/session_state.h"

#include <limits.h>
#include <string.h>

#include "mbedtls/net_sockets.h" // for its error codes alone

#include "base/check.h"
#include "kernel/time/clock.h"
#include "tls/meter.h"

// What the library calls for bytes. What the network allocates meanwhile isn't
// the handshake's, whose cost is metered.

static enum err write_metered(struct tls_session *s, const uint8_t *bytes,
			      size_t count, size_t *sent)
{
	enum err e;

	if (s->state != SESSION_HANDSHAKE)
		return conn_write(s->conn, bytes, count, sent);
	meter_pause();
	e = conn_write(s->conn, bytes, count, sent);
	meter_resume();
	return e;
}

static enum err read_metered(struct tls_session *s, uint8_t *out,
			     size_t capacity, size_t *count)
{
	enum err e;

	if (s->state != SESSION_HANDSHAKE)
		return record_watch_read(&s->watch, s->conn, out, capacity,
					 count);
	meter_pause();
	e = record_watch_read(&s->watch, s->conn, out, capacity, count);
	meter_resume();
	return e;
}

static int send_bytes(void *context, const unsigned char *bytes, size_t count)
{
	struct tls_session *s = context;
	size_t sent = 0;

	switch (write_metered(s, bytes, count, &sent)) {
	case OK:
		return (int)sent;
	case ERR_AGAIN:
		return MBEDTLS_ERR_SSL_WANT_WRITE;
	default:
		return MBEDTLS_ERR_NET_CONN_RESET;
	}
}

// Between two records. 0, or what the library is to make of the last one.
static int take_next(struct tls_session *s)
{
	s->watch.alert = alert_of_taken(s);
	if (s->watch.alert)
		return MBEDTLS_ERR_SSL_INVALID_RECORD;
	if (alert_is_passed_over(s))
		return MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE;
	s->watch.type = 0; // judged, and once only
	// RFC 8446 5.1 allows empty ones; RECORD_BARREN_LIMIT bounds them.
	record_buffers_bear_empty(&s->buffers);
	return 0;
}

static int receive_bytes(void *context, unsigned char *out, size_t capacity)
{
	struct tls_session *s = context;
	size_t count = 0;
	int status = s->watch.body_left == 0 ? take_next(s) : 0;

	if (status != 0)
		return status;
	switch (read_metered(s, out, capacity, &count)) {
	case OK:
		return (int)count;
	case ERR_AGAIN:
		return MBEDTLS_ERR_SSL_WANT_READ;
	case ERR_BAD_INPUT:
		return MBEDTLS_ERR_SSL_INVALID_RECORD;
	default:
		// Not 0: mbedtls_ssl_read says that for empty records too.
		return MBEDTLS_ERR_NET_CONN_RESET;
	}
}

void stream_init(struct tls_session *s)
{
	mbedtls_ssl_init(&s->ssl);
	s->buffers.ssl = &s->ssl;
	mbedtls_ssl_set_bio(&s->ssl, s, send_bytes, receive_bytes, NULL);
}

// The end

// Says it if there is room. What is pending was numbered before the alert, so
// it goes first: a ServerHello, say, to a key share that then won't do.
static bool say_alert(struct tls_session *s, uint8_t alert)
{
	if (record_buffers_need_out(&s->buffers) != OK)
		return false;
	if (record_buffers_is_pending(&s->buffers) &&
	    record_buffers_send(&s->buffers) != 0)
		return false;
	return record_buffers_alert(&s->buffers, MBEDTLS_SSL_ALERT_LEVEL_FATAL,
				    alert) == 0;
}

enum err stream_fail(struct tls_session *s, int error)
{
	uint8_t alert = alert_of_error(s, error);

	s->ended = ERR_RESET;
	s->is_alerted = record_buffers_alerted(&s->buffers, error);
	if (!s->is_alerted && alert != 0)
		s->is_alerted = say_alert(s, alert);
	if (s->is_alerted)
		session_counts.alerts_sent++;
	return ERR_RESET;
}

// Reading

// A record that waits for its bytes has a deadline; one that waits for a
// buffer, or for nothing, has none.
static void watch_half(struct tls_session *s)
{
	if (!record_watch_is_half(&s->watch))
		session_set_own_deadline(s, UINT64_MAX);
	else if (s->own_deadline_ns == UINT64_MAX)
		session_set_own_deadline(s, clock_now_ns() + RECORD_NS);
}

// Waits for a record's header without a buffer, then takes one.
static enum err begin_record(struct tls_session *s)
{
	enum err e;

	if (record_buffers_has_in(&s->buffers))
		return OK;
	e = record_watch_begin(&s->watch, s->conn);
	switch (e) {
	case OK:
		break;
	case ERR_AGAIN:
		watch_half(s);
		return e;
	case ERR_BAD_INPUT:
		return stream_fail(s, MBEDTLS_ERR_SSL_INVALID_RECORD);
	default: // without close_notify: truncated (RFC 8446 6.1)
		return stream_fail(s, MBEDTLS_ERR_NET_CONN_RESET);
	}
	if (record_buffers_need_in(&s->buffers) == OK)
		return OK;
	session_set_own_deadline(s, UINT64_MAX);
	session_await_buffer(s, RECORD_IN);
	return ERR_AGAIN;
}

// What mbedtls_ssl_read said, other than a count of bytes.
static enum err read_status(struct tls_session *s, int status)
{
	switch (status) {
	case 0: // an empty record
		return OK;
	case MBEDTLS_ERR_SSL_WANT_READ:
		// It says that after no_renegotiation too, bytes or not.
		if (alert_is_passed_over(s))
			return stream_fail(s,
					   MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE);
		watch_half(s);
		record_buffers_spare_in(&s->buffers);
		return ERR_AGAIN;
	case MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY:
		s->ended = ERR_CLOSED;
		record_buffers_spare_in(&s->buffers);
		return ERR_CLOSED;
	default:
		return stream_fail(s, status);
	}
}

void stream_pump(struct tls_session *s)
{
	if (s->ended != OK || !record_watch_is_half(&s->watch))
		return;
	if (begin_record(s) != OK)
		return;
	// Without room to put them, clear bytes stay in the record.
	(void)read_status(s, mbedtls_ssl_read(&s->ssl, NULL, 0));
	watch_half(s);
}

enum err tls_read(struct tls_session *s, uint8_t *out, size_t capacity,
		  size_t *count)
{
	int status;

	CHECK(s->state == SESSION_OPEN);
	// Where nothing is to be read, a reset can still be learnt.
	if ((s->ended == ERR_CLOSED || capacity == 0) &&
	    conn_read(s->conn, out, 0, count) == ERR_RESET)
		s->ended = ERR_RESET;
	if (s->ended != OK)
		return s->ended;
	if (capacity == 0) {
		*count = 0;
		return OK;
	}
	for (;;) {
		TRY(begin_record(s));
		status = mbedtls_ssl_read(&s->ssl, out,
					  min_size(capacity, INT_MAX));
		if (status > 0)
			break;
		TRY(read_status(s, status));
	}
	s->watch.barren = 0;
	record_buffers_spare_in(&s->buffers);
	*count = (size_t)status;
	return OK;
}

// Writing

// What the library said when it sealed or sent.
static enum err write_status(struct tls_session *s, int status)
{
	switch (status) {
	case 0:
		return OK;
	case MBEDTLS_ERR_SSL_WANT_WRITE:
		return ERR_AGAIN;
	default:
		// Nothing can be said any more on a side that is broken.
		s->ended = ERR_RESET;
		return ERR_RESET;
	}
}

static enum err send_pending(struct tls_session *s)
{
	if (!record_buffers_is_pending(&s->buffers))
		return OK;
	return write_status(s, record_buffers_send(&s->buffers));
}

static enum err seal(struct tls_session *s)
{
	if (s->records_out >= SESSION_RECORD_LIMIT) {
		s->ended = ERR_RESET;
		return ERR_RESET;
	}
	s->records_out++;
	return write_status(s, record_buffers_seal(&s->buffers));
}

// Room to gather in. ERR_AGAIN: none now.
static enum err need_room(struct tls_session *s)
{
	TRY(send_pending(s));
	if (record_buffers_need_out(&s->buffers) == OK)
		return OK;
	session_await_buffer(s, RECORD_OUT);
	return ERR_AGAIN;
}

static enum err write_some(struct tls_session *s, const uint8_t *bytes,
			   size_t length, size_t *done)
{
	while (*done < length) {
		TRY(need_room(s));
		*done += record_buffers_gather(&s->buffers, bytes + *done,
					       length - *done);
		if (s->buffers.gathered == TLS_RECORD_LIMIT)
			TRY(seal(s));
	}
	return OK;
}

enum err tls_write(struct tls_session *s, const void *bytes, size_t length,
		   size_t *count)
{
	size_t done = 0;
	enum err e;

	CHECK(s->state == SESSION_OPEN);
	if (s->ended == ERR_RESET)
		return ERR_RESET;
	e = write_some(s, bytes, length, &done);
	if (e == ERR_RESET || (e == ERR_AGAIN && done == 0))
		return e;
	*count = done;
	return OK;
}

static enum err flush(struct tls_session *s)
{
	if (s->ended == ERR_RESET)
		return ERR_RESET;
	TRY(send_pending(s));
	if (s->buffers.gathered > 0)
		TRY(seal(s));
	record_buffers_spare_out(&s->buffers);
	return OK;
}

enum err tls_flush(struct tls_session *s)
{
	CHECK(s->state == SESSION_OPEN);
	return flush(s);
}

enum err stream_finish(struct tls_session *s)
{
	TRY(flush(s));
	if (s->is_notified)
		return OK;
	TRY(need_room(s));
	s->is_notified = true;
	return write_status(
		s, record_buffers_alert(&s->buffers,
					MBEDTLS_SSL_ALERT_LEVEL_WARNING,
					MBEDTLS_SSL_ALERT_MSG_CLOSE_NOTIFY));
}

enum err tls_export(struct tls_session *s, const char *label,
		    const uint8_t *context, size_t context_bytes, uint8_t *out,
		    size_t count)
{
	CHECK(s->state == SESSION_OPEN);
	return mbedtls_ssl_export_keying_material(&s->ssl, out, count, label,
						  strlen(label), context,
						  context_bytes, 1) == 0
		       ? OK
		       : ERR_CRYPTO;
}
