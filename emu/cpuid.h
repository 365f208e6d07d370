// SPDX-License-Identifier: Apache-2.0
// CPUID of the CPU that the emulator plays: an EPYC model, less what QEMU can't
// execute. XSAVE and all that needs it are never offered: Linux refuses an SNP
// guest XSAVE without XSAVEC, which QEMU lacks.
#pragma once

#include <stdint.h>

#include "abi/snp.h"
#include "emu/cpu.h"

struct cpuid cpuid_for(uint32_t leaf, uint32_t subleaf);
// The model's family, model and stepping as CPUID leaf 1 gives them in EAX.
uint32_t cpuid_signature(void);
// The page that the launch hands over (AMD 56860, 8.17.2.6).
void cpuid_page(struct snp_cpuid_page *page);
