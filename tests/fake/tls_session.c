// SPDX-License-Identifier: Apache-2.0
// tls/session.h in memory.
#include "tests/fake/tls_session.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/num.h"
#include "kernel/time/clock.h"

struct bytes {
	char *at;
	size_t count, capacity;
};

struct tls_session {
	struct tls_session *next;
	void *owner;
	struct bytes from_client;
	size_t read;           // of from_client
	struct bytes gathered; // written, not sent yet
	struct bytes sent;
	size_t room, read_limit;
	enum err end;
	uint64_t deadline_ns;
	uint32_t number, generation;
	bool has_event, is_stuck, is_closed, is_aborted;
	unsigned int writes, flushes;
};

static const struct tls_handler *handler;
static struct tls_session *sessions;
static enum err listen_result = OK;

// The fake's own memory isn't of those allocations that a test may let fail.
static void *own_memory(size_t bytes)
{
	void *memory = aligned_alloc(16, (bytes + 15) / 16 * 16);

	CHECK(memory);
	return memset(memory, 0, bytes);
}

static void append(struct bytes *b, const void *bytes, size_t count)
{
	if (b->count + count + 1 > b->capacity) {
		size_t capacity = (b->count + count + 1) * 2;
		char *grown = own_memory(capacity);

		if (b->count)
			memcpy(grown, b->at, b->count);
		free(b->at);
		b->at = grown;
		b->capacity = capacity;
	}
	if (count)
		memcpy(b->at + b->count, bytes, count);
	b->count += count;
	b->at[b->count] = '\0';
}

static void send_gathered(struct tls_session *s)
{
	append(&s->sent, s->gathered.at, s->gathered.count);
	s->gathered.count = 0;
}

void fake_tls_fail_listen(enum err how)
{
	listen_result = how;
}

// Of the present generation.
static uint32_t generation;
static uint64_t handshakes;
static uint8_t certificate[16384];
static size_t certificate_bytes;
static uint32_t key;

static void adopt(const struct tls_identity *identity)
{
	CHECK(identity->key && identity->certificate_bytes &&
	      identity->certificate_bytes <= sizeof(certificate));
	memcpy(certificate, identity->certificate, identity->certificate_bytes);
	certificate_bytes = identity->certificate_bytes;
	key = identity->key;
}

enum err tls_listen(uint16_t port, const struct tls_identity *identity,
		    const struct tls_handler *h)
{
	CHECK(port);
	TRY(listen_result);
	adopt(identity);
	handler = h;
	return OK;
}

enum err tls_renew(const struct tls_identity *identity)
{
	bool is_used = false;

	for (struct tls_session *s = sessions; s; s = s->next) {
		if (s->is_closed || s->generation == generation)
			continue;
		is_used = true;
		fake_tls_send_end(s, ERR_RESET);
	}
	if (is_used)
		return ERR_AGAIN;
	adopt(identity);
	generation++;
	return OK;
}

uint32_t tls_generation(const struct tls_session *s)
{
	return s->generation;
}

void fake_tls_set_handshakes(uint64_t count)
{
	handshakes = count;
}

struct tls_figures tls_figures(void)
{
	return (struct tls_figures){ .handshakes = handshakes };
}

const uint8_t *fake_tls_certificate(size_t *count)
{
	*count = certificate_bytes;
	return certificate;
}

uint32_t fake_tls_key(void)
{
	return key;
}

// Not a secret, but another one for each session, label and context.
enum err tls_export(struct tls_session *s, const char *label,
		    const uint8_t *context, size_t context_bytes, uint8_t *out,
		    size_t count)
{
	for (size_t i = 0; i < count; i++)
		out[i] = (uint8_t)(s->number >> (i % 4 * 8)) ^
			 context[i % context_bytes] ^
			 (uint8_t)label[i % strlen(label)];
	return OK;
}

struct tls_session *fake_tls_open(void)
{
	static uint32_t number;
	struct tls_session *s = own_memory(sizeof(*s));

	s->number = ++number;
	s->generation = generation;
	handshakes++;
	append(&s->sent, "", 0);
	s->room = s->read_limit = SIZE_MAX;
	s->end = ERR_AGAIN;
	s->deadline_ns = UINT64_MAX;
	s->owner = handler->opened(s);
	if (!s->owner) {
		free(s->sent.at);
		free(s);
		return NULL;
	}
	s->next = sessions;
	sessions = s;
	return s;
}

