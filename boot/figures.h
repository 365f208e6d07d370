// SPDX-License-Identifier: Apache-2.0
// One line of counters on the console of a development image, for tests and
// benchmarks: `figures name=number name=number ...`.
#pragma once

#include <stdint.h>

// Prints the counters every `period_s` seconds from now on; 0: never.
void figures_start(uint64_t now_ns, uint64_t period_s);
// Prints them if it is time; returns when the next are due, UINT64_MAX: never.
uint64_t figures_tick(uint64_t now_ns);
