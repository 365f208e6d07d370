// SPDX-License-Identifier: Apache-2.0
// The life of sessions: from connections to owners and back, and their
// deadlines.
#include "tls/session.h"

#include <stdlib.h>

#include "base/check.h"
#include "kernel/time/clock.h"
#include "tls/endpoint.h"
#include "tls/meter.h"
#include "tls/session_state.h"

// Deadlines are looked through no more often than this.
#define SCAN_NS (100 * NS_PER_MS)
// Who waits for a buffer looks again, even if none came back: the heap may
// have been what was short.
#define BUFFER_RETRY_NS (20 * NS_PER_MS)

struct tls_figures session_counts;

static const struct tls_handler *handler;
static struct list all = { &all, &all };
static struct list waiting[2] = { { &waiting[0], &waiting[0] },
				  { &waiting[1], &waiting[1] } };
static uint64_t next_scan_ns = UINT64_MAX;
static uint64_t next_retry_ns;
static uint64_t given_seen;

// Deadlines

static void expect_deadline(uint64_t deadline_ns)
{
	next_scan_ns = min_u64(next_scan_ns, deadline_ns);
}

void session_set_own_deadline(struct tls_session *s, uint64_t deadline_ns)
{
	s->own_deadline_ns = deadline_ns;
	expect_deadline(deadline_ns);
}

void tls_set_deadline(struct tls_session *s, uint64_t deadline_ns)
{
	s->deadline_ns = deadline_ns;
	expect_deadline(deadline_ns);
}

void tls_wake(struct tls_session *s)
{
	conn_wake(s->conn);
}

void session_await_buffer(struct tls_session *s, enum record_use use)
{
	CHECK(use == RECORD_IN || use == RECORD_OUT);
	list_add_last(&waiting[use], &s->line);
}

// The end

static void forget(struct tls_session *s)
{
	if (s->state == SESSION_HANDSHAKE)
		handshake_leave(s);
	list_remove(&s->line);
	list_remove(&s->member);
	record_buffers_free(&s->buffers);
	mbedtls_ssl_free(&s->ssl);
	if (s->state != SESSION_ARRIVED)
		endpoint_leave(s->generation);
	free(s);
	session_counts.sessions--;
}

void session_close(struct tls_session *s)
{
	conn_close(s->conn);
	forget(s);
}

void session_abort(struct tls_session *s)
{
	conn_abort(s->conn);
	forget(s);
}

static void finish(struct tls_session *s)
{
	enum err e = stream_finish(s);

	if (e == OK)
		session_close(s);
	else if (e != ERR_AGAIN)
		tls_abort(s);
}

void tls_close(struct tls_session *s)
{
	s->owner = NULL;
	s->state = SESSION_CLOSING;
	s->deadline_ns = UINT64_MAX;
	session_set_own_deadline(s, clock_now_ns() + CLOSE_NS);
	finish(s);
}

void tls_abort(struct tls_session *s)
{
	// A reset could overtake the alert.
	if (s->is_alerted)
		session_close(s);
	else
		session_abort(s);
}

// The beginning

static void *on_opened(struct conn *c)
{
	int64_t before = meter_read();
	struct tls_session *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->conn = c;
	s->heap_bytes = meter_read() - before;
	s->deadline_ns = UINT64_MAX;
	list_init(&s->line);
	list_init(&s->member);
	list_add_last(&all, &s->member);
	stream_init(s);
	session_set_own_deadline(s, clock_now_ns() + HANDSHAKE_NS);
	session_counts.sessions++;
	if (session_counts.sessions > session_counts.sessions_peak)
		session_counts.sessions_peak = session_counts.sessions;
	// Its first bytes may be there already.
	conn_wake(c);
	return s;
}

void session_open(struct tls_session *s)
{
	s->state = SESSION_OPEN;
	s->own_deadline_ns = UINT64_MAX;
	session_counts.idle_bytes = (uint64_t)s->heap_bytes;
	session_counts.active_bytes =
		session_counts.idle_bytes + 2 * meter_buffer_bytes();
	s->owner = handler->opened(s);
	if (!s->owner) {
		tls_close(s);
		return;
	}
	conn_wake(s->conn);
}

static void on_ready(void *owner)
{
	struct tls_session *s = owner;

	switch (s->state) {
	case SESSION_ARRIVED:
	case SESSION_HANDSHAKE:
		handshake_ready(s);
		break;
	case SESSION_OPEN:
		stream_pump(s);
		handler->ready(s->owner);
		break;
	case SESSION_CLOSING:
		finish(s);
		break;
	}
}

static const struct conn_handler from_net = { on_opened, on_ready };

