// SPDX-License-Identifier: Apache-2.0
#include "tests/fake/virtio_device.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/num.h"
#include "kernel/dev/mmio.h"
#include "kernel/dev/pci.h"
#include "kernel/mem/address_space.h"
#include "kernel/time/wait.h"

#define MSIX_BAR 1
#define REGISTER_BAR 4
#define DEVICE_CONFIG_AT 0x2000u
#define NOTIFY_AT 0x3000u
#define NOTIFY_MULTIPLIER 4u

#define COMMON(field) offsetof(struct virtio_pci_common_cfg, field)

struct fake_virtio fake_virtio;

// What the window's addresses stand for; never read or written.
static uint8_t window[64 * 1024];

static void add_capability(struct fake_function *f, unsigned int at,
			   uint8_t next, uint8_t type, uint32_t offset)
{
	f->config[at] = PCI_CAPABILITY_ID_VENDOR;
	f->config[at + 1] = next;
	f->config[at + VIRTIO_PCI_CAP_LENGTH] =
		type == VIRTIO_PCI_CAP_NOTIFY_CFG ? 20 : 16;
	f->config[at + VIRTIO_PCI_CAP_TYPE] = type;
	f->config[at + VIRTIO_PCI_CAP_BAR] = REGISTER_BAR;
	fake_function_write32(f, at + VIRTIO_PCI_CAP_OFFSET, offset);
	fake_function_write32(f, at + VIRTIO_PCI_CAP_BYTES, 0x1000);
}

static void add_capabilities(struct fake_function *f)
{
	fake_function_write16(f, PCI_STATUS, PCI_STATUS_CAPABILITIES_LIST);
	f->config[PCI_CAPABILITIES_POINTER] = FAKE_CAP_MSIX;
	f->config[FAKE_CAP_MSIX] = PCI_CAPABILITY_ID_MSIX;
	f->config[FAKE_CAP_MSIX + 1] = FAKE_CAP_COMMON;
	fake_function_write16(f, FAKE_CAP_MSIX + PCI_MSIX_CONTROL, 3 - 1);
	fake_function_write32(f, FAKE_CAP_MSIX + PCI_MSIX_TABLE, MSIX_BAR);
	fake_function_write32(f, FAKE_CAP_MSIX + PCI_MSIX_PBA,
			      0x800 | MSIX_BAR);
	add_capability(f, FAKE_CAP_COMMON, FAKE_CAP_NOTIFY,
		       VIRTIO_PCI_CAP_COMMON_CFG, 0);
	add_capability(f, FAKE_CAP_NOTIFY, FAKE_CAP_DEVICE,
		       VIRTIO_PCI_CAP_NOTIFY_CFG, NOTIFY_AT);
	fake_function_write32(
		f, FAKE_CAP_NOTIFY + VIRTIO_PCI_CAP_NOTIFY_MULTIPLIER,
		NOTIFY_MULTIPLIER);
	add_capability(f, FAKE_CAP_DEVICE, 0, VIRTIO_PCI_CAP_DEVICE_CFG,
		       DEVICE_CONFIG_AT);
}

void fake_virtio_add(uint16_t id, uint64_t offered, uint16_t size)
{
	static const uint8_t config[8] = { 0x52, 0x54, 0, 0x12, 0x34, 0x56, 1 };

	struct fake_function *f =
		fake_bus_add(3, 0, VIRTIO_PCI_VENDOR, id, 0x0200);
	fake_function_bar(f, 0, 32, PCI_BAR_IS_IO);
	fake_function_bar(f, MSIX_BAR, 4096, 0);
	fake_function_bar(f, REGISTER_BAR, 16384, PCI_BAR_TYPE_64 | 8);
	add_capabilities(f);
	fake_virtio = (struct fake_virtio){ .function = f, .offered = offered };
	memcpy(fake_virtio.config, config, sizeof(config));
	for (unsigned int i = 0; i < FAKE_VIRTIO_QUEUES; i++) {
		fake_virtio.queues[i].size = size;
		fake_virtio.queues[i].notify_off = (uint16_t)i;
	}
	memset(fake_virtio.msix, 0xa5, sizeof(fake_virtio.msix));
}

enum err address_space_map_device(struct phys base, size_t bytes,
				  volatile void **out)
{
	uint64_t offset = base.value - PCI_WINDOW_BASE;

	if (base.value % 4096 || bytes % 4096 || bytes == 0)
		abort();
	if (base.value < PCI_WINDOW_BASE || base.value >= PCI_WINDOW_END ||
	    bytes > PCI_WINDOW_END - base.value)
		abort();
	if (offset > sizeof(window) || bytes > sizeof(window) - offset)
		return ERR_NO_MEMORY;
	*out = window + offset;
	return OK;
}

