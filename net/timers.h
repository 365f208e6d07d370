// SPDX-License-Identifier: Apache-2.0
// lwIP's timers on the kernel's clock, each run only while it has work, so
// that an idle guest sleeps.
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct netif;

// Call once, with the one interface, after it has been added.
void timers_init(struct netif *interface, uint64_t now_ns);
// Runs what is due. true if anything was.
bool timers_run(uint64_t now_ns);
// When timers_run has work next.
uint64_t timers_deadline_ns(void);
