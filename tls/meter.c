// SPDX-License-Identifier: Apache-2.0
#include "tls/meter.h"

#include "kernel/mem/heap.h"
#include "tls/record_pool.h"

static int64_t buffer_bytes;
static int64_t elsewhere; // changes while paused
static int64_t paused_at;

static int64_t heap_used(void)
{
	return (int64_t)heap_figures().used_bytes;
}

void meter_init(void)
{
	int64_t before = heap_used();
	uint8_t *buffer = record_pool_take(RECORD_IN);

	if (!buffer)
		return;
	buffer_bytes = heap_used() - before;
	record_pool_give(RECORD_IN, buffer);
}

int64_t meter_read(void)
{
	struct record_pool_figures pool = record_pool_figures();

	return heap_used() - elsewhere -
	       (int64_t)(pool.held + pool.spare) * buffer_bytes;
}

void meter_pause(void)
{
	paused_at = heap_used();
}

void meter_resume(void)
{
	elsewhere += heap_used() - paused_at;
}

uint64_t meter_buffer_bytes(void)
{
	return (uint64_t)buffer_bytes;
}
