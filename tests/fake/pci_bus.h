// SPDX-License-Identifier: Apache-2.0
// A PCI bus of plain arrays behind the configuration ports: it stands in for
// kernel/cpu/pio.c. A test fills in functions, or lets them answer noise.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "abi/pci.h"

#define FAKE_FUNCTION_LIMIT 8

struct fake_function {
	uint8_t device;
	uint8_t function;
	uint8_t config[PCI_CONFIG_BYTES];
	uint32_t bar_mask[PCI_BAR_COUNT]; // address bits that a write changes
	// How many reads in 256 are answered with noise.
	unsigned int noise;
};

struct fake_bus {
	struct fake_function functions[FAKE_FUNCTION_LIMIT];
	size_t count;
	uint32_t address; // the address port
	uint64_t random;  // state; never 0
};

extern struct fake_bus fake_bus;

// Empties the bus.
void fake_bus_reset(uint64_t seed);
// Puts a function there, as yet without BARs and capabilities.
struct fake_function *fake_bus_add(uint8_t device, uint8_t function,
				   uint16_t vendor, uint16_t id,
				   uint16_t class);
// Gives it a memory BAR; `flags` are the BAR's low bits.
void fake_function_bar(struct fake_function *f, unsigned int bar,
		       uint64_t bytes, uint32_t flags);
uint32_t fake_function_read32(const struct fake_function *f,
			      unsigned int offset);
void fake_function_write32(struct fake_function *f, unsigned int offset,
			   uint32_t value);
void fake_function_write16(struct fake_function *f, unsigned int offset,
			   uint16_t value);

// The bus's own random numbers, the same in each run.
uint64_t fake_random(void);
