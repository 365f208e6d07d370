// SPDX-License-Identifier: Apache-2.0
// A cue for the evil host, and then a look at what became of the guest: traps
// where none can be, a private page that another memory stands behind, words
// that change between two reads.
#include "abi/svm.h"
#include "abi/x86.h"
#include "tests/emu/payload/ghcb.h"
#include "tests/emu/payload/memory.h"
#include "tests/emu/payload/say.h"
#include "tests/emu/payload/scenarios.h"
#include "tests/emu/payload/trap.h"

#define CUE_PORT 0xe5 // emu/ports.h
#define CUE 1
#define MARK 0x2121656d20646e66ull // "fnd me!!", for a dump

// The xAPIC (APM vol. 2, 16.3)
#define APIC_GPA 0xfee00000ull
#define APIC_SPURIOUS 0xf0
#define APIC_LVT_TIMER 0x320
#define APIC_TIMER_INITIAL 0x380
#define APIC_TIMER_DIVIDE 0x3e0
#define APIC_ENABLE 0x1ff
#define APIC_DIVIDE_1 0x0b
#define TIMER_VECTOR 0x40
#define TIMER_COUNT 100000
#define TIMER_LIMIT_CYCLES 1000000000ull

static void cue(uint64_t argument)
{
	(void)argument;
	ghcb_out(CUE_PORT, CUE);
}

static void read_mark(uint64_t gpa)
{
	SAY1("mark", FACT("is there", *private_at(gpa) == MARK));
}

// A #VC is only believed at an instruction that raises it.
static bool is_cpuid_at(uint64_t rip)
{
	const uint8_t *code = (const uint8_t *)rip;
	return code[0] == 0x0f && code[1] == 0xa2;
}

// The answer is read once where it is judged, and once more.
void scenario_ghcb_twice(void)
{
	struct ghcb_call c = { .code = GHCB_EVENT_FEATURES };
	cue(0);
	ghcb_ask(&c);
	uint64_t again = ghcb_page()->sw_exit_info_1;
	SAY2("result", FACT("first", c.result1), FACT("second", again));
}

void scenario_cue(void)
{
	*private_at(ARENA_MARK_GPA) = MARK;
	bool trapped = trap_try(cue, 0);
	trap_say("after the cue", trapped);
	if (trapped && trap_last()->vector == VECTOR_VC)
		SAY1("after the cue",
		     FACT("cpuid", is_cpuid_at(trap_last()->rip)));
	bool read = trap_try(read_mark, ARENA_MARK_GPA);
	trap_say("mark", read);
}

static void apic_write(uint64_t offset, uint32_t value)
{
	struct ghcb_call c = {
		.code = GHCB_EVENT_MMIO_WRITE,
		.info1 = APIC_GPA + offset,
		.info2 = sizeof(value),
		.scratch = ghcb_buffer_gpa(),
		.give = GIVE_SCRATCH,
	};
	*(volatile uint32_t *)ghcb_page()->shared_buffer = value;
	ghcb_ask(&c);
}

static uint64_t tsc(void)
{
	uint32_t low, high;
	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return low | (uint64_t)high << 32;
}

static void await(uint64_t limit)
{
	uint64_t start = tsc();
	__asm__ volatile("sti");
	while (tsc() - start < limit)
		__asm__ volatile("pause");
	__asm__ volatile("cli");
}

// A guest with a counter of its own sees that its timer stays away.
void scenario_timer(void)
{
	cue(0);
	apic_write(APIC_SPURIOUS, APIC_ENABLE);
	apic_write(APIC_TIMER_DIVIDE, APIC_DIVIDE_1);
	apic_write(APIC_LVT_TIMER, TIMER_VECTOR);
	apic_write(APIC_TIMER_INITIAL, TIMER_COUNT);
	trap_say("timer", trap_try(await, TIMER_LIMIT_CYCLES));
}
