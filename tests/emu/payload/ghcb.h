// SPDX-License-Identifier: Apache-2.0
// The test guest's side of the GHCB: it asks what it is told to ask, right or
// wrong, and hands back what came.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "abi/ghcb.h"

#define GIVE_RAX 0x01u
#define GIVE_RBX 0x02u
#define GIVE_RCX 0x04u
#define GIVE_RDX 0x08u
#define GIVE_SCRATCH 0x10u
#define GIVE_XCR0 0x20u
#define GIVE_NO_EXIT 0x40u // the exit code isn't marked as valid

struct ghcb_call {
	uint64_t code, info1, info2;
	uint64_t rax, rbx, rcx, rdx, scratch;
	unsigned int give;
	uint32_t usage;
	uint16_t version; // 0: the right one
	// The answer. `given`: which of RAX to RDX it holds.
	uint64_t result1, result2;
	unsigned int given;
};

// One request by the MSR protocol.
uint64_t ghcb_msr(uint64_t request);
// Shares a page and registers it; the page's GPA.
uint64_t ghcb_init(void);
uint64_t ghcb_gpa(void);
volatile struct ghcb *ghcb_page(void);
// The scratch value of the shared buffer's start.
uint64_t ghcb_buffer_gpa(void);
// Fields that aren't given hold what was left there.
void ghcb_ask(struct ghcb_call *call);
// OUT of one byte; what an event of fixed inputs needs.
void ghcb_out(uint16_t port, uint8_t value);
__attribute__((noreturn)) void ghcb_power_off(void);
__attribute__((noreturn)) void ghcb_terminate(unsigned int set,
					      unsigned int code);