enum err tls_listen(uint16_t port, const struct tls_identity *identity,
		    const struct tls_handler *the_handler)
{
	CHECK(handler == NULL);
	TRY(endpoint_adopt(identity));
	meter_init();
	handler = the_handler;
	return conn_listen(port, &from_net);
}

// Breaks the sessions that aren't of the present generation. Those without an
// owner end within their own deadline.
static void break_old_sessions(void)
{
	for (struct list *l = all.next; l != &all; l = l->next) {
		struct tls_session *s = session_of_member(l);

		if (s->state != SESSION_OPEN ||
		    s->generation == endpoint_generation())
			continue;
		s->ended = ERR_RESET;
		conn_wake(s->conn);
	}
}

enum err tls_renew(const struct tls_identity *identity)
{
	enum err e = endpoint_adopt(identity);

	if (e == ERR_AGAIN)
		break_old_sessions();
	return e;
}

uint32_t tls_generation(const struct tls_session *s)
{
	return s->generation;
}

// The tick

static void expire(struct tls_session *s)
{
	s->own_deadline_ns = UINT64_MAX;
	switch (s->state) {
	case SESSION_ARRIVED:
	case SESSION_HANDSHAKE:
		session_counts.handshake_timeouts++;
		session_abort(s);
		break;
	case SESSION_OPEN: // half a record
		s->ended = ERR_RESET;
		conn_wake(s->conn);
		break;
	case SESSION_CLOSING:
		session_abort(s);
		break;
	}
}

// Whether nobody else can connect.
static bool is_full(void)
{
	return session_counts.sessions >= CONN_LIMIT;
}

static bool is_crowded(void)
{
	return is_full() || handshake_is_crowded();
}

// Who waits for the client's first record, not for a place among handshakes.
static bool is_silent(const struct tls_session *s)
{
	return s->state == SESSION_ARRIVED && list_is_empty(&s->line);
}

// Gives way early to those that wait for a place: `full` and `crowded` as at
// the beginning of the scan.
static uint64_t own_deadline(const struct tls_session *s, bool full,
			     bool crowded)
{
	uint64_t early = 0;

	if (full && is_silent(s))
		early = HANDSHAKE_NS - SILENT_CROWDED_NS;
	else if (crowded && s->state == SESSION_HANDSHAKE)
		early = HANDSHAKE_NS - HANDSHAKE_CROWDED_NS;
	return s->own_deadline_ns - early;
}

static void scan(uint64_t now_ns)
{
	bool full = is_full();
	bool crowded = is_crowded();
	struct list *next;

	next_scan_ns = crowded ? now_ns + SCAN_NS : UINT64_MAX;
	for (struct list *l = all.next; l != &all; l = next) {
		struct tls_session *s = session_of_member(l);

		next = l->next;
		if (now_ns >= s->deadline_ns) {
			s->deadline_ns = UINT64_MAX;
			conn_wake(s->conn);
		}
		expect_deadline(s->deadline_ns);
		if (now_ns >= own_deadline(s, full, crowded))
			expire(s);
		else
			expect_deadline(s->own_deadline_ns);
	}
	next_scan_ns = max_u64(next_scan_ns, now_ns + SCAN_NS);
}

static bool anyone_waits(void)
{
	return !list_is_empty(&waiting[RECORD_IN]) ||
	       !list_is_empty(&waiting[RECORD_OUT]);
}

// Wakes one of each line, if a buffer came back or it is time to look again.
static void offer_buffers(uint64_t now_ns)
{
	uint64_t given = record_pool_figures().given;

	if (given == given_seen && now_ns < next_retry_ns)
		return;
	given_seen = given;
	next_retry_ns = now_ns + BUFFER_RETRY_NS;
	for (size_t d = 0; d < ARRAY_COUNT(waiting); d++) {
		struct tls_session *s;

		if (list_is_empty(&waiting[d]))
			continue;
		s = session_of_line(waiting[d].next);
		list_remove(&s->line);
		conn_wake(s->conn);
	}
}

uint64_t tls_tick(uint64_t now_ns)
{
	bool has_work = handshake_tick();

	if (anyone_waits())
		offer_buffers(now_ns);
	if (is_crowded())
		expect_deadline(now_ns + SCAN_NS);
	if (now_ns >= next_scan_ns)
		scan(now_ns);
	if (has_work)
		return now_ns;
	return anyone_waits() ? min_u64(next_scan_ns, next_retry_ns)
			      : next_scan_ns;
}

struct tls_figures tls_figures(void)
{
	struct tls_figures figures = session_counts;
	struct record_pool_figures pool = record_pool_figures();

	figures.records_held = pool.held;
	figures.records_held_peak = pool.held_peak;
	figures.kept_bytes = pool.spare * meter_buffer_bytes();
	return figures;
}
