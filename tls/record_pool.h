// SPDX-License-Identifier: Apache-2.0
// Buffers for one record each. A session holds one for each direction only
// while a record is on its way there; idle sessions hold none.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// One full TLS 1.3 record, and the room that mbedTLS wants around it
// (record_buffers.c holds this against the library).
#define RECORD_BUFFER_BYTES 16429
// Buffers in use for one purpose. Purposes are counted apart, so that sessions
// that wait to write never hold up those that wait to read, and neither hold
// up new clients: 7.4 MB in the worst case.
#define RECORD_POOL_LIMIT 160
#define RECORD_POOL_HANDSHAKE_LIMIT 128 // two for each handshake
#define RECORD_POOL_SPARE 8             // buffers kept for the next taker

enum record_use {
	RECORD_IN,
	RECORD_OUT,
	RECORD_HANDSHAKE,
};

// Takes a buffer, content undefined. NULL at the limit, or when the heap is
// exhausted.
uint8_t *record_pool_take(enum record_use use);
// Counts a buffer of RECORD_BUFFER_BYTES that someone else took by calloc as
// taken here. The caller has asked record_pool_has_room.
void record_pool_adopt(enum record_use use);
// Takes a buffer back, which holds nothing secret any more.
void record_pool_give(enum record_use use, uint8_t *buffer);
// Whether `count` more buffers are within the limit.
bool record_pool_has_room(enum record_use use, uint32_t count);
struct record_pool_figures {
	uint32_t held, held_peak; // in use
	uint32_t spare;
	uint64_t given; // how often one came back
};
struct record_pool_figures record_pool_figures(void);
