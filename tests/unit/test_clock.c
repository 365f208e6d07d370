// SPDX-License-Identifier: Apache-2.0
// The clock and how it learns its rate: the counter is the host's real one, and
// the PM timer is a fake that divides it.
#include "kernel/time/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "abi/snp.h"
#include "base/num.h"
#include "kernel/cpu/features.h"
#include "kernel/cpu/pio.h"
#include "kernel/cpu/regs.h"
#include "kernel/dev/pci.h"
#include "kernel/time/pm_timer.h"
#include "kernel/time/scale.h"
#include "kernel/time/tsc_rate.h"
#include "tests/fake/snp.h"

static struct {
	bool has_tsc;
	struct cpuid tsc_leaf, hypervisor, timing;
	uint32_t lpc[64]; // configuration space of 00:1f.0
	uint64_t divisor; // counter ticks for each tick of the PM timer
	bool frozen;
} fake;

bool cpu_has(enum cpu_feature feature)
{
	assert_int_equal(feature, CPU_TSC);
	return fake.has_tsc;
}

struct cpuid cpuid_read(uint32_t leaf, uint32_t subleaf)
{
	assert_int_equal(subleaf, 0);
	switch (leaf) {
	case 0x15:
		return fake.tsc_leaf;
	case 0x40000000:
		return fake.hypervisor;
	case 0x40000010:
		return fake.timing;
	default:
		fail_msg("leaf %x", leaf);
		return (struct cpuid){ 0 };
	}
}

uint32_t pci_read32(const struct pci_function *f, unsigned int offset)
{
	assert_int_equal(f->device, 31);
	assert_int_equal(f->function, 0);
	return fake.lpc[offset / 4];
}

void pci_write32(const struct pci_function *f, unsigned int offset,
		 uint32_t value)
{
	assert_int_equal(f->device, 31);
	fake.lpc[offset / 4] = value;
}

uint32_t pio_read32(uint16_t port)
{
	assert_int_equal(port, (fake.lpc[0x40 / 4] & 0xff80) + 8);
	assert_true(fake.lpc[0x44 / 4] & 0x80);
	return fake.frozen ? 7 : (uint32_t)(read_tsc() / fake.divisor);
}

static int reset(void **state)
{
	(void)state;
	memset(&fake, 0, sizeof(fake));
	fake.has_tsc = true;
	fake.lpc[0] = 0x29188086;
	fake.lpc[0x40 / 4] = 0x601;
	fake.lpc[0x44 / 4] = 0x80;
	fake.divisor = 838;
	return 0;
}

static void scales(void **state)
{
	struct scale s = scale_of(3000000000, NS_PER_SECOND);

	(void)state;
	assert_true(scale_apply(s, 0) == 0);
	// A year's error is below a second.
	uint64_t year = 365ull * 24 * 3600;
	uint64_t ns = scale_apply(s, year * 3000000000);
	assert_true(ns <= year * NS_PER_SECOND);
	assert_true(ns > (year - 1) * NS_PER_SECOND);
	assert_true(scale_apply(scale_of(1, 4000000000), UINT64_MAX) ==
		    UINT64_MAX);
	assert_true(scale_apply(scale_of(5, 5), UINT64_MAX) == UINT64_MAX);
}

static void pm_timer_wraps(void **state)
{
	(void)state;
	assert_int_equal(pm_timer_elapsed(5, 9), 4);
	assert_int_equal(pm_timer_elapsed(0xfffffe, 3), 5);
	assert_int_equal(pm_timer_elapsed(3, 3), 0);
}

static void cpuid_comes_first(void **state)
{
	uint64_t hz;

	(void)state;
	fake.lpc[0] = 0xffffffff;
	fake.tsc_leaf = (struct cpuid){ 2, 250, 24000000, 0 };
	assert_int_equal(tsc_rate_find(&hz), OK);
	assert_true(hz == 3000000000);
	fake.tsc_leaf.ecx = 0;
	fake.hypervisor.eax = 0x40000010;
	fake.timing.eax = 2450000;
	assert_int_equal(tsc_rate_find(&hz), OK);
	assert_true(hz == 2450000000);
	fake.hypervisor.eax = 0x4000000f;
	assert_int_equal(tsc_rate_find(&hz), ERR_UNSUPPORTED);
	fake.hypervisor.eax = 0x80000010;
	assert_int_equal(tsc_rate_find(&hz), ERR_UNSUPPORTED);
	assert_true(hz == 2450000000);
}

static void calibrates(void **state)
{
	const uint64_t expected = 838ull * PM_TIMER_HZ;
	uint64_t hz;

	(void)state;
	assert_int_equal(tsc_rate_find(&hz), OK);
	assert_in_range(hz, expected - expected / 500,
			expected + expected / 500);
}

