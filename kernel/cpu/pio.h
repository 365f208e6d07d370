// SPDX-License-Identifier: Apache-2.0
// Port I/O: the one place where it happens. Out of line on purpose: unit tests
// link a fake machine instead, and under SEV-SNP each access is a GHCB call. A
// host that fails one ends the guest.
#pragma once

#include <stdint.h>

uint8_t pio_read8(uint16_t port);
uint16_t pio_read16(uint16_t port);
uint32_t pio_read32(uint16_t port);
void pio_write8(uint16_t port, uint8_t value);
void pio_write16(uint16_t port, uint16_t value);
void pio_write32(uint16_t port, uint32_t value);
