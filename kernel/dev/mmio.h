// SPDX-License-Identifier: Apache-2.0
// Device registers: the one place where they are touched. Each call is one
// load or store of that width, in program order. Out of line on purpose: unit
// tests link a fake device instead, and under SEV-SNP each is a GHCB call. A
// host that fails one ends the guest. What is read is the host's word: judge it.
#pragma once

#include <stdint.h>

uint8_t mmio_read8(const volatile void *at);
uint16_t mmio_read16(const volatile void *at);
uint32_t mmio_read32(const volatile void *at);
void mmio_write8(volatile void *at, uint8_t value);
void mmio_write16(volatile void *at, uint16_t value);
void mmio_write32(volatile void *at, uint32_t value);
