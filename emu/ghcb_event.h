// SPDX-License-Identifier: Apache-2.0
// Events by the GHCB page (AMD 56421, 4.1): reading them with the protocol's
// rules, and answering.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "abi/ghcb.h"
#include "base/err.h"
#include "emu/vcpu.h"

#define EMU_GHCB_FEATURES (GHCB_FEATURE_SNP | GHCB_FEATURE_AP_CREATION)

#define FIELD_RAX 0x01u
#define FIELD_RBX 0x02u
#define FIELD_RCX 0x04u
#define FIELD_RDX 0x08u
#define FIELD_SCRATCH 0x10u
#define FIELD_XCR0 0x20u
#define FIELD_CPL 0x40u

// One event, read from the page once. Handlers change what they answer.
struct ghcb_event {
	struct vcpu *v;
	uint64_t code, info1, info2, scratch;
	uint64_t rax, rbx, rcx, rdx, xcr0;
	unsigned int valid;        // FIELD_* that the guest gave
	unsigned int outputs;      // FIELD_RAX .. FIELD_RDX to hand back
	uint64_t answer1, answer2; // SW_EXITINFO1 and 2
	struct ghcb *page;
};

// The guest asks by the page at `gpa`.
void ghcb_event_exit(struct vcpu *v, uint64_t gpa);

// What a handler says when it can't do what was asked.
void ghcb_event_malformed(struct ghcb_event *e, enum ghcb_malformed why);
void ghcb_event_exception(struct ghcb_event *e, unsigned int vector,
			  uint32_t error_code);
// `count` bytes at SW_SCRATCH, which must lie in the page's shared buffer.
// ERR_BAD_INPUT: it doesn't, and the event is answered as malformed.
enum err ghcb_event_scratch(struct ghcb_event *e, uint64_t count,
			    uint8_t **bytes);
