// SPDX-License-Identifier: Apache-2.0
// How fast the time stamp counter runs.
#include "kernel/time/tsc_rate.h"

#include "abi/snp.h"
#include "base/num.h"
#include "kernel/cpu/features.h"
#include "kernel/cpu/regs.h"
#include "kernel/snp/snp.h"
#include "kernel/time/pm_timer.h"

#define CPUID_TSC 0x15
#define CPUID_HYPERVISOR 0x40000000
#define CPUID_HYPERVISOR_TIMING 0x40000010
#define CPUID_HYPERVISOR_LAST 0x400000ff

#define CALIBRATION_TICKS (PM_TIMER_HZ / 200) // 5 ms
#define SAMPLE_TRIES 8
#define READ_LIMIT 1000000 // a read takes 0.1 us at the least

// MSR_GUEST_TSC_FREQ: the counter's nominal rate in bits 17:0. The true one is
// lower by the factor, in 1/100,000 (AMD 56860, 8.17.2.5, TSC_FACTOR).
#define FREQUENCY_MHZ_MASK 0x3ffffull
#define FACTOR_WHOLE 100000u

static uint64_t secure_hz;

void tsc_rate_set_secure(uint64_t frequency_msr, uint32_t factor)
{
	uint64_t nominal_hz = (frequency_msr & FREQUENCY_MHZ_MASK) * 1000000;

	// A factor beyond the whole leaves no rate, which is refused later.
	secure_hz = nominal_hz / FACTOR_WHOLE *
		    (FACTOR_WHOLE - min_u64(factor, FACTOR_WHOLE));
}

static uint64_t rate_of_tsc_leaf(void)
{
	struct cpuid leaf = cpuid_read(CPUID_TSC, 0);

	if (!leaf.eax || !leaf.ebx || !leaf.ecx)
		return 0;
	// A product of two 32-bit numbers fits.
	return (uint64_t)leaf.ecx * leaf.ebx / leaf.eax;
}

static uint64_t rate_of_hypervisor_leaf(void)
{
	uint32_t last = cpuid_read(CPUID_HYPERVISOR, 0).eax;

	if (last < CPUID_HYPERVISOR_TIMING || last > CPUID_HYPERVISOR_LAST)
		return 0;
	return (uint64_t)cpuid_read(CPUID_HYPERVISOR_TIMING, 0).eax * 1000;
}

// The two clocks at one moment.
struct sample {
	uint64_t tsc;
	uint32_t timer;
};

// Of several reads the quickest: the others were interrupted by the host.
static struct sample take_sample(void)
{
	struct sample best = { 0 };
	uint64_t best_took = UINT64_MAX;

	for (int i = 0; i < SAMPLE_TRIES; i++) {
		uint64_t before = read_tsc();
		uint32_t timer = pm_timer_read();
		uint64_t took = read_tsc() - before;

		if (took < best_took) {
			best_took = took;
			best = (struct sample){ before + took / 2, timer };
		}
	}
	return best;
}

static enum err rate_of_pm_timer(uint64_t *hz)
{
	struct sample first, last;
	uint32_t reads = 0, ticks;

	TRY(pm_timer_init());
	first = take_sample();
	while (pm_timer_elapsed(first.timer, pm_timer_read()) <
	       CALIBRATION_TICKS) {
		if (++reads > READ_LIMIT)
			return ERR_DEVICE;
		cpu_pause();
	}
	last = take_sample();
	ticks = pm_timer_elapsed(first.timer, last.timer);
	if (last.tsc < first.tsc || ticks < CALIBRATION_TICKS)
		return ERR_DEVICE;
	// Beyond it the product below could lose its upper half.
	if (last.tsc - first.tsc > UINT64_MAX / PM_TIMER_HZ)
		return ERR_DEVICE;
	*hz = mul_div(last.tsc - first.tsc, PM_TIMER_HZ, ticks);
	return OK;
}

static enum err rate_of_host(uint64_t *hz)
{
	uint64_t rate = rate_of_tsc_leaf();

	if (!rate)
		rate = rate_of_hypervisor_leaf();
	if (!rate)
		TRY(rate_of_pm_timer(&rate));
	*hz = rate;
	return OK;
}

enum err tsc_rate_find(uint64_t *hz)
{
	uint64_t rate = secure_hz;

	if (!(snp_status() & SEV_STATUS_SECURE_TSC))
		TRY(rate_of_host(&rate));
	if (rate < TSC_RATE_MIN_HZ || rate > TSC_RATE_MAX_HZ)
		return ERR_DEVICE;
	*hz = rate;
	return OK;
}
