// SPDX-License-Identifier: Apache-2.0
// Port I/O: the instructions themselves, or under SEV-SNP the GHCB event that
// each would end in.
#include "kernel/cpu/pio.h"

#include "kernel/halt.h"
#include "kernel/snp/ghcb.h"
#include "kernel/snp/ghcb_io.h"
#include "kernel/snp/snp.h"

// A host that breaks the protocol here would break it again under the log's own
// ports, so nothing is said but the reason.
__attribute__((noreturn)) static void host_failed(void)
{
	ghcb_close();
	halt(HALT_HOST, "the host failed a port access");
}

static uint32_t host_read(uint16_t port, unsigned int bytes)
{
	uint32_t value;

	if (ghcb_io_read(port, bytes, &value) != OK)
		host_failed();
	return value;
}

static void host_write(uint16_t port, unsigned int bytes, uint32_t value)
{
	if (ghcb_io_write(port, bytes, value) != OK)
		host_failed();
}

uint8_t pio_read8(uint16_t port)
{
	uint8_t value;

	if (snp_is_on())
		return (uint8_t)host_read(port, sizeof(value));
	__asm__ volatile("inb %w1, %b0" : "=a"(value) : "Nd"(port) : "memory");
	return value;
}

uint16_t pio_read16(uint16_t port)
{
	uint16_t value;

	if (snp_is_on())
		return (uint16_t)host_read(port, sizeof(value));
	__asm__ volatile("inw %w1, %w0" : "=a"(value) : "Nd"(port) : "memory");
	return value;
}

uint32_t pio_read32(uint16_t port)
{
	uint32_t value;

	if (snp_is_on())
		return host_read(port, sizeof(value));
	__asm__ volatile("inl %w1, %k0" : "=a"(value) : "Nd"(port) : "memory");
	return value;
}

void pio_write8(uint16_t port, uint8_t value)
{
	if (snp_is_on()) {
		host_write(port, sizeof(value), value);
		return;
	}
	__asm__ volatile("outb %b0, %w1" : : "a"(value), "Nd"(port) : "memory");
}

void pio_write16(uint16_t port, uint16_t value)
{
	if (snp_is_on()) {
		host_write(port, sizeof(value), value);
		return;
	}
	__asm__ volatile("outw %w0, %w1" : : "a"(value), "Nd"(port) : "memory");
}

void pio_write32(uint16_t port, uint32_t value)
{
	if (snp_is_on()) {
		host_write(port, sizeof(value), value);
		return;
	}
	__asm__ volatile("outl %k0, %w1" : : "a"(value), "Nd"(port) : "memory");
}
