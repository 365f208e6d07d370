// SPDX-License-Identifier: Apache-2.0
// The table of exits: as on SEV-ES hardware, most become a #VC in the guest
// ("non-automatic exits", APM vol. 2, 15.35.4).
#include "emu/exits.h"

#include "abi/svm.h"
#include "abi/x86.h"
#include "base/bytes.h"
#include "base/num.h"
#include "emu/cr0.h"
#include "emu/die.h"
#include "emu/ghcb_msr.h"
#include "emu/guest_memory.h"
#include "emu/inject.h"
#include "emu/msr.h"
#include "emu/npf.h"
#include "emu/page_instructions.h"
#include "emu/watch.h"

#define VMMCALL_BYTES 3
#define VMGEXIT_BYTES 4

static void reflect(struct vcpu *v)
{
	inject_vc(v, v->vmcb->exitcode);
}

// VMGEXIT is VMMCALL behind a REP prefix, which QEMU ignores.
static void vmmcall(struct vcpu *v)
{
	uint8_t bytes[VMGEXIT_BYTES];
	if (guest_fetch(v, bytes, sizeof(bytes)) < VMMCALL_BYTES)
		die(v, "VMMCALL can't be read");
	if (bytes[0] != 0xf3 && bytes[0] != 0xf2) {
		reflect(v);
		return;
	}
	vcpu_skip(v, VMGEXIT_BYTES);
	ghcb_msr_exit(v);
}

// QEMU 7.2 takes INVD for WBINVD, and 10 forgets that both need ring 0 (which
// comes before an intercept: APM vol. 2, 15.9).
static void cache(struct vcpu *v)
{
	static const uint8_t invd_code[] = { 0x0f, 0x08 };
	uint8_t bytes[sizeof(invd_code)] = { 0 };
	if (v->vmcb->cpl != 0) {
		inject_exception_error(v, VECTOR_GP, 0);
		return;
	}
	guest_fetch(v, bytes, sizeof(bytes));
	bool invd = load_le16(bytes) == load_le16(invd_code);
	inject_vc(v, invd ? SVM_EXIT_INVD : SVM_EXIT_WBINVD);
}

static void undefined(struct vcpu *v)
{
	static const uint8_t pvalidate_code[] = { 0xf2, 0x0f, 0x01, 0xff };
	static const uint8_t rmpadjust_code[] = { 0xf3, 0x0f, 0x01, 0xfe };
	uint8_t bytes[PAGE_INSTRUCTION_BYTES] = { 0 };
	guest_fetch(v, bytes, sizeof(bytes));
	uint32_t code = load_le32(bytes);
	if (code == load_le32(pvalidate_code))
		pvalidate(v);
	else if (code == load_le32(rmpadjust_code))
		rmpadjust(v);
	else
		inject_exception(v, VECTOR_UD);
}

// Only while a page is watched.
static void debug(struct vcpu *v)
{
	if (!watch_step(v))
		inject_exception(v, VECTOR_DB);
}

// SVM isn't offered to the guest.
static void no_svm(struct vcpu *v)
{
	inject_exception(v, VECTOR_UD);
}

static void shutdown(struct vcpu *v)
{
	die(v, "triple fault");
}

static void invalid(struct vcpu *v)
{
	die(v, "VMRUN refused the guest's state");
}

static const struct {
	uint64_t code;
	void (*handle)(struct vcpu *v);
} table[] = {
	{ SVM_EXIT_VMMCALL, vmmcall },
	{ SVM_EXIT_NPF, npf_exit },
	{ SVM_EXIT_MSR, msr_exit },
	{ SVM_EXIT_EXCEPTION(VECTOR_UD), undefined },
	{ SVM_EXIT_EXCEPTION(VECTOR_DB), debug },
	{ SVM_EXIT_WRITE_CR0, cr0_exit },
	{ SVM_EXIT_IOIO, reflect },
	{ SVM_EXIT_CPUID, reflect },
	{ SVM_EXIT_RDTSC, reflect },
	{ SVM_EXIT_RDTSCP, reflect },
	{ SVM_EXIT_RDPMC, reflect },
	{ SVM_EXIT_INVD, cache },
	{ SVM_EXIT_WBINVD, cache },
	{ SVM_EXIT_MONITOR, reflect },
	{ SVM_EXIT_MWAIT, reflect },
	{ SVM_EXIT_READ_DR7, reflect },
	{ SVM_EXIT_WRITE_DR7, reflect },
	{ SVM_EXIT_VMRUN, no_svm },
	{ SVM_EXIT_VMLOAD, no_svm },
	{ SVM_EXIT_VMSAVE, no_svm },
	{ SVM_EXIT_STGI, no_svm },
	{ SVM_EXIT_CLGI, no_svm },
	{ SVM_EXIT_SKINIT, no_svm },
	{ SVM_EXIT_SHUTDOWN, shutdown },
	{ SVM_EXIT_INVALID, invalid },
};

void exits_handle(struct vcpu *v)
{
	for (unsigned int i = 0; i < ARRAY_COUNT(table); i++) {
		if (table[i].code == v->vmcb->exitcode) {
			table[i].handle(v);
			return;
		}
	}
	die(v, "an exit that the emulator doesn't know");
}
