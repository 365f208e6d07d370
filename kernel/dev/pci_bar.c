// SPDX-License-Identifier: Apache-2.0
// Base address registers: sized, placed and mapped by the kernel itself,
// whatever the firmware did. PCI 3.0, 6.2.5.1.
#include "kernel/dev/pci.h"

#include <stdbool.h>

#include "abi/layout.h"
#include "base/check.h"
#include "base/num.h"
#include "kernel/mem/address_space.h"

static unsigned int bar_register(unsigned int bar)
{
	return PCI_BAR0 + 4 * bar;
}

// Which address bits the device keeps: its size, negated.
static uint32_t probe(const struct pci_function *f, unsigned int bar)
{
	pci_write32(f, bar_register(bar), 0xffffffffu);
	return pci_read32(f, bar_register(bar));
}

static bool overlaps(uint64_t base, uint64_t bytes, uint64_t other_base,
		     uint64_t other_bytes)
{
	return base < other_base + other_bytes && other_base < base + bytes;
}

static bool is_ram(const struct boot_info *info, uint64_t base, uint64_t bytes)
{
	for (size_t i = 0; i < info->ram_count; i++) {
		if (overlaps(base, bytes, info->ram[i].base,
			     info->ram[i].pages * PAGE_SIZE))
			return true;
	}
	return overlaps(base, bytes, info->image_base, info->loaded_bytes);
}

// Sizes the BAR: *bytes is 0 where there is none or it is one for I/O.
static enum err bar_size(const struct pci_function *f, unsigned int bar,
			 uint64_t *bytes, bool *is_64_bit)
{
	uint32_t low = probe(f, bar);
	uint64_t mask = low & ~PCI_BAR_FLAGS;
	bool wide = (low & PCI_BAR_TYPE) == PCI_BAR_TYPE_64;

	if (low == 0 || low & PCI_BAR_IS_IO) {
		*bytes = 0;
		*is_64_bit = false;
		return OK;
	}
	if (!wide && (low & PCI_BAR_TYPE) != PCI_BAR_TYPE_32)
		return ERR_DEVICE;
	if (wide && bar + 1 == PCI_BAR_COUNT)
		return ERR_DEVICE;
	uint32_t high = wide ? probe(f, bar + 1) : 0xffffffffu;
	mask |= (uint64_t)high << 32;
	uint64_t size = ~mask + 1;
	// All address bits from the size upward, none below (6.2.5.1).
	if (size == 0 || size & (size - 1))
		return ERR_DEVICE;
	*bytes = size;
	*is_64_bit = wide;
	return OK;
}

static enum err bar_place(const struct pci_function *f, unsigned int bar,
			  bool is_64_bit, uint64_t base)
{
	pci_write32(f, bar_register(bar), (uint32_t)base);
	if (is_64_bit)
		pci_write32(f, bar_register(bar + 1), 0);
	if ((pci_read32(f, bar_register(bar)) & ~PCI_BAR_FLAGS) != base)
		return ERR_DEVICE;
	if (is_64_bit && pci_read32(f, bar_register(bar + 1)) != 0)
		return ERR_DEVICE;
	return OK;
}

enum err pci_assign_bars(struct pci_function *f, const struct boot_info *info)
{
	uint64_t next = PCI_WINDOW_BASE;
	struct pci_bar bars[PCI_BAR_COUNT] = { 0 };

	if (pci_read8(f, PCI_HEADER_TYPE) & PCI_HEADER_LAYOUT)
		return ERR_DEVICE;
	pci_write16(f, PCI_COMMAND, PCI_COMMAND_INTERRUPT_DISABLE);
	for (unsigned int i = 0; i < PCI_BAR_COUNT; i++) {
		bool is_64_bit;
		uint64_t bytes;
		TRY(bar_size(f, i, &bytes, &is_64_bit));
		if (bytes == 0)
			continue;
		if (bytes > PCI_WINDOW_END - PCI_WINDOW_BASE)
			return ERR_UNSUPPORTED;
		// Whole pages, so that no page shows two BARs.
		uint64_t place = max_u64(bytes, PAGE_SIZE);
		uint64_t base = align_up(next, place);
		if (base + place > PCI_WINDOW_END || is_ram(info, base, place))
			return ERR_UNSUPPORTED;
		TRY(bar_place(f, i, is_64_bit, base));
		bars[i] = (struct pci_bar){ { base }, bytes };
		next = base + place;
		i += is_64_bit;
	}
	for (unsigned int i = 0; i < PCI_BAR_COUNT; i++)
		f->bars[i] = bars[i];
	pci_write16(f, PCI_COMMAND,
		    PCI_COMMAND_INTERRUPT_DISABLE | PCI_COMMAND_BUS_MASTER |
			    PCI_COMMAND_MEMORY_SPACE);
	return OK;
}

enum err pci_map(const struct pci_function *f, unsigned int bar,
		 uint64_t offset, uint64_t bytes, volatile void **out)
{
	if (bar >= PCI_BAR_COUNT)
		return ERR_DEVICE;
	uint64_t room = f->bars[bar].bytes;
	if (offset > room || bytes > room - offset || bytes == 0)
		return ERR_DEVICE;
	uint64_t base = f->bars[bar].base.value + offset;
	uint64_t page = align_down(base, PAGE_SIZE);
	uint64_t end = align_up(base + bytes, PAGE_SIZE);
	volatile void *registers;
	TRY(address_space_map_device((struct phys){ page },
				     (size_t)(end - page), &registers));
	*out = (volatile uint8_t *)registers + (base - page);
	return OK;
}
