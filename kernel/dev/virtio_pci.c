// SPDX-License-Identifier: Apache-2.0
// The virtio PCI transport. Every register holds the host's word: lengths,
// offsets and sizes are judged, waits are bounded.
#include "kernel/dev/virtio_pci.h"

#include <string.h>

#include "abi/layout.h"
#include "abi/virtio.h"
#include "base/check.h"
#include "base/num.h"
#include "kernel/dev/mmio.h"
#include "kernel/dev/msix.h"
#include "kernel/snp/snp.h"

// Reads until a reset must be done; QEMU resets within the write.
#define RESET_READS 100000u
// Tries to read a configuration that keeps changing.
#define GENERATION_TRIES 8u

#define COMMON(field) offsetof(struct virtio_pci_common_cfg, field)

struct place {
	bool found;
	uint8_t bar;
	uint32_t offset;
	uint32_t bytes;
	uint32_t multiplier; // of the notification structure
};

struct places {
	struct place common, notify, device;
};

static uint8_t status_of(const struct virtio_pci *v)
{
	return mmio_read8(v->common + COMMON(device_status));
}

static void status_add(const struct virtio_pci *v, uint8_t bit)
{
	mmio_write8(v->common + COMMON(device_status),
		    (uint8_t)(status_of(v) | bit));
}

static struct place *place_of_type(struct places *places, uint8_t type)
{
	switch (type) {
	case VIRTIO_PCI_CAP_COMMON_CFG:
		return &places->common;
	case VIRTIO_PCI_CAP_NOTIFY_CFG:
		return &places->notify;
	case VIRTIO_PCI_CAP_DEVICE_CFG:
		return &places->device;
	default:
		return NULL;
	}
}

// Notes a vendor capability's place. Reserved BARs and unknown types are
// ignored and of several the first counts (4.1.4.1).
static enum err note_capability(const struct pci_function *f, unsigned int at,
				struct places *places)
{
	if (at > PCI_CONFIG_BYTES - VIRTIO_PCI_CAP_SIZE)
		return ERR_DEVICE;
	uint8_t type = pci_read8(f, at + VIRTIO_PCI_CAP_TYPE);
	uint8_t length = pci_read8(f, at + VIRTIO_PCI_CAP_LENGTH);
	struct place *place = place_of_type(places, type);
	bool is_notify = type == VIRTIO_PCI_CAP_NOTIFY_CFG;
	unsigned int least = is_notify ? VIRTIO_PCI_CAP_NOTIFY_SIZE
				       : VIRTIO_PCI_CAP_SIZE;
	uint8_t bar = pci_read8(f, at + VIRTIO_PCI_CAP_BAR);

	if (!place || place->found || bar >= PCI_BAR_COUNT)
		return OK;
	if (length < least || at > PCI_CONFIG_BYTES - least)
		return ERR_DEVICE;
	*place = (struct place){
		.found = true,
		.bar = bar,
		.offset = pci_read32(f, at + VIRTIO_PCI_CAP_OFFSET),
		.bytes = pci_read32(f, at + VIRTIO_PCI_CAP_BYTES),
	};
	if (is_notify)
		place->multiplier =
			pci_read32(f, at + VIRTIO_PCI_CAP_NOTIFY_MULTIPLIER);
	return OK;
}

static enum err find_places(const struct pci_function *f, struct places *out)
{
	struct pci_walk walk = { 0 };
	struct places places = { 0 };

	for (;;) {
		enum err e = pci_walk_next(f, &walk);
		if (e == ERR_NOT_FOUND)
			break;
		TRY(e);
		if (walk.id == PCI_CAPABILITY_ID_VENDOR)
			TRY(note_capability(f, walk.offset, &places));
	}
	if (!places.common.found || !places.notify.found)
		return ERR_UNSUPPORTED;
	*out = places;
	return OK;
}

static enum err map_common(struct virtio_pci *v, const struct place *place)
{
	volatile void *registers;

	if (place->bytes < sizeof(struct virtio_pci_common_cfg) ||
	    place->offset % 4)
		return ERR_DEVICE;
	TRY(pci_map(&v->function, place->bar, place->offset,
		    sizeof(struct virtio_pci_common_cfg), &registers));
	v->common = registers;
	return OK;
}

