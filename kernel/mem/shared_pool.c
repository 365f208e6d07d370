// SPDX-License-Identifier: Apache-2.0
// Memory that devices and the host can read and write at any time. All accesses
// are volatile, so that the compiler makes each exactly once and keeps their
// order; x86 keeps the order of loads and of stores by itself.
#include "kernel/mem/shared_pool.h"

#include "abi/layout.h"
#include "base/check.h"
#include "base/num.h"
#include "kernel/mem/address_space.h"
#include "kernel/mem/page_pool.h"
#include "kernel/snp/page_state.h"
#include "kernel/snp/snp.h"

// Words at any address, whatever type lies there.
typedef uint16_t any16 __attribute__((aligned(1), may_alias));
typedef uint32_t any32 __attribute__((aligned(1), may_alias));
typedef uint64_t any64 __attribute__((aligned(1), may_alias));

static struct shared pool;
static struct phys pool_base;
static size_t taken_bytes;

enum err shared_pool_init(size_t bytes)
{
	size_t pages = align_up(bytes, PAGE_SIZE) / PAGE_SIZE;
	struct phys base;
	volatile void *mapped;

	CHECK(pages > 0 && !pool.at);
	TRY(page_pool_take(pages, &base));
	if (snp_is_on())
		page_state_make_shared(base, pages);
	// A failure may have left half of them unmapped: they stay out of use.
	TRY(address_space_map_shared(base, pages, &mapped));
	pool = (struct shared){ mapped, pages * PAGE_SIZE };
	pool_base = base;
	return OK;
}

static volatile uint8_t *place(struct shared s, size_t offset, size_t count)
{
	CHECK(count <= s.bytes && offset <= s.bytes - count);
	return s.at + offset;
}

static void clear(struct shared s)
{
	volatile uint8_t *to = s.at;
	size_t left = s.bytes;

	for (; left >= 8; left -= 8, to += 8)
		*(volatile any64 *)to = 0;
	for (; left > 0; left--)
		*to++ = 0;
}

enum err shared_pool_take(size_t bytes, size_t align, struct shared *out)
{
	size_t start;

	CHECK(bytes > 0);
	CHECK(align > 0 && align <= PAGE_SIZE && (align & (align - 1)) == 0);
	start = align_up(taken_bytes, align);
	if (start > pool.bytes || bytes > pool.bytes - start)
		return ERR_NO_MEMORY;
	*out = (struct shared){ pool.at + start, bytes };
	taken_bytes = start + bytes;
	clear(*out);
	return OK;
}

struct phys shared_phys(struct shared s, size_t offset)
{
	size_t from_start = (size_t)(place(s, offset, 0) - pool.at);

	return (struct phys){ pool_base.value + from_start };
}

uint8_t shared_load8(struct shared s, size_t offset)
{
	return *place(s, offset, 1);
}

uint16_t shared_load16(struct shared s, size_t offset)
{
	return *(volatile any16 *)place(s, offset, 2);
}

uint32_t shared_load32(struct shared s, size_t offset)
{
	return *(volatile any32 *)place(s, offset, 4);
}

uint64_t shared_load64(struct shared s, size_t offset)
{
	return *(volatile any64 *)place(s, offset, 8);
}

void shared_store8(struct shared s, size_t offset, uint8_t value)
{
	*place(s, offset, 1) = value;
}

void shared_store16(struct shared s, size_t offset, uint16_t value)
{
	*(volatile any16 *)place(s, offset, 2) = value;
}

void shared_store32(struct shared s, size_t offset, uint32_t value)
{
	*(volatile any32 *)place(s, offset, 4) = value;
}

void shared_store64(struct shared s, size_t offset, uint64_t value)
{
	*(volatile any64 *)place(s, offset, 8) = value;
}

// Words of 8 bytes in general registers: QEMU's TCG takes twice as long for
// 16-byte vectors, and a real CPU waits for the cipher anyway.
void shared_read(struct shared s, size_t offset, void *out, size_t count)
{
	const volatile uint8_t *from = place(s, offset, count);
	uint8_t *to = out;

	for (; count >= 32; count -= 32, from += 32, to += 32) {
		const volatile any64 *source = (const volatile any64 *)from;
		any64 *target = (any64 *)to;
		uint64_t a = source[0], b = source[1];
		uint64_t c = source[2], d = source[3];
		target[0] = a;
		target[1] = b;
		target[2] = c;
		target[3] = d;
	}
	for (; count >= 8; count -= 8, from += 8, to += 8)
		*(any64 *)to = *(const volatile any64 *)from;
	for (; count > 0; count--)
		*to++ = *from++;
}

void shared_write(struct shared s, size_t offset, const void *bytes,
		  size_t count)
{
	volatile uint8_t *to = place(s, offset, count);
	const uint8_t *from = bytes;

	for (; count >= 32; count -= 32, from += 32, to += 32) {
		volatile any64 *target = (volatile any64 *)to;
		const any64 *source = (const any64 *)from;
		target[0] = source[0];
		target[1] = source[1];
		target[2] = source[2];
		target[3] = source[3];
	}
	for (; count >= 8; count -= 8, from += 8, to += 8)
		*(volatile any64 *)to = *(const any64 *)from;
	for (; count > 0; count--)
		*to++ = *from++;
}
