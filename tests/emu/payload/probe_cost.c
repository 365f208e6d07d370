// SPDX-License-Identifier: Apache-2.0
// How long one request to the host takes, by the guest's own counter. The
// figures are tools/emu_times.py's.
#include "abi/ghcb.h"
#include "tests/emu/payload/ghcb.h"
#include "tests/emu/payload/say.h"
#include "tests/emu/payload/scenarios.h"

#define TURNS 5000u
#define DELAY_PORT 0x80 // nobody listens there

enum kind { KIND_PAGE = 1, KIND_MSR = 2 };

static uint64_t tsc(void)
{
	uint32_t low, high;
	__asm__ volatile("lfence; rdtsc" : "=a"(low), "=d"(high) : : "memory");
	return low | (uint64_t)high << 32;
}

static void by_page(void)
{
	ghcb_out(DELAY_PORT, 0);
}

static void by_msr(void)
{
	ghcb_msr(GHCB_MSR_CPUID_REQUEST);
}

static void take_time(enum kind kind, void (*call)(void))
{
	uint64_t start = tsc();
	for (unsigned int i = 0; i < TURNS; i++)
		call();
	SAY2("round trip", FACT("kind", kind),
	     FACT("cycles", (tsc() - start) / TURNS));
}

void scenario_round_trips(void)
{
	take_time(KIND_PAGE, by_page);
	take_time(KIND_MSR, by_msr);
}
