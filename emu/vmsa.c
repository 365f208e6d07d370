// SPDX-License-Identifier: Apache-2.0
// A virtual CPU's state at reset, as QEMU's x86_cpu_reset() and KVM's
// sev_es_sync_vmsa() make it.
#include "emu/vmsa.h"

#include "abi/svm.h"
#include "abi/x86.h"
#include "emu/libc.h"

#define ATTR_DATA 0x93
#define ATTR_CODE 0x9b
#define ATTR_LDT 0x82
#define ATTR_TSS 0x8b
#define LIMIT 0xffff

void vmsa_make(struct vmsa *vmsa, uint32_t reset_eip, uint32_t signature,
	       uint64_t sev_features, unsigned int vmpl)
{
	const struct vmsa_segment data = { 0, ATTR_DATA, LIMIT, 0 };
	const struct vmsa_segment table = { 0, 0, LIMIT, 0 };
	memset(vmsa, 0, sizeof(*vmsa));
	vmsa->es = data;
	vmsa->ss = data;
	vmsa->ds = data;
	vmsa->fs = data;
	vmsa->gs = data;
	vmsa->cs = (struct vmsa_segment){ 0xf000, ATTR_CODE, LIMIT,
					  reset_eip & 0xffff0000 };
	vmsa->gdtr = table;
	vmsa->idtr = table;
	vmsa->ldtr = (struct vmsa_segment){ 0, ATTR_LDT, LIMIT, 0 };
	vmsa->tr = (struct vmsa_segment){ 0, ATTR_TSS, LIMIT, 0 };
	vmsa->vmpl = (uint8_t)vmpl;
	vmsa->efer = EFER_SVME;
	vmsa->cr4 = 0x40; // MCE
	vmsa->cr0 = CR0_ET;
	vmsa->dr7 = 0x400;
	vmsa->dr6 = 0xffff0ff0;
	vmsa->rflags = RFLAGS_RESERVED1;
	vmsa->rip = reset_eip & 0xffff;
	vmsa->g_pat = 0x0007040600070406;
	vmsa->rdx = signature;
	vmsa->sev_features = sev_features;
	vmsa->xcr0 = 1;
	vmsa->mxcsr = 0x1f80;
	vmsa->x87_fcw = 0x37f;
}
