// SPDX-License-Identifier: Apache-2.0
// A modern virtio device behind PCI (virtio 1.2, 4.1): found, reset, features
// settled, queues switched on. One device of one kind.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "kernel/boot_info.h"
#include "kernel/dev/pci.h"
#include "kernel/dev/virtq.h"

struct virtio_pci {
	struct pci_function function;
	volatile uint8_t *common;        // struct virtio_pci_common_cfg
	volatile uint8_t *device_config; // NULL where the device has none
	uint32_t device_config_bytes;
	uint8_t notify_bar;
	uint32_t notify_offset; // within the BAR
	uint32_t notify_bytes;
	uint32_t notify_multiplier;
	uint64_t features; // settled ones
};

// Takes a function that pci_find() found: assigns its BARs, finds its register
// structures, resets it, settles on the `wanted` features that it offers
// (VIRTIO_F_VERSION_1 is always among them, and under SEV-SNP
// VIRTIO_F_ACCESS_PLATFORM) and enables MSI-X: steps 1 to 6 of
// virtio 1.2, 3.1.1. ERR_UNSUPPORTED for a device that is not modern or has no
// MSI-X, ERR_DEVICE, ERR_NO_MEMORY.
enum err virtio_pci_start(struct virtio_pci *v, const struct boot_info *info,
			  uint64_t wanted);
// How many entries queue `index` may have, at most `limit`: a power of two.
// ERR_DEVICE when there is no such queue or its size is none.
enum err virtio_pci_queue_size(const struct virtio_pci *v, uint16_t index,
			       uint16_t limit, uint16_t *size);
// Maps the queue's notification register.
enum err virtio_pci_doorbell(const struct virtio_pci *v, uint16_t index,
			     volatile void **out);
// Tells the device where the queue is and switches it on; with `interrupts`
// it may send vector 0. ERR_DEVICE.
enum err virtio_pci_queue_enable(const struct virtio_pci *v, uint16_t index,
				 const struct virtq *q, bool interrupts);
// The last step: the device is live.
enum err virtio_pci_go(const struct virtio_pci *v);
// Gives the device up. It may ignore that; what it can reach is shared memory.
void virtio_pci_fail(const struct virtio_pci *v);

// Copies byte fields of the device's own configuration, all of one generation.
// At most 16. ERR_DEVICE when it is shorter or never holds still.
enum err virtio_pci_config_bytes(const struct virtio_pci *v, size_t offset,
				 uint8_t *out, size_t count);
// One 16-bit field, which is read at once (4.1.3.1). ERR_DEVICE as above.
enum err virtio_pci_config16(const struct virtio_pci *v, size_t offset,
			     uint16_t *out);
