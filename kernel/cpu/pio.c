// SPDX-License-Identifier: Apache-2.0
// Port I/O by the instructions themselves.
#include "kernel/cpu/pio.h"

uint8_t pio_read8(uint16_t port)
{
	uint8_t value;
	__asm__ volatile("inb %w1, %b0" : "=a"(value) : "Nd"(port) : "memory");
	return value;
}

uint16_t pio_read16(uint16_t port)
{
	uint16_t value;
	__asm__ volatile("inw %w1, %w0" : "=a"(value) : "Nd"(port) : "memory");
	return value;
}

uint32_t pio_read32(uint16_t port)
{
	uint32_t value;
	__asm__ volatile("inl %w1, %k0" : "=a"(value) : "Nd"(port) : "memory");
	return value;
}

void pio_write8(uint16_t port, uint8_t value)
{
	__asm__ volatile("outb %b0, %w1" : : "a"(value), "Nd"(port) : "memory");
}

void pio_write16(uint16_t port, uint16_t value)
{
	__asm__ volatile("outw %w0, %w1" : : "a"(value), "Nd"(port) : "memory");
}

void pio_write32(uint16_t port, uint32_t value)
{
	__asm__ volatile("outl %k0, %w1" : : "a"(value), "Nd"(port) : "memory");
}
