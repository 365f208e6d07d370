// SPDX-License-Identifier: Apache-2.0
// The CPUID page (AMD 56860, 8.17.2.6): the host's wishes, held by the secure
// processor against what the CPU can do. Copied once into the image's own
// memory; from then on no CPUID instruction of ours leaves to the host. All of
// it may run at the physical address.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "abi/snp.h"
#include "base/err.h"
#include "kernel/cpu/features.h"

// Copies the page, then judges the copy: from 1 to SNP_CPUID_ENTRIES_MAX
// entries, and a C-bit among them that an address can have. ERR_BAD_INPUT
// leaves cpuid_page_is_there() as it was.
enum err cpuid_page_take(const struct snp_cpuid_page *page);
bool cpuid_page_is_there(void);
// One leaf. What isn't in the page is all zeros. Bits that follow the CPU's
// state on a real one (OSXSAVE, the APIC's number) are as the host gave them.
struct cpuid cpuid_page_read(uint32_t leaf, uint32_t subleaf);
// The bit of a page-table entry that says private (CPUID 8000001F, EBX[5:0]).
// Only once the page is there.
unsigned int cpuid_page_c_bit(void);
