// SPDX-License-Identifier: Apache-2.0
// The guest's one virtual CPU: its control block, its registers and what the
// platform remembers of it.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "abi/svm.h"
#include "abi/vmsa.h"
#include "emu/vcpu_offsets.h"

struct vcpu {
	struct vmcb *vmcb;
	// RAX and RSP are in the VMCB: use vcpu_reg().
	uint64_t gpr[REG_COUNT];
	uint64_t ghcb_msr;   // what the guest last wrote, or the answer
	uint64_t ghcb_gpa;   // registered, or GHCB_GPA_NONE
	uint64_t sev_status; // MSR C0010131
	uint64_t tsc_khz;
	unsigned int vmpl;
	uint64_t exit_count;
};

#define GHCB_GPA_NONE (~0ull)

// The state in which a virtual CPU starts, as its encrypted save area has it.
void vcpu_init(struct vcpu *v, const struct vmsa *vmsa);
// SEV_STATUS from now on, and what the hardware does by it: with debug swap
// DR7 is the guest's own.
void vcpu_set_sev_status(struct vcpu *v, uint64_t sev_status);
// RDTSC and RDTSCP become #VCs.
void vcpu_trap_rdtsc(struct vcpu *v);
// Runs the guest up to its next exit.
void vcpu_run(struct vcpu *v);
uint64_t *vcpu_reg(struct vcpu *v, unsigned int number);
// Moves RIP past the instruction that exited; also ends an interrupt shadow.
void vcpu_skip(struct vcpu *v, unsigned int bytes);
bool vcpu_is_paged(const struct vcpu *v);  // CR0.PG
bool vcpu_is_long(const struct vcpu *v);   // EFER.LMA
bool vcpu_is_code64(const struct vcpu *v); // a 64-bit code segment
uint64_t vcpu_linear_rip(const struct vcpu *v);
// Exits on a write to CR0 while one could turn long mode on: from then on
// another nested root counts.
void vcpu_watch_cr0(struct vcpu *v);
