// SPDX-License-Identifier: Apache-2.0
// The one network card: a modern virtio-net behind PCI.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "kernel/boot_info.h"

#define NIC_MAC_BYTES 6
#define NIC_FRAME_LIMIT 1514 // bytes of Ethernet frame, no FCS

struct nic_frame {
	size_t length;          // bytes
	bool checksum_is_valid; // the device vouches for TCP/UDP checksums
};

// A transmit frame in pieces, to spare the caller a copy.
struct nic_piece {
	const void *at;
	size_t length;
};

// Where the device shall finish a checksum (virtio 1.2, 5.1.6.2); only if
// nic_offloads_checksum().
struct nic_checksum {
	bool wanted;
	uint16_t start;  // byte of the frame where summing starts
	uint16_t offset; // from start, where the sum is stored
};

// Finds the card, assigns its BARs clear of all RAM in `info`, negotiates,
// fills the receive ring. Every other device on the bus loses decoding and bus
// mastering. Call after shared_pool_init(), entropy_init() and wait_init().
// ERR_NOT_FOUND without a card; ERR_UNSUPPORTED when it is no modern one with
// MSI-X; ERR_DEVICE, ERR_NO_MEMORY.
enum err nic_init(const struct boot_info *info);
// What nic_init() takes from the shared pool at most.
size_t nic_shared_bytes(void);
void nic_mac(uint8_t out[NIC_MAC_BYTES]);
bool nic_offloads_checksum(void);
bool nic_link_is_up(void);

// Copies the next received frame, once, into private memory. ERR_AGAIN when
// there is none; ERR_DEVICE after a broken contract: the card is then dead,
// and every later call says so too.
enum err nic_receive(void *out, size_t capacity, struct nic_frame *frame);
// Copies one frame into a transmit buffer and queues it. ERR_AGAIN when the
// ring is full, ERR_TOO_BIG, ERR_DEVICE.
enum err nic_send(const struct nic_piece *pieces, size_t count,
		  struct nic_checksum checksum);
// Tells the device about all that was queued or refilled since the last call,
// in one notification each where it asks for one. Call once per loop turn.
enum err nic_flush(void);
// Asks for an interrupt at the next received frame. false: one has come
// meanwhile, so don't sleep.
bool nic_arm_interrupt(void);

struct nic_figures {
	uint64_t received_frames, received_bytes;
	uint64_t sent_frames, sent_bytes;
	uint64_t dropped_frames; // refused by nic_receive's judgement
	uint64_t ring_full;      // sends answered with ERR_AGAIN
	uint64_t notifications, interrupts_armed;
};
struct nic_figures nic_figures(void);
