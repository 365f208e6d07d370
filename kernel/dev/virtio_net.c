// SPDX-License-Identifier: Apache-2.0
// The network card: virtio-net (virtio 1.2, 5.1) with one queue each way. The
// device is the host's; a frame and its header are copied out of shared memory
// once, then judged.
#include "kernel/dev/nic.h"

#include <string.h>

#include "abi/virtio.h"
#include "base/bytes.h"
#include "base/check.h"
#include "base/num.h"
#include "kernel/dev/pci.h"
#include "kernel/dev/virtio_pci.h"
#include "kernel/dev/virtq.h"
#include "kernel/entropy/entropy.h"

#define HEADER_BYTES sizeof(struct virtio_net_hdr)
#define HEADER(field) offsetof(struct virtio_net_hdr, field)
// The longest frame with its header fits, and buffers stay aligned.
#define BUFFER_BYTES 1536
#define ETHERNET_HEADER_BYTES 14

_Static_assert(HEADER_BYTES + NIC_FRAME_LIMIT <= BUFFER_BYTES, "buffer");

// No segmentation offload, no control queue, no merged buffers: a frame always
// fits one buffer.
#define WANTED                                                               \
	(VIRTIO_F_ACCESS_PLATFORM | VIRTIO_F_EVENT_IDX | VIRTIO_NET_F_CSUM | \
	 VIRTIO_NET_F_GUEST_CSUM | VIRTIO_NET_F_MAC | VIRTIO_NET_F_STATUS)

static struct {
	struct virtio_pci transport;
	struct virtq receive;
	struct virtq transmit;
	uint8_t mac[NIC_MAC_BYTES];
	bool is_live;
	bool was_refused; // a send found the ring full since the last arming
	struct nic_figures figures;
} nic;

static bool has_feature(uint64_t feature)
{
	return nic.transport.features & feature;
}

static enum err die(void)
{
	if (nic.is_live)
		virtio_pci_fail(&nic.transport);
	nic.is_live = false;
	return ERR_DEVICE;
}

static bool is_usable_mac(const uint8_t mac[NIC_MAC_BYTES])
{
	static const uint8_t zero[NIC_MAC_BYTES];
	bool is_group = mac[0] & 1;

	return !is_group && memcmp(mac, zero, NIC_MAC_BYTES) != 0;
}

static enum err choose_mac(void)
{
	if (has_feature(VIRTIO_NET_F_MAC)) {
		TRY(virtio_pci_config_bytes(&nic.transport,
					    VIRTIO_NET_CONFIG_MAC, nic.mac,
					    NIC_MAC_BYTES));
		if (is_usable_mac(nic.mac))
			return OK;
	}
	TRY(entropy_get(nic.mac, NIC_MAC_BYTES));
	// Locally administered, individual (IEEE 802, 8.2).
	nic.mac[0] = (uint8_t)((nic.mac[0] & 0xfc) | 2);
	return OK;
}

static enum err make_queue(struct virtq *q, uint16_t index,
			   enum virtq_direction direction)
{
	struct virtq_config config = {
		.buffer_bytes = BUFFER_BYTES,
		.direction = direction,
		.event_idx = has_feature(VIRTIO_F_EVENT_IDX),
		.doorbell_value = index,
	};
	bool interrupts = direction == VIRTQ_FROM_DEVICE;

	TRY(virtio_pci_queue_size(&nic.transport, index, VIRTQ_LIMIT,
				  &config.size));
	TRY(virtio_pci_doorbell(&nic.transport, index, &config.doorbell));
	TRY(virtq_init(q, &config));
	return virtio_pci_queue_enable(&nic.transport, index, q, interrupts);
}

static enum err start_device(void)
{
	TRY(choose_mac());
	TRY(make_queue(&nic.receive, VIRTIO_NET_QUEUE_RECEIVE,
		       VIRTQ_FROM_DEVICE));
	TRY(make_queue(&nic.transmit, VIRTIO_NET_QUEUE_TRANSMIT,
		       VIRTQ_TO_DEVICE));
	return virtio_pci_go(&nic.transport);
}

static void fill_receive_ring(void)
{
	uint16_t slot;

	while (virtq_claim(&nic.receive, &slot) == OK)
		virtq_post(&nic.receive, slot, BUFFER_BYTES);
}

enum err nic_init(const struct boot_info *info)
{
	static const uint16_t devices[] = {
		VIRTIO_PCI_DEVICE_NET,
		VIRTIO_PCI_DEVICE_NET_TRANSITIONAL,
	};

	memset(&nic, 0, sizeof(nic));
	pci_silence_bus();
	TRY(pci_find(VIRTIO_PCI_VENDOR, devices, ARRAY_COUNT(devices),
		     &nic.transport.function));
	TRY(virtio_pci_start(&nic.transport, info, WANTED));
	enum err e = start_device();
	if (e != OK) {
		virtio_pci_fail(&nic.transport);
		return e;
	}
	nic.is_live = true;
	fill_receive_ring();
	return nic_flush();
}

size_t nic_shared_bytes(void)
{
	return 2 * virtq_shared_bytes(VIRTQ_LIMIT, BUFFER_BYTES);
}

void nic_mac(uint8_t out[NIC_MAC_BYTES])
{
	memcpy(out, nic.mac, NIC_MAC_BYTES);
}

bool nic_offloads_checksum(void)
{
	return has_feature(VIRTIO_NET_F_CSUM);
}

