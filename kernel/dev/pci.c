// SPDX-License-Identifier: Apache-2.0
// Configuration space of bus 0: access, search, the capability list.
#include "kernel/dev/pci.h"

#include <stdbool.h>

#include "base/check.h"
#include "kernel/cpu/pio.h"

// Capabilities are aligned to 4 bytes, so a list without a loop is no longer.
#define WALK_LIMIT ((PCI_CONFIG_BYTES - PCI_CAPABILITY_FIRST) / 4)

static void select_register(const struct pci_function *f, unsigned int offset)
{
	CHECK(offset < PCI_CONFIG_BYTES);
	pio_write32(PCI_CONFIG_ADDRESS,
		    PCI_CONFIG_ENABLE | (uint32_t)f->device << 11 |
			    (uint32_t)f->function << 8 | (offset & ~3u));
}

uint8_t pci_read8(const struct pci_function *f, unsigned int offset)
{
	select_register(f, offset);
	return pio_read8((uint16_t)(PCI_CONFIG_DATA + (offset & 3)));
}

uint16_t pci_read16(const struct pci_function *f, unsigned int offset)
{
	select_register(f, offset);
	return pio_read16((uint16_t)(PCI_CONFIG_DATA + (offset & 2)));
}

uint32_t pci_read32(const struct pci_function *f, unsigned int offset)
{
	select_register(f, offset);
	return pio_read32(PCI_CONFIG_DATA);
}

void pci_write16(const struct pci_function *f, unsigned int offset,
		 uint16_t value)
{
	select_register(f, offset);
	pio_write16((uint16_t)(PCI_CONFIG_DATA + (offset & 2)), value);
}

void pci_write32(const struct pci_function *f, unsigned int offset,
		 uint32_t value)
{
	select_register(f, offset);
	pio_write32(PCI_CONFIG_DATA, value);
}

static bool is_present(const struct pci_function *f)
{
	return pci_read16(f, PCI_VENDOR_ID) != PCI_VENDOR_NONE;
}

// Moves on to the next function that answers; false at the end of the bus.
static bool next_function(struct pci_function *f)
{
	unsigned int at = f->device * 8u + f->function;

	// Function 0 is always there, and says if there are more (3.2.2.3.4).
	if (f->function == 0 &&
	    !(pci_read8(f, PCI_HEADER_TYPE) & PCI_HEADER_MULTI_FUNCTION))
		at |= 7;
	while (++at < PCI_FUNCTION_LIMIT) {
		f->device = (uint8_t)(at / 8);
		f->function = at % 8;
		if (is_present(f))
			return true;
		if (f->function == 0)
			at |= 7;
	}
	return false;
}

void pci_silence_bus(void)
{
	// Begins after 0.0, which is the host bridge itself.
	struct pci_function f = { 0 };

	while (next_function(&f)) {
		uint16_t class = pci_read16(&f, PCI_CLASS);
		if (class != PCI_CLASS_HOST_BRIDGE &&
		    class != PCI_CLASS_ISA_BRIDGE)
			pci_write16(&f, PCI_COMMAND,
				    PCI_COMMAND_INTERRUPT_DISABLE);
	}
}

static bool contains(const uint16_t *values, size_t count, uint16_t value)
{
	for (size_t i = 0; i < count; i++) {
		if (values[i] == value)
			return true;
	}
	return false;
}

enum err pci_find(uint16_t vendor, const uint16_t *devices, size_t count,
		  struct pci_function *out)
{
	struct pci_function f = { 0 };

	while (next_function(&f)) {
		if (pci_read16(&f, PCI_VENDOR_ID) == vendor &&
		    contains(devices, count, pci_read16(&f, PCI_DEVICE_ID))) {
			*out = f;
			return OK;
		}
	}
	return ERR_NOT_FOUND;
}

enum err pci_walk_next(const struct pci_function *f, struct pci_walk *walk)
{
	unsigned int from = walk->offset + 1u;

	if (walk->steps == 0) {
		if (!(pci_read16(f, PCI_STATUS) & PCI_STATUS_CAPABILITIES_LIST))
			return ERR_NOT_FOUND;
		from = PCI_CAPABILITIES_POINTER;
	}
	// The two low bits are reserved and must be masked (6.7).
	uint8_t offset = pci_read8(f, from) & 0xfc;
	if (offset == 0)
		return ERR_NOT_FOUND;
	if (offset < PCI_CAPABILITY_FIRST || walk->steps >= WALK_LIMIT)
		return ERR_DEVICE;
	walk->steps++;
	walk->offset = offset;
	walk->id = pci_read8(f, offset);
	return OK;
}