void wait_msi_message(uint64_t *address, uint32_t *data)
{
	*address = FAKE_MSI_ADDRESS;
	*data = FAKE_MSI_DATA;
}

// Which BAR an address lies in, and where within.
static unsigned int resolve(const volatile void *at, size_t *offset)
{
	uint64_t address = PCI_WINDOW_BASE +
			   (size_t)((const volatile uint8_t *)at - window);

	for (unsigned int i = 0; i < PCI_BAR_COUNT; i++) {
		uint32_t mask = fake_virtio.function->bar_mask[i];
		uint32_t base = fake_function_read32(fake_virtio.function,
						     PCI_BAR0 + 4 * i) &
				mask;
		if (mask && base && (address & mask) == base) {
			*offset = (size_t)(address - base);
			return i;
		}
	}
	// A BAR that said noise when it was sized may lie anywhere.
	*offset = 0;
	return PCI_BAR_COUNT;
}

static struct fake_queue *selected(void)
{
	static struct fake_queue none;

	none = (struct fake_queue){ 0 };
	return fake_virtio.common.queue_select < FAKE_VIRTIO_QUEUES
		       ? &fake_virtio.queues[fake_virtio.common.queue_select]
		       : &none;
}

static uint32_t feature_word(uint64_t features, uint32_t select)
{
	return select < 2 ? (uint32_t)(features >> 32 * select) : 0;
}

static uint32_t read_common(size_t offset)
{
	struct fake_virtio *v = &fake_virtio;

	switch (offset) {
	case COMMON(device_feature):
		return feature_word(v->offered,
				    v->common.device_feature_select);
	case COMMON(device_status):
		return v->common.device_status;
	case COMMON(config_generation):
		v->common.config_generation += v->is_restless;
		return v->common.config_generation;
	case COMMON(queue_size):
		return selected()->size;
	case COMMON(queue_msix_vector):
		return selected()->vector;
	case COMMON(queue_enable):
		return selected()->enable;
	case COMMON(queue_notify_off):
		return selected()->notify_off;
	default:
		return 0;
	}
}

static void write_status(uint8_t status)
{
	struct fake_virtio *v = &fake_virtio;

	if (v->refuses_features)
		status &= (uint8_t)~VIRTIO_STATUS_FEATURES_OK;
	if (status & VIRTIO_STATUS_DRIVER_OK && v->wants_reset)
		status |= VIRTIO_STATUS_DEVICE_NEEDS_RESET;
	if (status == 0 && v->keeps_status)
		status = VIRTIO_STATUS_ACKNOWLEDGE;
	v->common.device_status = status;
}

static void write_common(size_t offset, uint32_t value)
{
	struct fake_virtio *v = &fake_virtio;
	struct fake_queue *q = selected();

	switch (offset) {
	case COMMON(device_feature_select):
		v->common.device_feature_select = value;
		break;
	case COMMON(driver_feature_select):
		v->common.driver_feature_select = value;
		break;
	case COMMON(driver_feature):
		if (v->common.driver_feature_select == 0)
			v->accepted = (v->accepted & ~0xffffffffull) | value;
		else
			v->accepted = (uint32_t)v->accepted | (uint64_t)value
								      << 32;
		break;
	case COMMON(device_status):
		write_status((uint8_t)value);
		break;
	case COMMON(queue_select):
		v->common.queue_select = (uint16_t)value;
		break;
	case COMMON(queue_size):
		q->size = (uint16_t)value;
		break;
	case COMMON(queue_msix_vector):
		q->vector = v->refuses_vectors ? VIRTIO_MSI_NO_VECTOR
					       : (uint16_t)value;
		break;
	case COMMON(queue_enable):
		q->enable = (uint16_t)value;
		break;
	default:
		if (offset >= COMMON(queue_desc) &&
		    offset < sizeof(struct virtio_pci_common_cfg))
			q->addresses[(offset - COMMON(queue_desc)) / 4] = value;
		break;
	}
}

static uint32_t read_register(const volatile void *at)
{
	size_t offset;
	unsigned int bar = resolve(at, &offset);

	if (fake_random() % 256 < fake_virtio.noise)
		return (uint32_t)fake_random();
	if (bar == MSIX_BAR && offset + 4 <= sizeof(fake_virtio.msix))
		return load_le32(fake_virtio.msix + offset);
	if (bar != REGISTER_BAR)
		return 0;
	if (offset >= DEVICE_CONFIG_AT && offset + 2 <= DEVICE_CONFIG_AT + 8)
		return load_le16(fake_virtio.config + offset -
				 DEVICE_CONFIG_AT);
	return read_common(offset);
}

