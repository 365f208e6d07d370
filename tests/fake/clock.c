// SPDX-License-Identifier: Apache-2.0
// kernel/time/clock.h with a time that stands until the test moves it.
#include "tests/fake/clock.h"

#include "kernel/time/clock.h"

static uint64_t now = 1000000000;

void fake_clock_set_ns(uint64_t now_ns)
{
	now = now_ns;
}

void fake_clock_add_ns(uint64_t ns)
{
	now += ns;
}

uint64_t clock_now_ns(void)
{
	return now;
}
