// SPDX-License-Identifier: Apache-2.0
// Device registers by plain moves, or under SEV-SNP by GHCB events. Assembly,
// so that no compiler ever merges, widens or splits an access.
#include "kernel/dev/mmio.h"

#include "kernel/halt.h"
#include "kernel/mem/device_window.h"
#include "kernel/snp/ghcb_mmio.h"
#include "kernel/snp/snp.h"

static uint32_t host_read(const volatile void *at, unsigned int bytes)
{
	uint32_t value;

	if (ghcb_mmio_read(device_window_phys(at, bytes), bytes, &value) != OK)
		halt(HALT_HOST, "the host failed a read of a device");
	return value;
}

static void host_write(volatile void *at, unsigned int bytes, uint32_t value)
{
	if (ghcb_mmio_write(device_window_phys(at, bytes), bytes, value) != OK)
		halt(HALT_HOST, "the host failed a write to a device");
}

uint8_t mmio_read8(const volatile void *at)
{
	const volatile uint8_t *p = at;
	uint8_t value;

	if (snp_is_on())
		return (uint8_t)host_read(at, sizeof(value));
	__asm__ volatile("movb %1, %0" : "=q"(value) : "m"(*p) : "memory");
	return value;
}

uint16_t mmio_read16(const volatile void *at)
{
	const volatile uint16_t *p = at;
	uint16_t value;

	if (snp_is_on())
		return (uint16_t)host_read(at, sizeof(value));
	__asm__ volatile("movw %1, %0" : "=r"(value) : "m"(*p) : "memory");
	return value;
}

uint32_t mmio_read32(const volatile void *at)
{
	const volatile uint32_t *p = at;
	uint32_t value;

	if (snp_is_on())
		return host_read(at, sizeof(value));
	__asm__ volatile("movl %1, %0" : "=r"(value) : "m"(*p) : "memory");
	return value;
}

void mmio_write8(volatile void *at, uint8_t value)
{
	volatile uint8_t *p = at;

	if (snp_is_on()) {
		host_write(at, sizeof(value), value);
		return;
	}
	__asm__ volatile("movb %1, %0" : "=m"(*p) : "q"(value) : "memory");
}

void mmio_write16(volatile void *at, uint16_t value)
{
	volatile uint16_t *p = at;

	if (snp_is_on()) {
		host_write(at, sizeof(value), value);
		return;
	}
	__asm__ volatile("movw %1, %0" : "=m"(*p) : "r"(value) : "memory");
}

void mmio_write32(volatile void *at, uint32_t value)
{
	volatile uint32_t *p = at;

	if (snp_is_on()) {
		host_write(at, sizeof(value), value);
		return;
	}
	__asm__ volatile("movl %1, %0" : "=m"(*p) : "r"(value) : "memory");
}
