// SPDX-License-Identifier: Apache-2.0
#include "tls/record_pool.h"

#include <stdlib.h>

#include "base/check.h"

static uint32_t in_use[3];
static const uint32_t limits[3] = {
	[RECORD_IN] = RECORD_POOL_LIMIT,
	[RECORD_OUT] = RECORD_POOL_LIMIT,
	[RECORD_HANDSHAKE] = RECORD_POOL_HANDSHAKE_LIMIT,
};
static uint8_t *spare[RECORD_POOL_SPARE];
static struct record_pool_figures figures;

bool record_pool_has_room(enum record_use use, uint32_t count)
{
	return in_use[use] + count <= limits[use];
}

void record_pool_adopt(enum record_use use)
{
	CHECK(record_pool_has_room(use, 1));
	in_use[use]++;
	figures.held++;
	if (figures.held > figures.held_peak)
		figures.held_peak = figures.held;
}

uint8_t *record_pool_take(enum record_use use)
{
	uint8_t *buffer;

	if (!record_pool_has_room(use, 1))
		return NULL;
	if (figures.spare > 0)
		buffer = spare[--figures.spare];
	else
		buffer = malloc(RECORD_BUFFER_BYTES);
	if (buffer)
		record_pool_adopt(use);
	return buffer;
}

void record_pool_give(enum record_use use, uint8_t *buffer)
{
	CHECK(in_use[use] > 0);
	in_use[use]--;
	figures.held--;
	figures.given++;
	if (figures.spare < RECORD_POOL_SPARE)
		spare[figures.spare++] = buffer;
	else
		free(buffer);
}

struct record_pool_figures record_pool_figures(void)
{
	return figures;
}
