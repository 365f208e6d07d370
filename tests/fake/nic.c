// SPDX-License-Identifier: Apache-2.0
#include "tests/fake/nic.h"

#include <string.h>

#include <sanitizer/asan_interface.h>

#include "base/check.h"

#define QUEUE_LIMIT 4096

struct frame {
	size_t length;
	uint8_t bytes[NIC_FRAME_LIMIT];
};

struct queue {
	struct frame frames[QUEUE_LIMIT];
	size_t first, count;
};

static struct queue to_stack, from_stack;
static size_t ring = QUEUE_LIMIT;
static bool offload, trap;
static struct nic_figures figures;

void fake_nic_set_ring(size_t frames)
{
	ring = frames;
}

void fake_nic_set_offload(bool on)
{
	offload = on;
}

void fake_nic_set_trap(bool on)
{
	trap = on;
}

static struct frame *queue_put(struct queue *q)
{
	if (q->count == QUEUE_LIMIT)
		return NULL;
	return &q->frames[(q->first + q->count++) % QUEUE_LIMIT];
}

static struct frame *queue_take(struct queue *q)
{
	struct frame *f = &q->frames[q->first];

	if (q->count == 0)
		return NULL;
	q->first = (q->first + 1) % QUEUE_LIMIT;
	q->count--;
	return f;
}

void fake_nic_put(const void *frame, size_t length)
{
	struct frame *f = queue_put(&to_stack);

	CHECK(length <= NIC_FRAME_LIMIT);
	if (f == NULL)
		return;
	f->length = length;
	memcpy(f->bytes, frame, length);
}

size_t fake_nic_take(uint8_t *out)
{
	const struct frame *f = queue_take(&from_stack);

	if (f == NULL)
		return 0;
	memcpy(out, f->bytes, f->length);
	return f->length;
}

void nic_mac(uint8_t out[NIC_MAC_BYTES])
{
	memcpy(out, "\x52\x54\x00\x12\x34\x56", NIC_MAC_BYTES);
}

bool nic_offloads_checksum(void)
{
	return offload;
}

bool nic_link_is_up(void)
{
	return true;
}

enum err nic_receive(void *out, size_t capacity, struct nic_frame *frame)
{
	const struct frame *f = queue_take(&to_stack);

	if (f == NULL)
		return ERR_AGAIN;
	CHECK(f->length <= capacity);
	__asan_unpoison_memory_region(out, capacity);
	memcpy(out, f->bytes, f->length);
	if (trap)
		__asan_poison_memory_region((uint8_t *)out + f->length,
					    capacity - f->length);
	frame->length = f->length;
	frame->checksum_is_valid = offload;
	figures.received_frames++;
	return OK;
}

// The ones' complement sum, the slow way.
static uint16_t sum_of(const uint8_t *bytes, size_t count)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += i % 2 ? bytes[i] : (uint32_t)bytes[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

static void finish(struct frame *f, struct nic_checksum checksum)
{
	uint16_t sum = (uint16_t)~sum_of(f->bytes + checksum.start,
					 f->length - checksum.start);
	size_t at = (size_t)checksum.start + checksum.offset;

	CHECK(offload && at + 2 <= f->length);
	f->bytes[at] = (uint8_t)(sum >> 8);
	f->bytes[at + 1] = (uint8_t)sum;
}

enum err nic_send(const struct nic_piece *pieces, size_t count,
		  struct nic_checksum checksum)
{
	struct frame *f = NULL;

	if (from_stack.count < ring)
		f = queue_put(&from_stack);
	if (f == NULL)
		return ERR_AGAIN;
	f->length = 0;
	for (size_t i = 0; i < count; i++) {
		CHECK(f->length + pieces[i].length <= NIC_FRAME_LIMIT);
		memcpy(f->bytes + f->length, pieces[i].at, pieces[i].length);
		f->length += pieces[i].length;
	}
	if (checksum.wanted)
		finish(f, checksum);
	figures.sent_frames++;
	return OK;
}

enum err nic_flush(void)
{
	return OK;
}

bool nic_arm_interrupt(void)
{
	return to_stack.count == 0;
}

struct nic_figures nic_figures(void)
{
	return figures;
}
