// SPDX-License-Identifier: Apache-2.0
#include "tests/fake/pci_bus.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "kernel/cpu/pio.h"

struct fake_bus fake_bus;

uint64_t fake_random(void)
{
	// xorshift64 (Marsaglia 2003).
	fake_bus.random ^= fake_bus.random << 13;
	fake_bus.random ^= fake_bus.random >> 7;
	fake_bus.random ^= fake_bus.random << 17;
	return fake_bus.random;
}

void fake_bus_reset(uint64_t seed)
{
	memset(&fake_bus, 0, sizeof(fake_bus));
	fake_bus.random = seed * 0x9e3779b97f4a7c15u | 1;
}

struct fake_function *fake_bus_add(uint8_t device, uint8_t function,
				   uint16_t vendor, uint16_t id, uint16_t class)
{
	if (fake_bus.count == FAKE_FUNCTION_LIMIT)
		abort();
	struct fake_function *f = &fake_bus.functions[fake_bus.count++];
	*f = (struct fake_function){ .device = device, .function = function };
	fake_function_write16(f, PCI_VENDOR_ID, vendor);
	fake_function_write16(f, PCI_DEVICE_ID, id);
	fake_function_write16(f, PCI_CLASS, class);
	fake_function_write16(f, PCI_COMMAND, 7);
	return f;
}

void fake_function_bar(struct fake_function *f, unsigned int bar,
		       uint64_t bytes, uint32_t flags)
{
	uint64_t mask = ~(bytes - 1);

	f->bar_mask[bar] = (uint32_t)mask;
	fake_function_write32(f, PCI_BAR0 + 4 * bar, flags);
	if ((flags & PCI_BAR_TYPE) == PCI_BAR_TYPE_64 &&
	    bar + 1 < PCI_BAR_COUNT)
		f->bar_mask[bar + 1] = (uint32_t)(mask >> 32);
}

uint32_t fake_function_read32(const struct fake_function *f,
			      unsigned int offset)
{
	return load_le32(f->config + offset);
}

void fake_function_write32(struct fake_function *f, unsigned int offset,
			   uint32_t value)
{
	store_le32(f->config + offset, value);
}

void fake_function_write16(struct fake_function *f, unsigned int offset,
			   uint16_t value)
{
	store_le16(f->config + offset, value);
}

static struct fake_function *selected(void)
{
	unsigned int device = fake_bus.address >> 11 & 31;
	unsigned int function = fake_bus.address >> 8 & 7;

	// Bus 0 and enabled, or nobody answers.
	if (fake_bus.address >> 16 != 0x8000)
		return NULL;
	for (size_t i = 0; i < fake_bus.count; i++) {
		if (fake_bus.functions[i].device == device &&
		    fake_bus.functions[i].function == function)
			return &fake_bus.functions[i];
	}
	return NULL;
}

static uint32_t config_read(uint16_t port)
{
	struct fake_function *f = selected();
	unsigned int offset = (fake_bus.address & 0xfc) + (port & 3u);

	if (port < PCI_CONFIG_DATA || port > PCI_CONFIG_DATA + 3)
		abort();
	if (!f)
		return 0xffffffffu;
	if (fake_random() % 256 < f->noise)
		return (uint32_t)fake_random();
	return fake_function_read32(f, offset & ~3u) >> 8 * (offset & 3);
}

static void config_write32(unsigned int offset, uint32_t value)
{
	struct fake_function *f = selected();

	if (!f)
		return;
	if (offset >= PCI_BAR0 && offset < PCI_BAR0 + 4 * PCI_BAR_COUNT) {
		uint32_t mask = f->bar_mask[(offset - PCI_BAR0) / 4];
		value = (value & mask) |
			(fake_function_read32(f, offset) & ~mask);
	}
	fake_function_write32(f, offset, value);
}

uint8_t pio_read8(uint16_t port)
{
	return (uint8_t)config_read(port);
}

uint16_t pio_read16(uint16_t port)
{
	return (uint16_t)config_read(port);
}

uint32_t pio_read32(uint16_t port)
{
	return config_read(port);
}

void pio_write8(uint16_t port, uint8_t value)
{
	(void)port;
	(void)value;
	abort();
}

void pio_write16(uint16_t port, uint16_t value)
{
	struct fake_function *f = selected();
	unsigned int offset = (fake_bus.address & 0xfc) + (port & 2u);

	if (port < PCI_CONFIG_DATA || port > PCI_CONFIG_DATA + 3)
		abort();
	if (f)
		fake_function_write16(f, offset, value);
}

void pio_write32(uint16_t port, uint32_t value)
{
	if (port == PCI_CONFIG_ADDRESS)
		fake_bus.address = value;
	else if (port == PCI_CONFIG_DATA)
		config_write32(fake_bus.address & 0xfc, value);
	else
		abort();
}
