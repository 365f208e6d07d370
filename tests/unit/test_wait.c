// SPDX-License-Identifier: Apache-2.0
// wait_until() on a simulated machine: a clock that moves when it is read, an
// APIC timer, and a host that interrupts whenever a test says so.
#include "kernel/time/wait.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/num.h"
#include "kernel/cpu/apic.h"
#include "kernel/cpu/idt.h"
#include "kernel/cpu/sleep.h"
#include "kernel/time/clock.h"

#define TIMER_VECTOR 0xf0
#define DEVICE_VECTOR 0xf1
#define SPURIOUS_VECTOR 0xff

static struct {
	uint64_t now_ns;
	uint64_t step_ns;   // the clock's, each time it is read
	uint64_t ns_a_tick; // of the APIC timer
	uint64_t fires_ns;  // 0: stopped
	uint32_t count;
	unsigned int starts, acknowledged, sleeps;
	// The host's interrupts to come, in order.
	struct {
		uint64_t at_ns;
		uint8_t vector;
	} events[8];
	size_t next_event, event_count;
	void (*handlers[256])(void);
	enum err apic_answer;
} fake;

uint64_t clock_now_ns(void)
{
	return fake.now_ns += fake.step_ns;
}

enum err apic_init(struct apic_vectors vectors)
{
	assert_int_equal(vectors.timer, TIMER_VECTOR);
	assert_int_equal(vectors.spurious, SPURIOUS_VECTOR);
	return fake.apic_answer;
}

uint8_t apic_id(void)
{
	return 3;
}

void apic_acknowledge(void)
{
	fake.acknowledged++;
}

void apic_timer_start(uint32_t count)
{
	fake.starts++;
	fake.count = count;
	fake.fires_ns = count ? fake.now_ns + count * fake.ns_a_tick : 0;
}

uint32_t apic_timer_left(void)
{
	if (fake.fires_ns <= fake.now_ns || fake.ns_a_tick == 0)
		return fake.ns_a_tick ? 0 : fake.count;
	return (uint32_t)((fake.fires_ns - fake.now_ns) / fake.ns_a_tick);
}

void idt_set_interrupt(uint8_t vector, void (*handler)(void))
{
	fake.handlers[vector] = handler;
}

static void interrupt_at(uint64_t at_ns, uint8_t vector)
{
	size_t i = fake.event_count++;

	assert_true(i < ARRAY_COUNT(fake.events));
	fake.events[i].at_ns = at_ns;
	fake.events[i].vector = vector;
}

void sleep_until_interrupt(void)
{
	uint8_t vector = TIMER_VECTOR;
	uint64_t at = fake.fires_ns ? fake.fires_ns : UINT64_MAX;

	fake.sleeps++;
	assert_true(fake.sleeps < 1000);
	if (fake.next_event < fake.event_count &&
	    fake.events[fake.next_event].at_ns < at) {
		at = fake.events[fake.next_event].at_ns;
		vector = fake.events[fake.next_event++].vector;
	} else {
		assert_true(at != UINT64_MAX); // else it would sleep for good
		fake.fires_ns = 0;
	}
	fake.now_ns = max_u64(fake.now_ns, at);
	fake.handlers[vector]();
}

static void start(void)
{
	memset(&fake, 0, sizeof(fake));
	fake.step_ns = 100;
	fake.ns_a_tick = 16;
	assert_int_equal(wait_init(), OK);
	assert_true(fake.now_ns < 3 * NS_PER_MS);
	assert_true(fake.fires_ns == 0);
	fake.starts = 0;
}

// Ends what an earlier test left armed: the state is wait.c's own.
static int reset(void **state)
{
	(void)state;
	start();
	if (fake.handlers[TIMER_VECTOR])
		fake.handlers[TIMER_VECTOR]();
	fake.acknowledged = 0;
	return 0;
}

static void reaches_a_deadline(void **state)
{
	uint64_t deadline = fake.now_ns + 5 * NS_PER_MS;

	(void)state;
	wait_until(deadline);
	assert_in_range(fake.now_ns, deadline, deadline + 20000);
	assert_true(fake.sleeps <= 2);
	assert_int_equal(fake.acknowledged, fake.sleeps);
}