static void turns_the_pm_timer_on(void **state)
{
	uint64_t hz;

	(void)state;
	fake.lpc[0x40 / 4] = 1;
	fake.lpc[0x44 / 4] = 0x12345600;
	assert_int_equal(tsc_rate_find(&hz), OK);
	assert_int_equal(fake.lpc[0x40 / 4] & 0xff80, 0x600);
	assert_int_equal(fake.lpc[0x44 / 4], 0x12345680);
}

static void refuses_nonsense(void **state)
{
	uint64_t hz = 42;

	(void)state;
	fake.frozen = true;
	assert_int_equal(tsc_rate_find(&hz), ERR_DEVICE);
	fake.frozen = false;
	fake.divisor = 2; // 7 MHz
	assert_int_equal(tsc_rate_find(&hz), ERR_DEVICE);
	fake.divisor = 3000; // 10.7 GHz
	assert_int_equal(tsc_rate_find(&hz), ERR_DEVICE);
	fake.tsc_leaf = (struct cpuid){ 1, UINT32_MAX, UINT32_MAX, 0 };
	assert_int_equal(tsc_rate_find(&hz), ERR_DEVICE);
	fake.tsc_leaf = (struct cpuid){ UINT32_MAX, 1, 1, 0 };
	fake.lpc[0] = 0;
	assert_int_equal(tsc_rate_find(&hz), ERR_UNSUPPORTED);
	fake.has_tsc = false;
	assert_int_equal(clock_init(0), ERR_UNSUPPORTED);
	assert_true(hz == 42);
}

// The host's sources all lie, and none of them is asked.
static void secure_tsc_asks_nobody(void **state)
{
	uint64_t hz = 42;

	(void)state;
	fake.tsc_leaf = (struct cpuid){ 1, 100, 30000000, 0 };
	fake_snp_set_status(SEV_STATUS_SNP | SEV_STATUS_SECURE_TSC);
	assert_int_equal(tsc_rate_find(&hz), ERR_DEVICE); // nothing was set
	// 2.45 GHz, less 0.2 %; upper bits of the register are reserved.
	tsc_rate_set_secure(0xfffffffffffc0000 | 2450, 200);
	assert_int_equal(tsc_rate_find(&hz), OK);
	assert_true(hz == 2445100000);
	tsc_rate_set_secure(2450, 0);
	assert_int_equal(tsc_rate_find(&hz), OK);
	assert_true(hz == 2450000000);
	tsc_rate_set_secure(0x3ffff, 0);
	assert_int_equal(tsc_rate_find(&hz), ERR_DEVICE);
	tsc_rate_set_secure(2450, 99999);
	assert_int_equal(tsc_rate_find(&hz), ERR_DEVICE);
	tsc_rate_set_secure(2450, 100000);
	assert_int_equal(tsc_rate_find(&hz), ERR_DEVICE);
	tsc_rate_set_secure(2450, UINT32_MAX);
	assert_int_equal(tsc_rate_find(&hz), ERR_DEVICE);
	assert_true(hz == 2450000000);
	// Without the feature the register counts for nothing.
	fake_snp_set_status(SEV_STATUS_SNP);
	assert_int_equal(tsc_rate_find(&hz), OK);
	assert_true(hz == 3000000000);
	fake_snp_set_status(0);
}

static void never_goes_backward(void **state)
{
	uint64_t start = read_tsc(), before;

	(void)state;
	fake.tsc_leaf = (struct cpuid){ 1, 100, 30000000, 0 };
	assert_int_equal(clock_init(start), OK);
	assert_true(clock_tsc_hz() == 3000000000);
	before = clock_now_ns();
	for (int i = 0; i < 100000; i++) {
		uint64_t now = clock_now_ns();
		assert_true(now >= before);
		before = now;
	}
	assert_true(before > 0);
	assert_true(before <= (read_tsc() - start) / 3 + 1);
	// The counter is set back: first a bit, then to before where it began.
	assert_int_equal(clock_init(read_tsc()), OK);
	assert_true(clock_now_ns() >= before);
	before = clock_now_ns();
	assert_int_equal(clock_init(UINT64_MAX), OK);
	assert_true(clock_now_ns() == before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scales),
		cmocka_unit_test(pm_timer_wraps),
		cmocka_unit_test_setup(cpuid_comes_first, reset),
		cmocka_unit_test_setup(calibrates, reset),
		cmocka_unit_test_setup(turns_the_pm_timer_on, reset),
		cmocka_unit_test_setup(refuses_nonsense, reset),
		cmocka_unit_test_setup(secure_tsc_asks_nobody, reset),
		cmocka_unit_test_setup(never_goes_backward, reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