bool nic_link_is_up(void)
{
	uint16_t status;

	if (!nic.is_live)
		return false;
	if (!has_feature(VIRTIO_NET_F_STATUS))
		return true;
	if (virtio_pci_config16(&nic.transport, VIRTIO_NET_CONFIG_STATUS,
				&status) != OK)
		return false;
	return status & VIRTIO_NET_S_LINK_UP;
}

// Copies the frame in `slot` out, unless its length or header are none that
// was agreed on.
static enum err take_frame(uint16_t slot, size_t written, void *out,
			   size_t capacity, struct nic_frame *frame)
{
	uint8_t header[HEADER_BYTES];

	if (written < HEADER_BYTES + ETHERNET_HEADER_BYTES)
		return ERR_BAD_INPUT;
	size_t length = written - HEADER_BYTES;
	if (length > NIC_FRAME_LIMIT || length > capacity)
		return ERR_TOO_BIG;
	virtq_read(&nic.receive, slot, 0, header, HEADER_BYTES);
	// Neither merging nor segmentation was agreed on. The count should be 1
	// (5.1.6.4.1), but QEMU 7.2 leaves it unwritten, which is 0.
	if (load_le16(header + HEADER(buffer_count)) > 1 ||
	    header[HEADER(gso_type)] != VIRTIO_NET_HDR_GSO_NONE)
		return ERR_BAD_INPUT;
	virtq_read(&nic.receive, slot, HEADER_BYTES, out, length);
	// NEEDS_CSUM: from the same host, never on a wire, sum left undone.
	uint8_t vouched = VIRTIO_NET_HDR_F_NEEDS_CSUM |
			  VIRTIO_NET_HDR_F_DATA_VALID;
	frame->length = length;
	frame->checksum_is_valid = has_feature(VIRTIO_NET_F_GUEST_CSUM) &&
				   header[HEADER(flags)] & vouched;
	return OK;
}

enum err nic_receive(void *out, size_t capacity, struct nic_frame *frame)
{
	uint16_t slot;
	uint16_t written;

	if (!nic.is_live)
		return ERR_DEVICE;
	// Bad frames are passed over, but not without end.
	for (unsigned int i = 0; i < VIRTQ_LIMIT; i++) {
		enum err e = virtq_collect(&nic.receive, &slot, &written);
		if (e == ERR_DEVICE)
			return die();
		TRY(e);
		e = take_frame(slot, written, out, capacity, frame);
		virtq_post(&nic.receive, slot, BUFFER_BYTES);
		if (e == OK) {
			nic.figures.received_frames++;
			nic.figures.received_bytes += frame->length;
			return OK;
		}
		nic.figures.dropped_frames++;
	}
	return ERR_AGAIN;
}

// Takes back every transmit buffer that the device is done with.
static enum err reclaim(void)
{
	uint16_t slot;
	uint16_t written;

	for (;;) {
		enum err e = virtq_collect(&nic.transmit, &slot, &written);
		if (e == ERR_AGAIN)
			return OK;
		if (e != OK)
			return die();
		virtq_release(&nic.transmit, slot);
	}
}

static enum err frame_length(const struct nic_piece *pieces, size_t count,
			     size_t *out)
{
	size_t length = 0;

	for (size_t i = 0; i < count; i++) {
		if (pieces[i].length > NIC_FRAME_LIMIT - length)
			return ERR_TOO_BIG;
		length += pieces[i].length;
	}
	*out = length;
	return OK;
}

static void write_header(uint16_t slot, struct nic_checksum checksum)
{
	uint8_t header[HEADER_BYTES] = { 0 };

	if (checksum.wanted) {
		header[HEADER(flags)] = VIRTIO_NET_HDR_F_NEEDS_CSUM;
		store_le16(header + HEADER(csum_start), checksum.start);
		store_le16(header + HEADER(csum_offset), checksum.offset);
	}
	virtq_write(&nic.transmit, slot, 0, header, HEADER_BYTES);
}

static enum err claim_transmit(uint16_t *slot)
{
	if (nic.transmit.free_count == 0)
		TRY(reclaim());
	enum err e = virtq_claim(&nic.transmit, slot);
	if (e == ERR_AGAIN) {
		nic.was_refused = true;
		nic.figures.ring_full++;
	}
	return e;
}

enum err nic_send(const struct nic_piece *pieces, size_t count,
		  struct nic_checksum checksum)
{
	size_t length;
	uint16_t slot;

	if (!nic.is_live)
		return ERR_DEVICE;
	CHECK(!checksum.wanted || nic_offloads_checksum());
	TRY(frame_length(pieces, count, &length));
	TRY(claim_transmit(&slot));
	write_header(slot, checksum);
	size_t at = HEADER_BYTES;
	for (size_t i = 0; i < count; i++) {
		virtq_write(&nic.transmit, slot, at, pieces[i].at,
			    pieces[i].length);
		at += pieces[i].length;
	}
	virtq_post(&nic.transmit, slot, (uint16_t)at);
	nic.figures.sent_frames++;
	nic.figures.sent_bytes += length;
	return OK;
}

enum err nic_flush(void)
{
	if (!nic.is_live)
		return ERR_DEVICE;
	nic.figures.notifications += virtq_announce(&nic.transmit);
	nic.figures.notifications += virtq_announce(&nic.receive);
	return OK;
}

bool nic_arm_interrupt(void)
{
	if (!nic.is_live)
		return false;
	// Completions raise no interrupt: look once more for whom was refused.
	if (nic.was_refused) {
		nic.was_refused = false;
		if (reclaim() != OK || nic.transmit.free_count > 0)
			return false;
	}
	nic.figures.interrupts_armed++;
	return virtq_arm(&nic.receive);
}

struct nic_figures nic_figures(void)
{
	return nic.figures;
}
