// SPDX-License-Identifier: Apache-2.0
// Handshakes take their turn: one run of one handshake for each turn of the
// event loop, so that a crowd of new clients delays those who are being served
// by one handshake at most. A run goes as far as the client's bytes reach: the
// server's flight is made in one go and leaves in one segment.
#include "tls/session_state.h"

#include "tls/client_hello.h"
#include "tls/endpoint.h"
#include "tls/meter.h"

static struct list arrivals = { &arrivals, &arrivals };
static struct list working = { &working, &working };
static unsigned int active;

bool handshake_is_crowded(void)
{
	return !list_is_empty(&arrivals) && active >= HANDSHAKE_LIMIT;
}

void handshake_leave(struct tls_session *s)
{
	if (s->state == SESSION_HANDSHAKE)
		active--;
}

// A fatal alert as a record of its own, before there is any context: RFC 8446
// 5.1 and 6.
static void send_plain_alert(struct tls_session *s, uint8_t description)
{
	const uint8_t record[] = {
		MBEDTLS_SSL_MSG_ALERT,         3,          3, 0, 2,
		MBEDTLS_SSL_ALERT_LEVEL_FATAL, description
	};
	size_t count;

	if (conn_write(s->conn, record, sizeof(record), &count) == OK)
		session_counts.alerts_sent++;
}

// Nothing is kept for a client until its first record begins, and nothing at
// all for one that doesn't speak TLS.
static void arrive(struct tls_session *s)
{
	switch (record_watch_begin(&s->watch, s->conn)) {
	case OK:
		list_add_last(&arrivals, &s->line);
		break;
	case ERR_AGAIN:
		break;
	case ERR_BAD_INPUT:
		session_counts.handshake_failures++;
		send_plain_alert(s, s->watch.alert);
		session_close(s);
		break;
	default:
		session_close(s);
		break;
	}
}

void handshake_ready(struct tls_session *s)
{
	if (s->state == SESSION_HANDSHAKE)
		list_add_last(&working, &s->line);
	else if (list_is_empty(&s->line))
		arrive(s);
}

static void complete(struct tls_session *s)
{
	active--;
	session_counts.handshakes++;
	record_buffers_handshake_over(&s->buffers);
	record_buffers_spare_in(&s->buffers);
	record_buffers_spare_out(&s->buffers);
	s->watch.is_protected = true;
	s->watch.type = 0; // Finished was in its place
	s->watch.barren = 0;
}

static bool hello_ends_well(const struct tls_session *s)
{
	size_t count;
	const uint8_t *body = record_buffers_message(&s->buffers, &count);

	return client_hello_check_end(body, count) == OK;
}

// As mbedtls_ssl_handshake, with a look at each ClientHello that it took.
static int shake(struct tls_session *s)
{
	int status = 0;

	while (status == 0 && !mbedtls_ssl_is_handshake_over(&s->ssl)) {
		bool was_hello = record_buffers_awaits_hello(&s->buffers);

		status = mbedtls_ssl_handshake_step(&s->ssl);
		if (status == 0 && was_hello && !hello_ends_well(s))
			status = MBEDTLS_ERR_SSL_DECODE_ERROR;
	}
	return status;
}

static void run(struct tls_session *s)
{
	int64_t before = meter_read();
	int status = shake(s);

	if (status == 0)
		complete(s);
	s->heap_bytes += meter_read() - before;
	switch (status) {
	case 0:
		conn_acknowledge(s->conn); // the request follows
		session_open(s);
		break;
	case MBEDTLS_ERR_SSL_WANT_READ:
	case MBEDTLS_ERR_SSL_WANT_WRITE:
		break;
	default:
		session_counts.handshake_failures++;
		(void)stream_fail(s, status);
		session_close(s);
		break;
	}
}

// Gives the oldest arrival a place. ERR_NO_MEMORY: none is free.
static enum err admit(struct tls_session *s)
{
	int64_t before = meter_read();

	if (active >= HANDSHAKE_LIMIT)
		return ERR_NO_MEMORY;
	TRY(record_buffers_init(&s->buffers, endpoint_config()));
	s->heap_bytes += meter_read() - before;
	active++;
	endpoint_enter();
	s->generation = endpoint_generation();
	s->state = SESSION_HANDSHAKE;
	list_remove(&s->line);
	return OK;
}

bool handshake_tick(void)
{
	struct tls_session *s;

	if (!list_is_empty(&working)) {
		s = session_of_line(working.next);
		list_remove(&s->line);
		run(s);
	} else if (!list_is_empty(&arrivals)) {
		s = session_of_line(arrivals.next);
		if (admit(s) != OK)
			return false;
		run(s);
	}
	return !list_is_empty(&working) ||
	       (!list_is_empty(&arrivals) && active < HANDSHAKE_LIMIT);
}
