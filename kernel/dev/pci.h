// SPDX-License-Identifier: Apache-2.0
// PCI on bus 0 alone, by the configuration ports: no ACPI, no bridge is ever
// crossed. All that a device says of itself is the host's word and judged.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "abi/pci.h"
#include "base/err.h"
#include "kernel/boot_info.h"
#include "kernel/mem/page_pool.h"

// Where the kernel puts BARs: on q35 neither RAM nor the configuration window
// of any OVMF reaches into it.
#define PCI_WINDOW_BASE 0xc0000000ull
#define PCI_WINDOW_END 0xe0000000ull

struct pci_bar {
	struct phys base; // page-aligned
	uint64_t bytes;   // a power of two; 0: no memory BAR here
};

struct pci_function {
	uint8_t device;
	uint8_t function;
	struct pci_bar bars[PCI_BAR_COUNT]; // after pci_assign_bars()
};

// Configuration space; the offset is the kernel's own or judged, and aligned
// to the width.
uint8_t pci_read8(const struct pci_function *f, unsigned int offset);
uint16_t pci_read16(const struct pci_function *f, unsigned int offset);
uint32_t pci_read32(const struct pci_function *f, unsigned int offset);
void pci_write16(const struct pci_function *f, unsigned int offset,
		 uint16_t value);
void pci_write32(const struct pci_function *f, unsigned int offset,
		 uint32_t value);

// Takes decoding and bus mastering from everything but the host and ISA
// bridges: nothing that the firmware left running may write to memory that is
// ours now, or answer where the kernel puts a BAR.
void pci_silence_bus(void);
// The first function with this vendor and one of these device numbers.
// ERR_NOT_FOUND.
enum err pci_find(uint16_t vendor, const uint16_t *devices, size_t count,
		  struct pci_function *out);

// Sizes every memory BAR, gives each a place of whole pages in the window, and
// lets the function decode memory and master the bus. I/O BARs stay off.
// ERR_DEVICE when a BAR makes no sense or keeps no address, ERR_UNSUPPORTED
// when the window is full or RAM lies there; decoding then is off.
enum err pci_assign_bars(struct pci_function *f, const struct boot_info *info);
// Maps `bytes` of a BAR's registers; bar, offset and bytes may come from the
// device. ERR_DEVICE when they don't lie within a memory BAR.
enum err pci_map(const struct pci_function *f, unsigned int bar,
		 uint64_t offset, uint64_t bytes, volatile void **out);

// A walk through the capability list, from { 0 }.
struct pci_walk {
	unsigned int steps;
	uint8_t offset; // of the capability found
	uint8_t id;
};

// Finds the next capability. ERR_NOT_FOUND at the end, ERR_DEVICE when the list
// loops or leaves its place. At least 4 bytes from walk->offset on exist.
enum err pci_walk_next(const struct pci_function *f, struct pci_walk *walk);
