// SPDX-License-Identifier: Apache-2.0
// The host's memory map, fw_cfg's etc/e820: QEMU, hw/i386/e820_memory_layout.h.
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum e820_type {
	E820_RAM = 1,
	E820_RESERVED = 2,
};

struct __attribute__((packed)) e820_entry {
	uint64_t address;
	uint64_t length;
	uint32_t type;
};

_Static_assert(sizeof(struct e820_entry) == 20, "QEMU's struct e820_entry");

// Below: the firmware's own pages and volumes (from 8 MiB) and its heap fit.
#define E820_LOW_RAM_MIN (64ull << 20)
// Above: PCI's configuration space, other devices and the flash.
#define E820_LOW_RAM_MAX 0xe0000000ull
#define E820_FLASH 0xff000000ull
#define E820_4GIB (1ull << 32)
#define E820_ADDRESS_END (1ull << 46)

// Whether the map is one that can be worked with: whole pages; RAM from 0 to
// one end between the limits above, and none between that and 4 GiB; only RAM
// and reserved ranges; none overlaps another, and nothing reserved overlaps
// the flash.
bool e820_is_sane(const struct e820_entry *entries, uint32_t count);
