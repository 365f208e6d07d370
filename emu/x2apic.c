// SPDX-License-Identifier: Apache-2.0
// x2APIC (APM vol. 2, 16.11) on top of the xAPIC page.
#include "emu/x2apic.h"

#include "emu/cpu.h"

#define MSR_APIC_BASE 0x1b
#define APIC_BASE_X2APIC 0x400ull
#define MSR_X2APIC_FIRST 0x800
#define MSR_X2APIC_LAST 0x83f
#define MSR_X2APIC_ID 0x802
#define MSR_X2APIC_ICR 0x830
#define MSR_X2APIC_SELF_IPI 0x83f
#define XAPIC_PAGE 0xfee00000ull
#define XAPIC_ICR_LOW 0x300
#define XAPIC_ICR_HIGH 0x310
#define ICR_SELF 0x40000u

static bool enabled;

static volatile uint32_t *xapic(uint32_t offset)
{
	return (volatile uint32_t *)(XAPIC_PAGE + offset);
}

bool x2apic_owns(uint32_t msr)
{
	return msr == MSR_APIC_BASE ||
	       (msr >= MSR_X2APIC_FIRST && msr <= MSR_X2APIC_LAST);
}

enum err x2apic_read(uint32_t msr, uint64_t *value)
{
	if (msr == MSR_APIC_BASE) {
		*value = cpu_rdmsr(msr) | (enabled ? APIC_BASE_X2APIC : 0);
		return OK;
	}
	if (!enabled)
		return ERR_NOT_FOUND;
	uint32_t low = *xapic((msr - MSR_X2APIC_FIRST) << 4);
	if (msr == MSR_X2APIC_ID)
		*value = low >> 24;
	else if (msr == MSR_X2APIC_ICR)
		*value = (uint64_t)(*xapic(XAPIC_ICR_HIGH) >> 24) << 32 | low;
	else
		*value = low;
	return OK;
}

enum err x2apic_write(uint32_t msr, uint64_t value)
{
	if (msr == MSR_APIC_BASE) {
		enabled = (value & APIC_BASE_X2APIC) != 0;
		cpu_wrmsr(msr, value & ~APIC_BASE_X2APIC);
		return OK;
	}
	if (!enabled || msr == MSR_X2APIC_ID)
		return ERR_NOT_FOUND;
	if (msr == MSR_X2APIC_SELF_IPI) {
		*xapic(XAPIC_ICR_LOW) = ICR_SELF | (uint8_t)value;
		return OK;
	}
	if (msr == MSR_X2APIC_ICR)
		*xapic(XAPIC_ICR_HIGH) = (uint32_t)(value >> 32) << 24;
	*xapic((msr - MSR_X2APIC_FIRST) << 4) = (uint32_t)value;
	return OK;
}
