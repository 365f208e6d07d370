// SPDX-License-Identifier: Apache-2.0
// The split virtqueue's driver side. The device is hostile: see the header.
#include "kernel/dev/virtq.h"

#include "abi/virtio.h"
#include "base/check.h"
#include "base/num.h"
#include "kernel/dev/mmio.h"

#define RING_ALIGN 16u // of the descriptors, the strictest (2.7)

// The ring's three parts, one behind the other.
static size_t available_at(uint16_t size)
{
	return size * sizeof(struct virtq_desc);
}

static size_t used_event_at(uint16_t size)
{
	return available_at(size) + VIRTQ_AVAIL_RING + size * sizeof(uint16_t);
}

static size_t used_at(uint16_t size)
{
	return align_up(used_event_at(size) + sizeof(uint16_t), 4);
}

static size_t avail_event_at(uint16_t size)
{
	return used_at(size) + VIRTQ_USED_RING +
	       size * sizeof(struct virtq_used_elem);
}

static size_t ring_bytes(uint16_t size)
{
	return avail_event_at(size) + sizeof(uint16_t);
}

// Stores reach other CPUs in order on x86, and loads are done in order: against
// those the compiler alone must be held back. A store before a load needs more.
static void order_same_kind(void)
{
	__atomic_thread_fence(__ATOMIC_ACQ_REL);
}

static void order_store_before_load(void)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

size_t virtq_shared_bytes(uint16_t size, uint16_t buffer_bytes)
{
	return align_up(ring_bytes(size), RING_ALIGN) +
	       align_up((size_t)size * buffer_bytes, RING_ALIGN) +
	       (size_t)2 * RING_ALIGN;
}

static void describe(const struct virtq *q, uint16_t slot)
{
	size_t at = slot * sizeof(struct virtq_desc);
	size_t buffer = (size_t)slot * q->config.buffer_bytes;
	bool writes = q->config.direction == VIRTQ_FROM_DEVICE;

	shared_store64(q->ring, at + offsetof(struct virtq_desc, addr),
		       shared_phys(q->buffers, buffer).value);
	shared_store32(q->ring, at + offsetof(struct virtq_desc, len), 0);
	shared_store16(q->ring, at + offsetof(struct virtq_desc, flags),
		       writes ? VIRTQ_DESC_F_WRITE : 0);
	shared_store16(q->ring, at + offsetof(struct virtq_desc, next), 0);
}

enum err virtq_init(struct virtq *q, const struct virtq_config *config)
{
	uint16_t size = config->size;
	struct shared ring;
	struct shared buffers;

	CHECK(size != 0 && size <= VIRTQ_LIMIT && (size & (size - 1)) == 0);
	TRY(shared_pool_take(ring_bytes(size), RING_ALIGN, &ring));
	TRY(shared_pool_take((size_t)size * config->buffer_bytes, RING_ALIGN,
			     &buffers));
	*q = (struct virtq){
		.config = *config,
		.ring = ring,
		.buffers = buffers,
		.free_count = size,
	};
	for (uint16_t i = 0; i < size; i++) {
		// The last one freed is the next one claimed.
		q->free_slots[i] = (uint16_t)(size - 1 - i);
		describe(q, i);
	}
	shared_store16(ring, available_at(size) + VIRTQ_AVAIL_FLAGS,
		       VIRTQ_AVAIL_F_NO_INTERRUPT);
	return OK;
}

struct virtq_addresses virtq_addresses(const struct virtq *q)
{
	return (struct virtq_addresses){
		.descriptors = shared_phys(q->ring, 0),
		.available = shared_phys(q->ring, available_at(q->config.size)),
		.used = shared_phys(q->ring, used_at(q->config.size)),
	};
}

enum err virtq_claim(struct virtq *q, uint16_t *slot)
{
	if (q->free_count == 0)
		return ERR_AGAIN;
	*slot = q->free_slots[--q->free_count];
	return OK;
}

void virtq_release(struct virtq *q, uint16_t slot)
{
	CHECK(slot < q->config.size && !q->offers[slot].in_flight);
	CHECK(q->free_count < q->config.size);
	q->free_slots[q->free_count++] = slot;
}