void fake_tls_send(struct tls_session *s, const void *bytes, size_t count)
{
	append(&s->from_client, bytes, count);
	s->has_event = true;
}

void fake_tls_send_end(struct tls_session *s, enum err how)
{
	s->end = how;
	s->has_event = true;
}

static struct tls_session *next_event(uint64_t now_ns)
{
	for (struct tls_session *s = sessions; s; s = s->next)
		if (!s->is_closed && (s->has_event || s->deadline_ns <= now_ns))
			return s;
	return NULL;
}

bool fake_tls_turn(void)
{
	struct tls_session *s = next_event(clock_now_ns());
	bool any = s != NULL;

	for (; s; s = next_event(clock_now_ns())) {
		s->has_event = false;
		if (s->deadline_ns <= clock_now_ns())
			s->deadline_ns = UINT64_MAX;
		handler->ready(s->owner);
	}
	return any;
}

const char *fake_tls_sent(struct tls_session *s, size_t *count)
{
	if (count)
		*count = s->sent.count;
	return s->sent.at;
}

void fake_tls_forget(struct tls_session *s)
{
	s->sent.count = 0;
	s->sent.at[0] = '\0';
}

void fake_tls_set_room(struct tls_session *s, size_t room)
{
	s->has_event = s->has_event || room > s->room;
	s->room = room;
}

void fake_tls_set_stuck(struct tls_session *s, bool is_stuck)
{
	s->has_event = s->has_event || !is_stuck;
	s->is_stuck = is_stuck;
}

void fake_tls_set_read_limit(struct tls_session *s, size_t limit)
{
	s->read_limit = limit;
}

bool fake_tls_is_closed(const struct tls_session *s)
{
	return s->is_closed;
}

bool fake_tls_is_aborted(const struct tls_session *s)
{
	return s->is_aborted;
}

size_t fake_tls_unread(const struct tls_session *s)
{
	return s->from_client.count - s->read;
}

unsigned int fake_tls_writes(const struct tls_session *s)
{
	return s->writes;
}

unsigned int fake_tls_flushes(const struct tls_session *s)
{
	return s->flushes;
}

void fake_tls_free(struct tls_session *s)
{
	struct tls_session **link = &sessions;

	CHECK(s->is_closed);
	while (*link != s)
		link = &(*link)->next;
	*link = s->next;
	free(s->from_client.at);
	free(s->gathered.at);
	free(s->sent.at);
	free(s);
}

enum err tls_read(struct tls_session *s, uint8_t *out, size_t capacity,
		  size_t *count)
{
	size_t n =
		min_size(min_size(capacity, s->read_limit), fake_tls_unread(s));

	CHECK(!s->is_closed);
	if (s->end == ERR_RESET)
		return ERR_RESET;
	if (n == 0 && (capacity > 0 || fake_tls_unread(s) == 0))
		return s->end;
	memcpy(out, s->from_client.at + s->read, n);
	s->read += n;
	*count = n;
	return OK;
}

enum err tls_write(struct tls_session *s, const void *bytes, size_t length,
		   size_t *count)
{
	size_t n = min_size(length, s->room);

	CHECK(!s->is_closed && length > 0);
	s->writes++;
	if (s->end == ERR_RESET)
		return ERR_RESET;
	if (n == 0)
		return ERR_AGAIN;
	append(&s->gathered, bytes, n);
	if (s->room != SIZE_MAX)
		s->room -= n;
	*count = n;
	return OK;
}

enum err tls_flush(struct tls_session *s)
{
	CHECK(!s->is_closed);
	s->flushes++;
	if (s->end == ERR_RESET)
		return ERR_RESET;
	if (s->is_stuck)
		return ERR_AGAIN;
	send_gathered(s);
	return OK;
}

void tls_wake(struct tls_session *s)
{
	CHECK(!s->is_closed);
	s->has_event = true;
}

void tls_set_deadline(struct tls_session *s, uint64_t deadline_ns)
{
	CHECK(!s->is_closed);
	s->deadline_ns = deadline_ns;
}

void tls_close(struct tls_session *s)
{
	CHECK(!s->is_closed);
	send_gathered(s);
	s->is_closed = true;
}

void tls_abort(struct tls_session *s)
{
	CHECK(!s->is_closed);
	s->is_closed = s->is_aborted = true;
}
