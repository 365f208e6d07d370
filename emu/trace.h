// SPDX-License-Identifier: Apache-2.0
// What happened, for people: always the firmware's tolerated faults and MSRs
// nobody knows; on request every #VC, GHCB event and page change. A line starts
// with the number of the exit.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "emu/vcpu.h"

void trace_vc(struct vcpu *v, uint64_t error_code);
void trace_msr_protocol(struct vcpu *v, uint64_t request);
// `result` and the answer follow with trace_event_end().
void trace_event(struct vcpu *v, uint64_t code, uint64_t info1, uint64_t info2,
		 uint64_t rax, uint64_t rcx);
void trace_event_end(uint64_t info1, uint64_t info2);
void trace_pages(const char *what, uint64_t gpa, uint64_t count);
// A page walk or fetch through a C-bit of 0: counted only.
void trace_walk(void);
// Always logged.
void trace_tolerated(struct vcpu *v, const char *name, uint64_t gpa);
void trace_unknown_msr(struct vcpu *v, bool write, uint32_t msr,
		       uint64_t value);
// The last #VCs, and the counts.
void trace_recent(void);
void trace_stats(void);
