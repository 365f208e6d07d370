// SPDX-License-Identifier: Apache-2.0
// The ACPI power-management timer.
#include "kernel/time/pm_timer.h"

#include "kernel/cpu/pio.h"
#include "kernel/dev/pci.h"

// Intel 316972, 13.1: the LPC bridge's own configuration registers.
#define LPC_DEVICE 31
#define LPC_ID 0x29188086u
#define LPC_PMBASE 0x40
#define LPC_PMBASE_MASK 0xff80u
#define LPC_ACPI_CNTL 0x44
#define LPC_ACPI_EN 0x80u

#define PM1_TMR 8        // 13.8.3, from PMBASE
#define OWN_PMBASE 0x600 // where OVMF and the kernel put it

// ACPI 6.5, 4.8.3.3: the upper 8 bits may be missing.
#define COUNTER_MASK 0xffffffu

static uint16_t timer_port;

enum err pm_timer_init(void)
{
	const struct pci_function lpc = { .device = LPC_DEVICE };
	uint32_t base, control;

	if (pci_read32(&lpc, 0) != LPC_ID)
		return ERR_UNSUPPORTED;
	base = pci_read32(&lpc, LPC_PMBASE) & LPC_PMBASE_MASK;
	control = pci_read32(&lpc, LPC_ACPI_CNTL);
	if (base == 0) {
		base = OWN_PMBASE;
		pci_write32(&lpc, LPC_PMBASE, base);
	}
	if (!(control & LPC_ACPI_EN))
		pci_write32(&lpc, LPC_ACPI_CNTL, control | LPC_ACPI_EN);
	timer_port = (uint16_t)(base + PM1_TMR);
	return OK;
}

uint32_t pm_timer_read(void)
{
	return pio_read32(timer_port) & COUNTER_MASK;
}

uint32_t pm_timer_elapsed(uint32_t first, uint32_t last)
{
	return (last - first) & COUNTER_MASK;
}
