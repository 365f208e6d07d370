// SPDX-License-Identifier: Apache-2.0
// The room above net/: takes connections on port 443 and does what the test
// says with them.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/conn.h"

struct owner {
	struct conn *conn;    // NULL when free
	uint8_t bytes[65536]; // read so far, as far as they fit
	size_t count;
	uint64_t total;
	enum err end;       // OK while the stream lives
	unsigned int calls; // of ready()
};

extern struct owner owners[CONN_LIMIT];
extern bool owner_holds;  // ready() reads nothing
extern bool owner_echoes; // ready() writes back what it read
extern bool owner_refuses;
extern bool owner_closes; // ready() closes at the end of the stream

// Opens port 443. Call once.
void owner_listen(void);
// Reads what there is.
void owner_read(struct owner *o);
// The owner that came last, and how many there are.
struct owner *owner_newest(void);
size_t owner_count(void);
// Resets every connection and the flags.
void owner_reset_all(void);
