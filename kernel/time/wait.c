// SPDX-License-Identifier: Apache-2.0
// The one place where the CPU sleeps. The host may inject either interrupt at
// any time or none at all: each only ends a halt, and whether there is a reason
// to stop waiting is asked again every time.
#include "kernel/time/wait.h"

#include "base/num.h"
#include "kernel/cpu/apic.h"
#include "kernel/cpu/idt.h"
#include "kernel/cpu/regs.h"
#include "kernel/cpu/sleep.h"
#include "kernel/time/clock.h"
#include "kernel/time/scale.h"

#define VECTOR_TIMER APIC_FIRST_VECTOR
#define VECTOR_DEVICE (APIC_FIRST_VECTOR + 1)
#define VECTOR_SPURIOUS 0xff

// Intel SDM volume 3, "Message Address Register Format".
#define MSI_ADDRESS 0xfee00000ull
#define MSI_DESTINATION_SHIFT 12

#define CALIBRATION_NS (2 * NS_PER_MS)
#define CALIBRATION_LIMIT 10000000 // turns
#define SAMPLE_TRIES 8
// The timer's rate, after its division by 16; beyond these it is nonsense.
#define TIMER_MIN_HZ 100000ull
#define TIMER_MAX_HZ 10000000000ull

static struct scale to_ticks;
static bool device_called;
// When the running timer fires; WAIT_FOREVER while it is stopped.
static uint64_t armed_ns = WAIT_FOREVER;

static void on_timer(void)
{
	armed_ns = WAIT_FOREVER;
	apic_acknowledge();
}

static void on_device(void)
{
	device_called = true;
	apic_acknowledge();
}

// It must not be acknowledged (APM volume 2, "Spurious Interrupts").
static void on_spurious(void)
{
}

// The clock and the timer at one moment.
struct sample {
	uint64_t ns;
	uint32_t left;
};

// Of several reads the quickest: the others were interrupted by the host.
static struct sample take_sample(void)
{
	struct sample best = { 0 };
	uint64_t best_took = UINT64_MAX;

	for (int i = 0; i < SAMPLE_TRIES; i++) {
		uint64_t before = clock_now_ns();
		uint32_t left = apic_timer_left();
		uint64_t took = clock_now_ns() - before;

		if (took < best_took) {
			best_took = took;
			best = (struct sample){ before + took / 2, left };
		}
	}
	return best;
}

static enum err find_timer_rate(uint64_t *hz)
{
	struct sample first, last;
	uint64_t rate;

	apic_timer_start(UINT32_MAX);
	first = take_sample();
	for (int i = 0; clock_now_ns() - first.ns < CALIBRATION_NS; i++) {
		if (i == CALIBRATION_LIMIT)
			return ERR_DEVICE;
		cpu_pause();
	}
	last = take_sample();
	apic_timer_start(0);
	if (last.left >= first.left || last.ns <= first.ns)
		return ERR_DEVICE;
	rate = mul_div(first.left - last.left, NS_PER_SECOND,
		       last.ns - first.ns);
	if (rate < TIMER_MIN_HZ || rate > TIMER_MAX_HZ)
		return ERR_DEVICE;
	*hz = rate;
	return OK;
}

enum err wait_init(void)
{
	uint64_t timer_hz;

	TRY(apic_init((struct apic_vectors){
		.timer = VECTOR_TIMER,
		.spurious = VECTOR_SPURIOUS,
	}));
	TRY(find_timer_rate(&timer_hz));
	to_ticks = scale_of(NS_PER_SECOND, timer_hz);
	idt_set_interrupt(VECTOR_TIMER, on_timer);
	idt_set_interrupt(VECTOR_DEVICE, on_device);
	idt_set_interrupt(VECTOR_SPURIOUS, on_spurious);
	return OK;
}

// Sees to it that the timer fires at `deadline_ns` or before. A timer that is
// set to an earlier time is left alone: firing early costs one wake, setting it
// anew costs a device access each time. A deadline beyond the timer's range is
// reached in several steps.
static void arm_timer(uint64_t now_ns, uint64_t deadline_ns)
{
	uint64_t ticks;

	if (deadline_ns >= armed_ns)
		return;
	ticks = scale_apply(to_ticks, deadline_ns - now_ns);
	apic_timer_start((uint32_t)min_u64(ticks, UINT32_MAX - 1) + 1);
	armed_ns = deadline_ns;
}

void wait_until(uint64_t deadline_ns)
{
	while (!device_called) {
		uint64_t now_ns = clock_now_ns();

		if (now_ns >= deadline_ns)
			return;
		arm_timer(now_ns, deadline_ns);
		sleep_until_interrupt();
	}
	device_called = false;
}

void wait_msi_message(uint64_t *address, uint32_t *data)
{
	*address = MSI_ADDRESS | (uint64_t)apic_id() << MSI_DESTINATION_SHIFT;
	*data = VECTOR_DEVICE; // fixed, edge
}
