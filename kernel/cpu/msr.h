// SPDX-License-Identifier: Apache-2.0
// Model-specific registers that the host keeps under SEV-SNP: the local APIC's.
// Out of line on purpose: under SEV-SNP each access is a GHCB event. Registers
// that the guest owns there (EFER, PAT, FS and GS base) are read and written by
// kernel/cpu/regs.h alone.
#pragma once

#include <stdbool.h>
#include <stdint.h>

// Whether the host keeps it: the APIC's base and x2APIC's registers. The host
// is asked for no other.
bool msr_is_hosts(uint32_t msr);
// CHECKs that it is one of them. Under SEV-SNP what is read is the host's word;
// a host that answers neither a value nor #GP ends the guest, and so does #GP.
uint64_t msr_read(uint32_t msr);
void msr_write(uint32_t msr, uint64_t value);
