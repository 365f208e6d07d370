// SPDX-License-Identifier: Apache-2.0
// Virtual I/O Device (VIRTIO) Version 1.2: what this project uses of it, with
// its names. Every value is little-endian. Structures give offsets only: they
// describe device registers and shared memory, which nobody dereferences.
#pragma once

#include <stddef.h>
#include <stdint.h>

// Device status (2.1).
#define VIRTIO_STATUS_ACKNOWLEDGE 1
#define VIRTIO_STATUS_DRIVER 2
#define VIRTIO_STATUS_DRIVER_OK 4
#define VIRTIO_STATUS_FEATURES_OK 8
#define VIRTIO_STATUS_DEVICE_NEEDS_RESET 64
#define VIRTIO_STATUS_FAILED 128

// Reserved feature bits (6).
#define VIRTIO_F_EVENT_IDX (1ull << 29)
#define VIRTIO_F_VERSION_1 (1ull << 32)
#define VIRTIO_F_ACCESS_PLATFORM (1ull << 33)

// PCI device discovery (4.1.2).
#define VIRTIO_PCI_VENDOR 0x1af4
#define VIRTIO_PCI_DEVICE_NET 0x1041
#define VIRTIO_PCI_DEVICE_NET_TRANSITIONAL 0x1000

// Vendor-specific capabilities (4.1.4).
#define VIRTIO_PCI_CAP_LENGTH 2
#define VIRTIO_PCI_CAP_TYPE 3
#define VIRTIO_PCI_CAP_BAR 4
#define VIRTIO_PCI_CAP_OFFSET 8
#define VIRTIO_PCI_CAP_BYTES 12
#define VIRTIO_PCI_CAP_SIZE 16
#define VIRTIO_PCI_CAP_NOTIFY_MULTIPLIER 16
#define VIRTIO_PCI_CAP_NOTIFY_SIZE 20

#define VIRTIO_PCI_CAP_COMMON_CFG 1
#define VIRTIO_PCI_CAP_NOTIFY_CFG 2
#define VIRTIO_PCI_CAP_DEVICE_CFG 4

#define VIRTIO_MSI_NO_VECTOR 0xffff

// Common configuration structure layout (4.1.4.3).
struct virtio_pci_common_cfg {
	uint32_t device_feature_select;
	uint32_t device_feature;
	uint32_t driver_feature_select;
	uint32_t driver_feature;
	uint16_t config_msix_vector;
	uint16_t queue_count; // num_queues
	uint8_t device_status;
	uint8_t config_generation;
	uint16_t queue_select;
	uint16_t queue_size;
	uint16_t queue_msix_vector;
	uint16_t queue_enable;
	uint16_t queue_notify_off;
	uint32_t queue_desc[2];   // low, high
	uint32_t queue_driver[2]; // the available ring
	uint32_t queue_device[2]; // the used ring
};
_Static_assert(sizeof(struct virtio_pci_common_cfg) == 56, "common cfg");
_Static_assert(offsetof(struct virtio_pci_common_cfg, device_status) == 20,
	       "device_status");
_Static_assert(offsetof(struct virtio_pci_common_cfg, queue_desc) == 32,
	       "queue_desc");

// Split virtqueue (2.7).
#define VIRTQ_SIZE_MAX 32768u

#define VIRTQ_DESC_F_WRITE 2

struct virtq_desc {
	uint64_t addr;
	uint32_t len;
	uint16_t flags;
	uint16_t next;
};
_Static_assert(sizeof(struct virtq_desc) == 16, "descriptor");

#define VIRTQ_AVAIL_F_NO_INTERRUPT 1
#define VIRTQ_AVAIL_FLAGS 0
#define VIRTQ_AVAIL_IDX 2
#define VIRTQ_AVAIL_RING 4 // 16 bits each; used_event follows the last one

#define VIRTQ_USED_F_NO_NOTIFY 1
#define VIRTQ_USED_FLAGS 0
#define VIRTQ_USED_IDX 2
#define VIRTQ_USED_RING 4 // avail_event follows the last element

struct virtq_used_elem {
	uint32_t id;
	uint32_t len;
};
_Static_assert(sizeof(struct virtq_used_elem) == 8, "used element");

// Network device (5.1).
#define VIRTIO_NET_QUEUE_RECEIVE 0
#define VIRTIO_NET_QUEUE_TRANSMIT 1

#define VIRTIO_NET_F_CSUM (1ull << 0)
#define VIRTIO_NET_F_GUEST_CSUM (1ull << 1)
#define VIRTIO_NET_F_MAC (1ull << 5)
#define VIRTIO_NET_F_STATUS (1ull << 16)

#define VIRTIO_NET_CONFIG_MAC 0
#define VIRTIO_NET_CONFIG_STATUS 6
#define VIRTIO_NET_S_LINK_UP 1

#define VIRTIO_NET_HDR_F_NEEDS_CSUM 1
#define VIRTIO_NET_HDR_F_DATA_VALID 2
#define VIRTIO_NET_HDR_GSO_NONE 0

// The header before each frame (5.1.6).
struct virtio_net_hdr {
	uint8_t flags;
	uint8_t gso_type;
	uint16_t hdr_len;
	uint16_t gso_size;
	uint16_t csum_start;
	uint16_t csum_offset;
	uint16_t buffer_count; // num_buffers
};
_Static_assert(sizeof(struct virtio_net_hdr) == 12, "virtio_net_hdr");
