// SPDX-License-Identifier: Apache-2.0
#include "tests/fake/shared_array.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/check.h"
#include "kernel/mem/shared_pool.h"

#define PIECE_LIMIT 64

static void *pieces[PIECE_LIMIT];
static size_t piece_count;
static size_t budget;
static size_t bytes_read;

void fake_shared_reset(unsigned long budget_bytes)
{
	while (piece_count)
		free(pieces[--piece_count]);
	budget = budget_bytes;
	bytes_read = 0;
}

unsigned long fake_shared_bytes_read(void)
{
	return bytes_read;
}

enum err shared_pool_take(size_t bytes, size_t align, struct shared *out)
{
	if (bytes > budget || piece_count == PIECE_LIMIT)
		return ERR_NO_MEMORY;
	void *piece;
	CHECK(posix_memalign(&piece, align < 16 ? 16 : align, bytes) == 0);
	memset(piece, 0, bytes);
	budget -= bytes;
	pieces[piece_count++] = piece;
	*out = (struct shared){ piece, bytes };
	return OK;
}

static uint8_t *within(struct shared s, size_t offset, size_t count)
{
	CHECK(offset <= s.bytes && count <= s.bytes - offset);
	return (uint8_t *)(uintptr_t)s.at + offset;
}

struct phys shared_phys(struct shared s, size_t offset)
{
	return (struct phys){ (uintptr_t)within(s, offset, 0) };
}

static const uint8_t *read_from(struct shared s, size_t offset, size_t count)
{
	bytes_read += count;
	return within(s, offset, count);
}

uint8_t shared_load8(struct shared s, size_t offset)
{
	return *read_from(s, offset, 1);
}

uint16_t shared_load16(struct shared s, size_t offset)
{
	return load_le16(read_from(s, offset, 2));
}

uint32_t shared_load32(struct shared s, size_t offset)
{
	return load_le32(read_from(s, offset, 4));
}

uint64_t shared_load64(struct shared s, size_t offset)
{
	return load_le64(read_from(s, offset, 8));
}

void shared_store8(struct shared s, size_t offset, uint8_t value)
{
	*within(s, offset, 1) = value;
}

void shared_store16(struct shared s, size_t offset, uint16_t value)
{
	store_le16(within(s, offset, 2), value);
}

void shared_store32(struct shared s, size_t offset, uint32_t value)
{
	store_le32(within(s, offset, 4), value);
}

void shared_store64(struct shared s, size_t offset, uint64_t value)
{
	store_le64(within(s, offset, 8), value);
}

void shared_read(struct shared s, size_t offset, void *out, size_t count)
{
	memcpy(out, read_from(s, offset, count), count);
}

void shared_write(struct shared s, size_t offset, const void *bytes,
		  size_t count)
{
	memcpy(within(s, offset, count), bytes, count);
}
