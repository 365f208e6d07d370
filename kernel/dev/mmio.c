// SPDX-License-Identifier: Apache-2.0
// Device registers by plain moves. Assembly, so that no compiler ever merges,
// widens or splits an access.
#include "kernel/dev/mmio.h"

uint8_t mmio_read8(const volatile void *at)
{
	const volatile uint8_t *p = at;
	uint8_t value;
	__asm__ volatile("movb %1, %0" : "=q"(value) : "m"(*p) : "memory");
	return value;
}

uint16_t mmio_read16(const volatile void *at)
{
	const volatile uint16_t *p = at;
	uint16_t value;
	__asm__ volatile("movw %1, %0" : "=r"(value) : "m"(*p) : "memory");
	return value;
}

uint32_t mmio_read32(const volatile void *at)
{
	const volatile uint32_t *p = at;
	uint32_t value;
	__asm__ volatile("movl %1, %0" : "=r"(value) : "m"(*p) : "memory");
	return value;
}

void mmio_write8(volatile void *at, uint8_t value)
{
	volatile uint8_t *p = at;
	__asm__ volatile("movb %1, %0" : "=m"(*p) : "q"(value) : "memory");
}

void mmio_write16(volatile void *at, uint16_t value)
{
	volatile uint16_t *p = at;
	__asm__ volatile("movw %1, %0" : "=m"(*p) : "r"(value) : "memory");
}

void mmio_write32(volatile void *at, uint32_t value)
{
	volatile uint32_t *p = at;
	__asm__ volatile("movl %1, %0" : "=m"(*p) : "r"(value) : "memory");
}
