// SPDX-License-Identifier: Apache-2.0
#include "tests/fake/owner.h"

#include <string.h>

#include "base/check.h"
#include "base/num.h"

struct owner owners[CONN_LIMIT];
bool owner_holds, owner_echoes, owner_refuses, owner_closes;
static struct owner *newest;

static void *opened(struct conn *c)
{
	if (owner_refuses)
		return NULL;
	for (size_t i = 0; i < CONN_LIMIT; i++) {
		if (owners[i].conn != NULL)
			continue;
		memset(&owners[i], 0, sizeof(owners[i]));
		owners[i].conn = c;
		newest = &owners[i];
		return &owners[i];
	}
	return NULL;
}

static void keep(struct owner *o, const uint8_t *bytes, size_t count)
{
	size_t part = min_size(count, sizeof(o->bytes) - o->count);

	memcpy(o->bytes + o->count, bytes, part);
	o->count += part;
	o->total += count;
}

void owner_read(struct owner *o)
{
	uint8_t buffer[1000];
	size_t count, written;

	for (;;) {
		enum err e = conn_read(o->conn, buffer, sizeof(buffer), &count);

		if (e != OK) {
			o->end = e == ERR_AGAIN ? OK : e;
			return;
		}
		keep(o, buffer, count);
		if (owner_echoes)
			CHECK(conn_write(o->conn, buffer, count, &written) ==
				      OK &&
			      written == count);
	}
}

static void ready(void *owner)
{
	struct owner *o = owner;

	o->calls++;
	if (!owner_holds)
		owner_read(o);
	if (owner_closes && o->end != OK) {
		conn_close(o->conn);
		o->conn = NULL;
	}
}

void owner_listen(void)
{
	static const struct conn_handler handler = { opened, ready };

	CHECK(conn_listen(443, &handler) == OK);
}

struct owner *owner_newest(void)
{
	return newest;
}

size_t owner_count(void)
{
	size_t count = 0;

	for (size_t i = 0; i < CONN_LIMIT; i++)
		count += owners[i].conn != NULL;
	return count;
}

void owner_reset_all(void)
{
	for (size_t i = 0; i < CONN_LIMIT; i++) {
		if (owners[i].conn != NULL)
			conn_abort(owners[i].conn);
		owners[i].conn = NULL;
	}
	owner_holds = owner_echoes = owner_refuses = owner_closes = false;
}
