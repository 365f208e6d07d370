// SPDX-License-Identifier: Apache-2.0
// The encrypted save area of a vCPU (AMD APM vol. 2, table B-4), as far as a
// launch or an AP's start sets it. All else is reserved or zero then.
#pragma once

#include <stddef.h>
#include <stdint.h>

struct vmsa_segment {
	uint16_t selector;
	uint16_t attributes;
	uint32_t limit;
	uint64_t base;
};

struct vmsa {
	struct vmsa_segment es, cs, ss, ds, fs, gs, gdtr, ldtr, idtr, tr;
	uint8_t unset_a0[0xca - 0xa0];
	uint8_t vmpl;
	uint8_t cpl;
	uint8_t unset_cc[0xd0 - 0xcc];
	uint64_t efer;
	uint8_t unset_d8[0x148 - 0xd8];
	uint64_t cr4, cr3, cr0, dr7, dr6, rflags, rip;
	uint8_t unset_180[0x268 - 0x180];
	uint64_t g_pat;
	uint8_t unset_270[0x310 - 0x270];
	uint64_t rdx;
	uint8_t unset_318[0x3b0 - 0x318];
	uint64_t sev_features;
	uint8_t unset_3b8[0x3e8 - 0x3b8];
	uint64_t xcr0;
	uint8_t unset_3f0[0x408 - 0x3f0];
	uint32_t mxcsr;
	uint16_t x87_ftw, x87_fsw, x87_fcw;
	uint8_t unset_412[0x1000 - 0x412];
};

_Static_assert(offsetof(struct vmsa, tr) == 0x90);
_Static_assert(offsetof(struct vmsa, vmpl) == 0xca);
_Static_assert(offsetof(struct vmsa, efer) == 0xd0);
_Static_assert(offsetof(struct vmsa, cr4) == 0x148);
_Static_assert(offsetof(struct vmsa, rip) == 0x178);
_Static_assert(offsetof(struct vmsa, g_pat) == 0x268);
_Static_assert(offsetof(struct vmsa, rdx) == 0x310);
_Static_assert(offsetof(struct vmsa, sev_features) == 0x3b0);
_Static_assert(offsetof(struct vmsa, xcr0) == 0x3e8);
_Static_assert(offsetof(struct vmsa, mxcsr) == 0x408);
_Static_assert(offsetof(struct vmsa, x87_fcw) == 0x410);
_Static_assert(sizeof(struct vmsa) == 0x1000);
