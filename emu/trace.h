// SPDX-License-Identifier: Apache-2.0
// What happened, for people: always the firmware's tolerated faults and MSRs
// nobody knows; on request every #VC, GHCB event, guest message and page change. A line starts
// with the number of the exit.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "abi/guest_message.h"
#include "emu/vcpu.h"

void trace_vc(struct vcpu *v, uint64_t error_code);
void trace_msr_protocol(struct vcpu *v, uint64_t request);
// `result` and the answer follow with trace_event_end().
void trace_event(struct vcpu *v, uint64_t code, uint64_t info1, uint64_t info2,
		 uint64_t rax, uint64_t rcx);
void trace_event_end(uint64_t info1, uint64_t info2);
// A message as it came, whole, and what became of it: the secure processor's
// own result, and what the guest is told. The digest is the start of a SHA-256
// of all bytes that count: header and ciphertext.
void trace_message(struct vcpu *v, const struct guest_message_header *header,
		   uint64_t digest, uint64_t result, uint64_t told);
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
