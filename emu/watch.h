// SPDX-License-Identifier: Apache-2.0
// A shared page whose every touch by the guest is seen: the page is missing
// from the nested tables but for the one instruction that touches it. So the
// host can change what it wrote between two reads, without a race.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "emu/vcpu.h"

// From now on; replaces an earlier watch. Read number `turn` (from 1) of the 8
// bytes at `offset` sees them inverted; 0: none does.
void watch_page(uint64_t gpa, uint64_t offset, uint64_t turn);
// Whether a nested page fault was the watched page's: then the guest goes on.
bool watch_fault(struct vcpu *v, uint64_t gpa, bool write);
// The #DB after that instruction. False: the guest's own.
bool watch_step(struct vcpu *v);
// How often each 8 bytes were read.
void watch_report(void);
