// SPDX-License-Identifier: Apache-2.0
// MSI-X with one vector. The table's place is the host's word and judged; where
// a message goes is written by us, and the host could send it anyway.
#include "kernel/dev/msix.h"

#include "kernel/dev/mmio.h"
#include "kernel/time/wait.h"

static enum err find_capability(const struct pci_function *f,
				unsigned int *offset)
{
	struct pci_walk walk = { 0 };

	for (;;) {
		enum err e = pci_walk_next(f, &walk);
		if (e == ERR_NOT_FOUND)
			return ERR_UNSUPPORTED;
		TRY(e);
		if (walk.id == PCI_CAPABILITY_ID_MSIX)
			break;
	}
	if (walk.offset > PCI_CONFIG_BYTES - PCI_MSIX_CAPABILITY_BYTES)
		return ERR_DEVICE;
	*offset = walk.offset;
	return OK;
}

// Whether the pending bits lie in a BAR; nothing reads them.
static enum err judge_pending_bits(const struct pci_function *f, uint32_t place,
				   uint32_t entry_count)
{
	uint32_t bar = place & PCI_MSIX_BIR;
	uint64_t bytes = (entry_count + 63ull) / 64 * 8;

	if (bar >= PCI_BAR_COUNT)
		return ERR_DEVICE;
	uint64_t room = f->bars[bar].bytes;
	uint64_t offset = place & ~PCI_MSIX_BIR;
	return offset > room || bytes > room - offset ? ERR_DEVICE : OK;
}

enum err msix_enable(const struct pci_function *f)
{
	unsigned int at;
	TRY(find_capability(f, &at));
	uint16_t control = pci_read16(f, at + PCI_MSIX_CONTROL);
	uint32_t entry_count = (control & PCI_MSIX_CONTROL_SIZE) + 1u;
	TRY(judge_pending_bits(f, pci_read32(f, at + PCI_MSIX_PBA),
			       entry_count));
	uint32_t place = pci_read32(f, at + PCI_MSIX_TABLE);
	volatile void *table;
	TRY(pci_map(f, place & PCI_MSIX_BIR, place & ~PCI_MSIX_BIR,
		    (uint64_t)entry_count * PCI_MSIX_ENTRY_BYTES, &table));
	volatile uint8_t *entries = table;

	// Function masked while the table is written (6.8.2.3).
	pci_write16(f, at + PCI_MSIX_CONTROL,
		    PCI_MSIX_CONTROL_ENABLE | PCI_MSIX_CONTROL_MASK);
	for (size_t i = 0; i < entry_count; i++)
		mmio_write32(entries + i * PCI_MSIX_ENTRY_BYTES +
				     PCI_MSIX_ENTRY_CONTROL,
			     1);
	uint64_t address;
	uint32_t data;
	wait_msi_message(&address, &data);
	mmio_write32(entries + PCI_MSIX_ENTRY_ADDRESS, (uint32_t)address);
	mmio_write32(entries + PCI_MSIX_ENTRY_ADDRESS_HIGH,
		     (uint32_t)(address >> 32));
	mmio_write32(entries + PCI_MSIX_ENTRY_DATA, data);
	mmio_write32(entries + PCI_MSIX_ENTRY_CONTROL, 0);
	pci_write16(f, at + PCI_MSIX_CONTROL, PCI_MSIX_CONTROL_ENABLE);
	return OK;
}
