// SPDX-License-Identifier: Apache-2.0
// One split virtqueue (virtio 1.2, 2.7) with its buffers, all in shared memory.
// Descriptor `slot` always stands for buffer `slot`; what was offered with it
// is kept here, in private memory. Descriptors and the available ring are only
// ever written, so nothing the host scribbles there is believed. What the device
// answers (index, slot, length) is read once and held against what is kept; a
// lie kills the queue for good.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "kernel/mem/shared_pool.h"

#define VIRTQ_LIMIT 256 // slots at most

enum virtq_direction {
	VIRTQ_TO_DEVICE,
	VIRTQ_FROM_DEVICE,
};

struct virtq_config {
	uint16_t size; // slots: a power of two up to VIRTQ_LIMIT
	uint16_t buffer_bytes;
	enum virtq_direction direction;
	bool event_idx;          // VIRTIO_F_EVENT_IDX was negotiated
	volatile void *doorbell; // the device's notification register
	uint16_t doorbell_value;
};

// What the device was told of a slot.
struct virtq_offer {
	bool in_flight;
	uint16_t writable; // bytes that the device may write
};

struct virtq {
	struct virtq_config config;
	struct shared ring;
	struct shared buffers;
	uint16_t posted;    // index of the next available entry
	uint16_t announced; // `posted` when the device was last told
	uint16_t collected; // index of the next used entry
	uint16_t published; // the device's used index, as judged last
	uint16_t in_flight; // slots that the device holds
	uint16_t free_count;
	bool armed;
	bool dead;
	uint16_t free_slots[VIRTQ_LIMIT];
	struct virtq_offer offers[VIRTQ_LIMIT];
};

struct virtq_addresses {
	struct phys descriptors;
	struct phys available;
	struct phys used;
};

// Takes rings and buffers from the shared pool; all slots are free, interrupts
// unasked. ERR_NO_MEMORY.
enum err virtq_init(struct virtq *q, const struct virtq_config *config);
struct virtq_addresses virtq_addresses(const struct virtq *q);
// What virtq_init() takes from the shared pool at most.
size_t virtq_shared_bytes(uint16_t size, uint16_t buffer_bytes);

// Takes a free slot to fill. ERR_AGAIN when there is none.
enum err virtq_claim(struct virtq *q, uint16_t *slot);
// Gives a slot that the caller holds back to the free ones.
void virtq_release(struct virtq *q, uint16_t slot);
// Hands a slot that the caller holds to the device, with `bytes` of its buffer.
void virtq_post(struct virtq *q, uint16_t slot, uint16_t bytes);
// Takes back the next slot that the device is done with; the caller holds it.
// *written is how many bytes the device put there. ERR_AGAIN when there is
// none, ERR_DEVICE when the queue is dead.
enum err virtq_collect(struct virtq *q, uint16_t *slot, uint16_t *written);

// Tells the device of what was posted, if it wants to know. true: it was told.
bool virtq_announce(struct virtq *q);
// Asks for one interrupt at the next used slot. false: there is one already.
bool virtq_arm(struct virtq *q);

// A slot's buffer.
void virtq_read(const struct virtq *q, uint16_t slot, size_t offset, void *out,
		size_t count);
void virtq_write(const struct virtq *q, uint16_t slot, size_t offset,
		 const void *bytes, size_t count);