static void write_register(volatile void *at, uint32_t value)
{
	size_t offset;
	unsigned int bar = resolve(at, &offset);

	if (bar == MSIX_BAR && offset + 4 <= sizeof(fake_virtio.msix))
		store_le32(fake_virtio.msix + offset, value);
	if (bar != REGISTER_BAR)
		return;
	for (unsigned int i = 0; i < FAKE_VIRTIO_QUEUES; i++) {
		if (offset == NOTIFY_AT + NOTIFY_MULTIPLIER * i && value == i)
			fake_virtio.queues[i].rings++;
	}
	write_common(offset, value);
}

uint8_t mmio_read8(const volatile void *at)
{
	return (uint8_t)read_register(at);
}

uint16_t mmio_read16(const volatile void *at)
{
	return (uint16_t)read_register(at);
}

uint32_t mmio_read32(const volatile void *at)
{
	return read_register(at);
}

void mmio_write8(volatile void *at, uint8_t value)
{
	write_register(at, value);
}

void mmio_write16(volatile void *at, uint16_t value)
{
	write_register(at, value);
}

void mmio_write32(volatile void *at, uint32_t value)
{
	write_register(at, value);
}

// The areas of a queue, as the driver gave their addresses.
static uint8_t *area(unsigned int queue, unsigned int which)
{
	const uint32_t *a = &fake_virtio.queues[queue].addresses[2 * which];

	return (uint8_t *)(uintptr_t)(a[0] | (uint64_t)a[1] << 32);
}

uint8_t *fake_virtio_used_index(unsigned int queue)
{
	return area(queue, 2) + VIRTQ_USED_IDX;
}

uint8_t *fake_virtio_avail_event(unsigned int queue)
{
	return area(queue, 2) + VIRTQ_USED_RING +
	       8u * fake_virtio.queues[queue].size;
}

uint16_t fake_virtio_used_event(unsigned int queue)
{
	return load_le16(area(queue, 1) + VIRTQ_AVAIL_RING +
			 2u * fake_virtio.queues[queue].size);
}

void fake_virtio_push_used(unsigned int queue, uint32_t id, uint32_t length)
{
	struct fake_queue *q = &fake_virtio.queues[queue];
	uint8_t *entry =
		area(queue, 2) + VIRTQ_USED_RING + 8u * (q->used % q->size);

	store_le32(entry, id);
	store_le32(entry + 4, length);
	store_le16(fake_virtio_used_index(queue), ++q->used);
}

// Takes the next available descriptor; false: there is none.
static bool take_available(unsigned int queue, uint16_t *id, uint8_t **buffer,
			   uint32_t *length)
{
	struct fake_queue *q = &fake_virtio.queues[queue];
	const uint8_t *available = area(queue, 1);

	if (load_le16(available + VIRTQ_AVAIL_IDX) == q->taken)
		return false;
	*id = load_le16(available + VIRTQ_AVAIL_RING +
			2u * (q->taken++ % q->size));
	const uint8_t *descriptor = area(queue, 0) + 16u * *id;
	*buffer = (uint8_t *)(uintptr_t)load_le64(descriptor);
	*length = load_le32(descriptor + 8);
	return true;
}

bool fake_virtio_deliver(const void *bytes, size_t count)
{
	uint16_t id;
	uint8_t *buffer;
	uint32_t length;

	if (!take_available(VIRTIO_NET_QUEUE_RECEIVE, &id, &buffer, &length))
		return false;
	memcpy(buffer, bytes, min_size(count, length));
	fake_virtio_push_used(VIRTIO_NET_QUEUE_RECEIVE, id, (uint32_t)count);
	return true;
}

size_t fake_virtio_take_sent(void *out, size_t capacity)
{
	uint16_t id;
	uint8_t *buffer;
	uint32_t length;

	if (!take_available(VIRTIO_NET_QUEUE_TRANSMIT, &id, &buffer, &length))
		return 0;
	memcpy(out, buffer, min_size(length, capacity));
	fake_virtio_push_used(VIRTIO_NET_QUEUE_TRANSMIT, id, 0);
	return length;
}

void fake_virtio_scribble(unsigned int queue)
{
	uint16_t size = fake_virtio.queues[queue].size;
	size_t bytes[3] = { 16u * size, 6u + 2u * size, 6u + 8u * size };
	size_t which = fake_random() % 3;

	area(queue, (unsigned int)which)[fake_random() % bytes[which]] =
		(uint8_t)fake_random();
}
