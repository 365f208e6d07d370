// SPDX-License-Identifier: Apache-2.0
// The state in which QEMU and KVM start a vCPU (QEMU, target/i386/cpu.c,
// x86_cpu_reset_hold; KVM, arch/x86/kvm/svm/sev.c, sev_es_sync_vmsa).
#include "image/measure/launch.h"

#include <string.h>

#include "base/num.h"

static struct vmsa_segment segment(uint16_t attributes)
{
	return (struct vmsa_segment){ .attributes = attributes,
				      .limit = 0xffff };
}

void launch_vmsa(uint32_t eip, uint32_t vcpu_signature, uint64_t sev_features,
		 struct vmsa *out)
{
	struct vmsa_segment data = segment(0x93);
	struct vmsa_segment table = segment(0);
	struct vmsa_segment code = segment(0x9b);

	code.selector = 0xf000;
	code.base = eip & 0xffff0000;
	memset(out, 0, sizeof(*out));
	out->es = out->ss = out->ds = out->fs = out->gs = data;
	out->cs = code;
	out->gdtr = out->idtr = table;
	out->ldtr = segment(0x82);
	out->tr = segment(0x8b);
	out->efer = 0x1000; // SVME: KVM sets it for every SVM guest
	out->cr4 = 0x40;    // MCE
	out->cr0 = 0x10;    // ET
	out->dr7 = 0x400;
	out->dr6 = 0xffff0ff0;
	out->rflags = 0x2;
	out->rip = eip & 0xffff;
	out->g_pat = 0x0007040600070406;
	out->rdx = vcpu_signature;
	out->sev_features = sev_features;
	out->xcr0 = 1;
	out->mxcsr = 0x1f80;
	out->x87_fcw = 0x37f;
}

// Family, model and stepping of QEMU's CPU types (target/i386/cpu.c), as CPUID
// 1 EAX encodes them (AMD APM vol. 3, E.3.2). Versions of one type share it.
static const struct {
	const char *type;
	uint32_t signature;
} vcpu_types[] = {
	{ "EPYC", 0x800f12 },          { "EPYC-v1", 0x800f12 },
	{ "EPYC-v2", 0x800f12 },       { "EPYC-v3", 0x800f12 },
	{ "EPYC-v4", 0x800f12 },       { "EPYC-IBPB", 0x800f12 },
	{ "EPYC-Rome", 0x830f10 },     { "EPYC-Rome-v1", 0x830f10 },
	{ "EPYC-Rome-v2", 0x830f10 },  { "EPYC-Rome-v3", 0x830f10 },
	{ "EPYC-Rome-v4", 0x830f10 },  { "EPYC-Milan", 0xa00f11 },
	{ "EPYC-Milan-v1", 0xa00f11 }, { "EPYC-Milan-v2", 0xa00f11 },
	{ "EPYC-Genoa", 0xa10f10 },    { "EPYC-Genoa-v1", 0xa10f10 },
	{ "EPYC-Turin", 0xb00f00 },    { "EPYC-Turin-v1", 0xb00f00 },
};

const char *launch_vcpu_type(size_t i)
{
	return i < ARRAY_COUNT(vcpu_types) ? vcpu_types[i].type : NULL;
}

enum err launch_vcpu_signature(const char *type, uint32_t *out)
{
	for (size_t i = 0; i < ARRAY_COUNT(vcpu_types); i++)
		if (strcmp(vcpu_types[i].type, type) == 0) {
			*out = vcpu_types[i].signature;
			return OK;
		}
	return ERR_NOT_FOUND;
}
