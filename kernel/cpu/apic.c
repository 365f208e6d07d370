// SPDX-License-Identifier: Apache-2.0
// The local APIC. Names and numbers are those of APM volume 2, chapter 16.
#include "kernel/cpu/apic.h"

#include <stdbool.h>
#include <stddef.h>

#include "abi/layout.h"
#include "abi/x86.h"
#include "kernel/cpu/features.h"
#include "kernel/cpu/msr.h"
#include "kernel/cpu/pio.h"
#include "kernel/dev/mmio.h"
#include "kernel/mem/address_space.h"

#define APIC_BASE_X2 0x400ull
#define APIC_BASE_ENABLE 0x800ull
#define APIC_BASE_ADDRESS 0x000ffffffffff000ull
// The only place where MSIs can reach: any other is the host's trick.
#define APIC_DEFAULT_ADDRESS 0xfee00000ull

// Offsets ("APIC Registers"); x2APIC's MSR is MSR_X2APIC_FIRST + offset / 16.
enum apic_register {
	APIC_ID = 0x20,
	APIC_VERSION = 0x30,
	APIC_TASK_PRIORITY = 0x80,
	APIC_EOI = 0xb0,
	APIC_SPURIOUS = 0xf0,
	APIC_LVT_TIMER = 0x320,
	APIC_LVT_THERMAL = 0x330,
	APIC_LVT_PERFORMANCE = 0x340,
	APIC_LVT_LINT0 = 0x350,
	APIC_LVT_LINT1 = 0x360,
	APIC_LVT_ERROR = 0x370,
	APIC_TIMER_INITIAL = 0x380,
	APIC_TIMER_CURRENT = 0x390,
	APIC_TIMER_DIVIDE = 0x3e0,
};

// Interrupts of lower classes wait for good: the firmware's timer may have left
// one pending, and it has no gate here.
#define TASK_PRIORITY (APIC_FIRST_VECTOR - 0x10u)
#define VERSION_LAST_LVT(version) ((version) >> 16 & 0xff)
#define SPURIOUS_ENABLE 0x100u
#define LVT_MASKED 0x10000u
#define DIVIDE_BY_16 0x3u

// The 8259s' data ports: a byte written there is the interrupt mask.
#define PIC_MASTER_MASK 0x21
#define PIC_SLAVE_MASK 0xa1

// The 8254's channel 0, which firmware leaves running (Intel 8254 data sheet,
// control word): counter 0, both bytes, mode 0, which fires at most once.
#define PIT_COUNTER_0 0x40
#define PIT_CONTROL 0x43
#define PIT_ONCE 0x30

static volatile uint8_t *page; // NULL: x2APIC
static uint8_t own_id;

static uint32_t apic_read(enum apic_register reg)
{
	if (page)
		return mmio_read32(page + reg);
	return (uint32_t)msr_read(MSR_X2APIC_FIRST + (uint32_t)reg / 16);
}

static void apic_write(enum apic_register reg, uint32_t value)
{
	if (page)
		mmio_write32(page + reg, value);
	else
		msr_write(MSR_X2APIC_FIRST + (uint32_t)reg / 16, value);
}

static enum err choose_mode(void)
{
	uint64_t base = msr_read(MSR_APIC_BASE);
	volatile void *mapped;

	if ((base & APIC_BASE_ADDRESS) != APIC_DEFAULT_ADDRESS)
		return ERR_DEVICE;
	if (cpu_has(CPU_X2APIC) || (base & APIC_BASE_X2)) {
		// From off to x2APIC it goes by way of xAPIC.
		msr_write(MSR_APIC_BASE, base | APIC_BASE_ENABLE);
		msr_write(MSR_APIC_BASE,
			  base | APIC_BASE_ENABLE | APIC_BASE_X2);
		return OK;
	}
	TRY(address_space_map_device((struct phys){ APIC_DEFAULT_ADDRESS },
				     PAGE_SIZE, &mapped));
	if (!(base & APIC_BASE_ENABLE))
		msr_write(MSR_APIC_BASE, base | APIC_BASE_ENABLE);
	page = mapped;
	return OK;
}

static enum err read_id(void)
{
	uint32_t id = apic_read(APIC_ID);

	if (page)
		id >>= 24;
	// An MSI without interrupt remapping has 8 bits for it.
	if (id >= 0xff)
		return ERR_UNSUPPORTED;
	own_id = (uint8_t)id;
	return OK;
}

// The timer stays the only local source: LINT0 would bring the 8259's
// interrupts, LINT1 NMIs, and nobody reads errors.
static void mask_local_sources(void)
{
	uint32_t last = VERSION_LAST_LVT(apic_read(APIC_VERSION));

	apic_write(APIC_LVT_LINT0, LVT_MASKED);
	apic_write(APIC_LVT_LINT1, LVT_MASKED);
	if (last >= 3)
		apic_write(APIC_LVT_ERROR, LVT_MASKED);
	if (last >= 4)
		apic_write(APIC_LVT_PERFORMANCE, LVT_MASKED);
	if (last >= 5)
		apic_write(APIC_LVT_THERMAL, LVT_MASKED);
}

// Nobody hears the old interrupt sources, but a timer that goes on firing costs
// the host a hundred wakes a second.
static void silence_old_sources(void)
{
	pio_write8(PIC_MASTER_MASK, 0xff);
	pio_write8(PIC_SLAVE_MASK, 0xff);
	pio_write8(PIT_CONTROL, PIT_ONCE);
	pio_write8(PIT_COUNTER_0, 0);
	pio_write8(PIT_COUNTER_0, 0);
}

enum err apic_init(struct apic_vectors vectors)
{
	if (!cpu_has(CPU_APIC) || !cpu_has(CPU_MSR))
		return ERR_UNSUPPORTED;
	silence_old_sources();
	TRY(choose_mode());
	TRY(read_id());
	apic_write(APIC_TASK_PRIORITY, TASK_PRIORITY);
	apic_write(APIC_SPURIOUS, SPURIOUS_ENABLE | vectors.spurious);
	mask_local_sources();
	apic_write(APIC_TIMER_INITIAL, 0);
	apic_write(APIC_TIMER_DIVIDE, DIVIDE_BY_16);
	apic_write(APIC_LVT_TIMER, vectors.timer); // one-shot
	return OK;
}

uint8_t apic_id(void)
{
	return own_id;
}

void apic_acknowledge(void)
{
	apic_write(APIC_EOI, 0);
}

void apic_timer_start(uint32_t count)
{
	apic_write(APIC_TIMER_INITIAL, count);
}

uint32_t apic_timer_left(void)
{
	return apic_read(APIC_TIMER_CURRENT);
}