void virtq_post(struct virtq *q, uint16_t slot, uint16_t bytes)
{
	size_t available = available_at(q->config.size);
	size_t entry = q->posted & (q->config.size - 1u);

	CHECK(slot < q->config.size && !q->offers[slot].in_flight);
	CHECK(bytes <= q->config.buffer_bytes);
	q->offers[slot].in_flight = true;
	q->offers[slot].writable =
		q->config.direction == VIRTQ_FROM_DEVICE ? bytes : 0;
	q->in_flight++;
	q->posted++;
	shared_store32(q->ring,
		       slot * sizeof(struct virtq_desc) +
			       offsetof(struct virtq_desc, len),
		       bytes);
	shared_store16(q->ring,
		       available + VIRTQ_AVAIL_RING + entry * sizeof(uint16_t),
		       slot);
	// The entry must be there before the index says so (2.7.13.3).
	order_same_kind();
	shared_store16(q->ring, available + VIRTQ_AVAIL_IDX, q->posted);
}

static enum err die(struct virtq *q)
{
	q->dead = true;
	return ERR_DEVICE;
}

static uint16_t load_used_index(const struct virtq *q)
{
	return shared_load16(q->ring, used_at(q->config.size) + VIRTQ_USED_IDX);
}

static void disarm(struct virtq *q)
{
	// With EVENT_IDX an event that has passed asks for nothing more.
	if (q->armed && !q->config.event_idx)
		shared_store16(q->ring,
			       available_at(q->config.size) + VIRTQ_AVAIL_FLAGS,
			       VIRTQ_AVAIL_F_NO_INTERRUPT);
	q->armed = false;
}

// Looks for used entries beyond those known. The index may advance by no more
// than what the device holds.
static enum err find_used(struct virtq *q)
{
	uint16_t published = load_used_index(q);
	uint16_t ahead = (uint16_t)(published - q->collected);

	if (ahead == 0)
		return ERR_AGAIN;
	if (ahead > q->in_flight)
		return die(q);
	// The index was read before the entries that it covers (2.7.14).
	order_same_kind();
	q->published = published;
	disarm(q);
	return OK;
}

enum err virtq_collect(struct virtq *q, uint16_t *slot, uint16_t *written)
{
	if (q->dead)
		return ERR_DEVICE;
	if (q->collected == q->published)
		TRY(find_used(q));
	size_t entry = q->collected & (q->config.size - 1u);
	// Both halves in one load: they can't change in between.
	uint64_t element = shared_load64(
		q->ring, used_at(q->config.size) + VIRTQ_USED_RING +
				 entry * sizeof(struct virtq_used_elem));
	uint32_t id = (uint32_t)element;
	uint32_t length = (uint32_t)(element >> 32);

	if (id >= q->config.size || !q->offers[id].in_flight ||
	    length > q->offers[id].writable)
		return die(q);
	q->offers[id].in_flight = false;
	q->in_flight--;
	q->collected++;
	*slot = (uint16_t)id;
	*written = (uint16_t)length;
	return OK;
}

static bool device_wants_news(const struct virtq *q)
{
	uint16_t size = q->config.size;

	if (!q->config.event_idx)
		return !(shared_load16(q->ring,
				       used_at(size) + VIRTQ_USED_FLAGS) &
			 VIRTQ_USED_F_NO_NOTIFY);
	// Has `posted` gone past the event since `announced`? (2.7.10.1)
	uint16_t event = shared_load16(q->ring, avail_event_at(size));
	return (uint16_t)(q->posted - event - 1) <
	       (uint16_t)(q->posted - q->announced);
}

bool virtq_announce(struct virtq *q)
{
	if (q->dead || q->posted == q->announced)
		return false;
	order_store_before_load();
	bool wanted = device_wants_news(q);
	q->announced = q->posted;
	if (wanted)
		mmio_write16(q->config.doorbell, q->config.doorbell_value);
	return wanted;
}

bool virtq_arm(struct virtq *q)
{
	if (q->dead || q->collected != q->published)
		return false;
	if (q->config.event_idx)
		shared_store16(q->ring, used_event_at(q->config.size),
			       q->collected);
	else
		shared_store16(q->ring,
			       available_at(q->config.size) + VIRTQ_AVAIL_FLAGS,
			       0);
	q->armed = true;
	// A slot used just before the device saw this raises no interrupt.
	order_store_before_load();
	return load_used_index(q) == q->collected;
}

static size_t buffer_at(const struct virtq *q, uint16_t slot, size_t offset,
			size_t count)
{
	CHECK(slot < q->config.size && offset <= q->config.buffer_bytes &&
	      count <= q->config.buffer_bytes - offset);
	return (size_t)slot * q->config.buffer_bytes + offset;
}

void virtq_read(const struct virtq *q, uint16_t slot, size_t offset, void *out,
		size_t count)
{
	shared_read(q->buffers, buffer_at(q, slot, offset, count), out, count);
}

void virtq_write(const struct virtq *q, uint16_t slot, size_t offset,
		 const void *bytes, size_t count)
{
	shared_write(q->buffers, buffer_at(q, slot, offset, count), bytes,
		     count);
}