static enum err map_device_config(struct virtio_pci *v,
				  const struct place *place)
{
	volatile void *registers;

	if (!place->found || place->bytes == 0)
		return OK;
	if (place->offset % 4)
		return ERR_DEVICE;
	// A page is more than any device of ours has.
	uint32_t bytes = (uint32_t)min_u64(place->bytes, PAGE_SIZE);
	TRY(pci_map(&v->function, place->bar, place->offset, bytes,
		    &registers));
	v->device_config = registers;
	v->device_config_bytes = bytes;
	return OK;
}

static enum err find_registers(struct virtio_pci *v)
{
	struct places places;

	TRY(find_places(&v->function, &places));
	TRY(map_common(v, &places.common));
	TRY(map_device_config(v, &places.device));
	// Each doorbell lies on an even offset, or all on one (4.1.4.4.1).
	if (places.notify.multiplier % 2 || places.notify.offset % 2)
		return ERR_DEVICE;
	v->notify_bar = places.notify.bar;
	v->notify_offset = places.notify.offset;
	v->notify_bytes = places.notify.bytes;
	v->notify_multiplier = places.notify.multiplier;
	return OK;
}

// 4.1.4.3.2: after writing 0, wait until it reads back.
static enum err reset(const struct virtio_pci *v)
{
	mmio_write8(v->common + COMMON(device_status), 0);
	for (unsigned int i = 0; i < RESET_READS; i++) {
		if (status_of(v) == 0)
			return OK;
	}
	return ERR_DEVICE;
}

static uint64_t offered_features(const struct virtio_pci *v)
{
	mmio_write32(v->common + COMMON(device_feature_select), 0);
	uint64_t low = mmio_read32(v->common + COMMON(device_feature));
	mmio_write32(v->common + COMMON(device_feature_select), 1);
	uint64_t high = mmio_read32(v->common + COMMON(device_feature));
	return low | high << 32;
}

static void accept_features(const struct virtio_pci *v, uint64_t features)
{
	mmio_write32(v->common + COMMON(driver_feature_select), 0);
	mmio_write32(v->common + COMMON(driver_feature), (uint32_t)features);
	mmio_write32(v->common + COMMON(driver_feature_select), 1);
	mmio_write32(v->common + COMMON(driver_feature),
		     (uint32_t)(features >> 32));
}

// What a device must offer. One that doesn't know of the platform's limits to
// its accesses would reach for the guest's private memory (6.1).
static uint64_t needed_features(void)
{
	return snp_is_on() ? VIRTIO_F_VERSION_1 | VIRTIO_F_ACCESS_PLATFORM
			   : VIRTIO_F_VERSION_1;
}

// Steps 4 to 6 of 3.1.1.
static enum err settle_features(struct virtio_pci *v, uint64_t wanted)
{
	uint64_t needed = needed_features();
	uint64_t features = offered_features(v) & (wanted | needed);

	if ((features & needed) != needed)
		return ERR_UNSUPPORTED;
	accept_features(v, features);
	status_add(v, VIRTIO_STATUS_FEATURES_OK);
	if (!(status_of(v) & VIRTIO_STATUS_FEATURES_OK))
		return ERR_UNSUPPORTED;
	v->features = features;
	return OK;
}

enum err virtio_pci_start(struct virtio_pci *v, const struct boot_info *info,
			  uint64_t wanted)
{
	TRY(pci_assign_bars(&v->function, info));
	TRY(find_registers(v));
	TRY(reset(v));
	status_add(v, VIRTIO_STATUS_ACKNOWLEDGE);
	status_add(v, VIRTIO_STATUS_DRIVER);
	enum err e = settle_features(v, wanted);
	if (e == OK)
		e = msix_enable(&v->function);
	if (e != OK)
		virtio_pci_fail(v);
	return e;
}

static void queue_select(const struct virtio_pci *v, uint16_t index)
{
	mmio_write16(v->common + COMMON(queue_select), index);
}