static void past_deadline_returns_at_once(void **state)
{
	(void)state;
	wait_until(fake.now_ns);
	wait_until(0);
	assert_int_equal(fake.sleeps, 0);
	assert_int_equal(fake.starts, 0);
}

static void device_wakes(void **state)
{
	uint64_t now = fake.now_ns;

	(void)state;
	interrupt_at(now + 1000, DEVICE_VECTOR);
	wait_until(WAIT_FOREVER);
	assert_in_range(fake.now_ns, now + 1000, now + 2000);
	assert_int_equal(fake.starts, 0);
	assert_int_equal(fake.acknowledged, 1);
}

static void later_deadlines_leave_the_timer_alone(void **state)
{
	uint64_t now = fake.now_ns;

	(void)state;
	for (unsigned int i = 0; i < 5; i++) {
		interrupt_at(now + (i + 1) * 10000, DEVICE_VECTOR);
		wait_until(now + NS_PER_MS + i * 20000);
	}
	assert_int_equal(fake.starts, 1);
	interrupt_at(fake.now_ns + 1000, DEVICE_VECTOR);
	wait_until(now + NS_PER_MS / 2);
	assert_int_equal(fake.starts, 2);
	wait_until(now + NS_PER_MS);
	assert_in_range(fake.now_ns, now + NS_PER_MS, now + NS_PER_MS + 20000);
}

static void far_deadlines_take_steps(void **state)
{
	// More than 2^32 ticks of 16 ns.
	uint64_t deadline = fake.now_ns + 300 * NS_PER_SECOND;

	(void)state;
	wait_until(deadline);
	assert_in_range(fake.now_ns, deadline, deadline + 300 * NS_PER_MS);
	assert_in_range(fake.starts, 5, 7);
}

static void hostile_interrupts_only_cost_a_turn(void **state)
{
	uint64_t now = fake.now_ns, deadline = now + NS_PER_MS;

	(void)state;
	interrupt_at(now + 1000, TIMER_VECTOR);
	interrupt_at(now + 2000, SPURIOUS_VECTOR);
	interrupt_at(now + 3000, TIMER_VECTOR);
	wait_until(deadline);
	assert_in_range(fake.now_ns, deadline, deadline + 20000);
	interrupt_at(fake.now_ns + 1000, TIMER_VECTOR);
	interrupt_at(fake.now_ns + 2000, DEVICE_VECTOR);
	wait_until(WAIT_FOREVER);
	assert_int_equal(fake.next_event, 5);
}

static void spurious_is_not_acknowledged(void **state)
{
	(void)state;
	interrupt_at(0, SPURIOUS_VECTOR);
	interrupt_at(0, DEVICE_VECTOR);
	wait_until(WAIT_FOREVER);
	assert_int_equal(fake.acknowledged, 1);
}

static void message_names_this_cpu(void **state)
{
	uint64_t address;
	uint32_t data;

	(void)state;
	wait_msi_message(&address, &data);
	assert_true(address == 0xfee03000);
	assert_int_equal(data, DEVICE_VECTOR);
}

static void refuses_a_broken_machine(void **state)
{
	(void)state;
	fake.apic_answer = ERR_UNSUPPORTED;
	assert_int_equal(wait_init(), ERR_UNSUPPORTED);
	fake.apic_answer = OK;
	fake.ns_a_tick = 0; // the timer stands still
	assert_int_equal(wait_init(), ERR_DEVICE);
	fake.ns_a_tick = 16;
	fake.step_ns = 0; // the clock stands still
	assert_int_equal(wait_init(), ERR_DEVICE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(reaches_a_deadline, reset),
		cmocka_unit_test_setup(past_deadline_returns_at_once, reset),
		cmocka_unit_test_setup(device_wakes, reset),
		cmocka_unit_test_setup(later_deadlines_leave_the_timer_alone,
				       reset),
		cmocka_unit_test_setup(far_deadlines_take_steps, reset),
		cmocka_unit_test_setup(hostile_interrupts_only_cost_a_turn,
				       reset),
		cmocka_unit_test_setup(spurious_is_not_acknowledged, reset),
		cmocka_unit_test_setup(message_names_this_cpu, reset),
		cmocka_unit_test_setup(refuses_a_broken_machine, reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
