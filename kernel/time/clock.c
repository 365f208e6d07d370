// SPDX-License-Identifier: Apache-2.0
// Monotonic time since boot.
#include "kernel/time/clock.h"

#include "base/num.h"
#include "kernel/cpu/features.h"
#include "kernel/cpu/regs.h"
#include "kernel/time/scale.h"
#include "kernel/time/tsc_rate.h"

// 146 years.
#define LATEST_LIMIT_NS (1ull << 62)

static uint64_t tsc_hz, start_tsc, latest_ns;
static struct scale to_ns;

enum err clock_init(uint64_t entry_tsc)
{
	if (!cpu_has(CPU_TSC))
		return ERR_UNSUPPORTED;
	TRY(tsc_rate_find(&tsc_hz));
	to_ns = scale_of(tsc_hz, NS_PER_SECOND);
	start_tsc = entry_tsc;
	return OK;
}

// The host may set the counter back or forth; then time stands still or leaps,
// but never goes backward.
uint64_t clock_now_ns(void)
{
	uint64_t tsc = read_tsc();
	uint64_t now_ns;

	if (tsc > start_tsc) {
		now_ns = scale_apply(to_ns, tsc - start_tsc);
		latest_ns =
			max_u64(latest_ns, min_u64(now_ns, LATEST_LIMIT_NS));
	}
	return latest_ns;
}

uint64_t clock_tsc_hz(void)
{
	return tsc_hz;
}