enum err virtio_pci_queue_size(const struct virtio_pci *v, uint16_t index,
			       uint16_t limit, uint16_t *size)
{
	queue_select(v, index);
	uint16_t most = mmio_read16(v->common + COMMON(queue_size));
	if (most == 0 || most > VIRTQ_SIZE_MAX || most & (most - 1))
		return ERR_DEVICE;
	if (mmio_read16(v->common + COMMON(queue_enable)) != 0)
		return ERR_DEVICE;
	*size = (uint16_t)min_size(most, limit);
	return OK;
}

enum err virtio_pci_doorbell(const struct virtio_pci *v, uint16_t index,
			     volatile void **out)
{
	queue_select(v, index);
	uint64_t offset =
		(uint64_t)mmio_read16(v->common + COMMON(queue_notify_off)) *
		v->notify_multiplier;
	// 4.1.4.4: the structure must hold the register.
	if (offset + sizeof(uint16_t) > v->notify_bytes)
		return ERR_DEVICE;
	return pci_map(&v->function, v->notify_bar, v->notify_offset + offset,
		       sizeof(uint16_t), out);
}

static void write_address(const struct virtio_pci *v, size_t offset,
			  struct phys address)
{
	mmio_write32(v->common + offset, (uint32_t)address.value);
	mmio_write32(v->common + offset + 4, (uint32_t)(address.value >> 32));
}

enum err virtio_pci_queue_enable(const struct virtio_pci *v, uint16_t index,
				 const struct virtq *q, bool interrupts)
{
	uint16_t vector = interrupts ? MSIX_VECTOR : VIRTIO_MSI_NO_VECTOR;
	struct virtq_addresses at = virtq_addresses(q);

	queue_select(v, index);
	mmio_write16(v->common + COMMON(queue_size), q->config.size);
	mmio_write16(v->common + COMMON(queue_msix_vector), vector);
	// A device without room for the vector says so here (4.1.5.1.2.2).
	if (mmio_read16(v->common + COMMON(queue_msix_vector)) != vector)
		return ERR_DEVICE;
	write_address(v, COMMON(queue_desc), at.descriptors);
	write_address(v, COMMON(queue_driver), at.available);
	write_address(v, COMMON(queue_device), at.used);
	mmio_write16(v->common + COMMON(queue_enable), 1);
	return OK;
}

enum err virtio_pci_go(const struct virtio_pci *v)
{
	mmio_write16(v->common + COMMON(config_msix_vector),
		     VIRTIO_MSI_NO_VECTOR);
	status_add(v, VIRTIO_STATUS_DRIVER_OK);
	return status_of(v) & VIRTIO_STATUS_DEVICE_NEEDS_RESET ? ERR_DEVICE
							       : OK;
}

void virtio_pci_fail(const struct virtio_pci *v)
{
	mmio_write8(v->common + COMMON(device_status), 0);
	mmio_write8(v->common + COMMON(device_status), VIRTIO_STATUS_FAILED);
}

static bool config_has(const struct virtio_pci *v, size_t offset, size_t count)
{
	return offset <= v->device_config_bytes &&
	       count <= v->device_config_bytes - offset;
}

enum err virtio_pci_config_bytes(const struct virtio_pci *v, size_t offset,
				 uint8_t *out, size_t count)
{
	uint8_t bytes[16];
	const volatile uint8_t *generation =
		v->common + COMMON(config_generation);

	CHECK(count <= sizeof(bytes));
	if (!config_has(v, offset, count))
		return ERR_DEVICE;
	for (unsigned int i = 0; i < GENERATION_TRIES; i++) {
		uint8_t before = mmio_read8(generation);
		for (size_t k = 0; k < count; k++)
			bytes[k] = mmio_read8(v->device_config + offset + k);
		if (mmio_read8(generation) == before) {
			memcpy(out, bytes, count);
			return OK;
		}
	}
	return ERR_DEVICE;
}

enum err virtio_pci_config16(const struct virtio_pci *v, size_t offset,
			     uint16_t *out)
{
	CHECK(offset % 2 == 0);
	if (!config_has(v, offset, sizeof(*out)))
		return ERR_DEVICE;
	*out = mmio_read16(v->device_config + offset);
	return OK;
}
