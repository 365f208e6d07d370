// SPDX-License-Identifier: Apache-2.0
// kernel/time/clock.h with a time that stands until the test moves it.
#pragma once

#include <stdint.h>

void fake_clock_set_ns(uint64_t now_ns);
void fake_clock_add_ns(uint64_t ns);
