// SPDX-License-Identifier: Apache-2.0
// A virtio network device on the fake bus, with registers and queues. It stands
// in for kernel/dev/mmio.c, address_space_map_device() and wait_msi_message(),
// and it can be told to lie.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/virtio.h"
#include "tests/fake/pci_bus.h"

#define FAKE_MSI_ADDRESS 0xfee00000u
#define FAKE_MSI_DATA 0x41u
#define FAKE_VIRTIO_QUEUES 2

// Where the capabilities lie in configuration space, for tests that bend them.
#define FAKE_CAP_MSIX 0x40
#define FAKE_CAP_COMMON 0x50
#define FAKE_CAP_NOTIFY 0x60
#define FAKE_CAP_DEVICE 0x74

struct fake_queue {
	uint16_t size; // the most offered, then what the driver chose
	uint16_t vector;
	uint16_t enable;
	uint16_t notify_off;
	uint32_t addresses[6]; // descriptors, driver area, device area
	uint16_t taken;        // available entries taken so far
	uint16_t used;         // index last published
	unsigned int rings;    // of the doorbell
};

struct fake_virtio {
	struct fake_function *function;
	struct virtio_pci_common_cfg common;
	uint64_t offered;
	uint64_t accepted;
	struct fake_queue queues[FAKE_VIRTIO_QUEUES];
	uint8_t config[8];
	uint8_t msix[4096];
	bool keeps_status; // a reset never finishes
	bool refuses_features;
	bool refuses_vectors;
	bool is_restless;   // the configuration changes at each look
	bool wants_reset;   // once it is live
	unsigned int noise; // register reads in 256 answered with noise
};

extern struct fake_virtio fake_virtio;

// Puts a well-behaved device on the bus: two queues of `size`.
void fake_virtio_add(uint16_t id, uint64_t offered, uint16_t size);
// Writes a frame, header first, into the next receive buffer; false: none.
bool fake_virtio_deliver(const void *bytes, size_t count);
// Takes what was sent; 0 when there is nothing.
size_t fake_virtio_take_sent(void *out, size_t capacity);
// Publishes a used entry, whatever it says.
void fake_virtio_push_used(unsigned int queue, uint32_t id, uint32_t length);
// The used ring's index field, and the event field behind the available ring.
uint8_t *fake_virtio_used_index(unsigned int queue);
uint8_t *fake_virtio_avail_event(unsigned int queue);
uint16_t fake_virtio_used_event(unsigned int queue);
// Overwrites a random place of a queue's rings.
void fake_virtio_scribble(unsigned int queue);
