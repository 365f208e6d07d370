// SPDX-License-Identifier: Apache-2.0
// Emulates MOV to CR0 (APM vol. 3) while EFER.LME is set and paging is off.
// LMSW and CLTS exit too, but can't turn paging on.
#include "emu/cr0.h"

#include "abi/x86.h"
#include "emu/die.h"
#include "emu/guest_memory.h"

#define MOV_TO_CR_BYTES 3

void cr0_exit(struct vcpu *v)
{
	uint8_t code[MOV_TO_CR_BYTES];
	if (guest_fetch(v, code, sizeof(code)) != sizeof(code) ||
	    code[0] != 0x0f || code[1] != 0x22 || (code[2] & 0xf8) != 0xc0)
		die(v, "a write to CR0 by another instruction than MOV");
	uint64_t value = (uint32_t)*vcpu_reg(v, code[2] & 7) | CR0_ET;
	if ((value & CR0_PG) != 0)
		v->vmcb->efer |= EFER_LMA;
	v->vmcb->cr0 = value;
	vcpu_skip(v, MOV_TO_CR_BYTES);
	vcpu_watch_cr0(v);
}
