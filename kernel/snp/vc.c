// SPDX-License-Identifier: Apache-2.0
// The #VC handler. What it may do is small: CPUID from the page that the secure
// processor checked, the host's own MSRs, ports. A register that the guest owns
// is never asked of the host, whatever #VC it raises at the RDMSR.
#include "kernel/snp/vc.h"

#include "abi/svm.h"
#include "abi/x86.h"
#include "kernel/cpu/features.h"
#include "kernel/cpu/gdt.h"
#include "kernel/cpu/msr.h"
#include "kernel/halt.h"
#include "kernel/mem/image.h"
#include "kernel/snp/cpuid_page.h"
#include "kernel/snp/ghcb.h"
#include "kernel/snp/ghcb_io.h"
#include "kernel/snp/ghcb_msr.h"
#include "kernel/snp/ghcb_msr_event.h"
#include "kernel/snp/snp.h"
#include "kernel/snp/vc_decode.h"

// A second #VC has overwritten the first one's frame: nothing here can be
// trusted to say more than the reason.
static void end_if_nested(const struct trap_frame *f)
{
	if (!gdt_stack_holds(GDT_STACK_VC, f->rsp))
		return;
	ghcb_close();
	ghcb_msr_terminate(HALT_REASON_SET, HALT_VC);
}

__attribute__((noreturn)) static void
refuse(const struct trap_frame *f, enum halt_reason reason, const char *line)
{
	trap_tell(f);
	halt(reason, line);
}

static struct vc_instruction instruction_at(const struct trap_frame *f)
{
	struct vc_instruction found;
	uint64_t end = (uintptr_t)text_end;

	if (f->cs != SELECTOR_KERNEL_CODE || f->rip < (uintptr_t)text_start ||
	    f->rip >= end)
		refuse(f, HALT_VC, "a #VC outside the kernel's code");
	if (vc_decode((const uint8_t *)(uintptr_t)f->rip, end - f->rip,
		      &found) != OK ||
	    vc_exit_code(found.kind) != f->error)
		refuse(f, HALT_VC,
		       "a #VC that the instruction doesn't explain");
	return found;
}

static void cpuid_answer(struct trap_frame *f)
{
	struct cpuid answer;

	if (!cpuid_page_is_there())
		refuse(f, HALT_VC, "CPUID before the CPUID page");
	answer = cpuid_read((uint32_t)f->rax, (uint32_t)f->rcx);
	f->rax = answer.eax;
	f->rbx = answer.ebx;
	f->rcx = answer.ecx;
	f->rdx = answer.edx;
}

static void msr_answer(struct trap_frame *f, enum vc_kind kind)
{
	uint32_t msr = (uint32_t)f->rcx;
	uint64_t value = f->rdx << 32 | (uint32_t)f->rax;
	enum err e;

	if (!msr_is_hosts(msr))
		refuse(f, HALT_VC, "a #VC at an MSR that isn't the host's");
	e = kind == VC_WRMSR ? ghcb_msr_event_write(msr, value)
			     : ghcb_msr_event_read(msr, &value);
	if (e != OK)
		refuse(f, HALT_HOST, "the host failed an MSR access");
	if (kind == VC_WRMSR)
		return;
	f->rax = (uint32_t)value;
	f->rdx = value >> 32;
}

// A read of less than 4 bytes leaves the rest of RAX, one of 4 clears it (APM
// volume 1, 3.1.2).
static uint64_t merge(uint64_t rax, uint32_t value, unsigned int bytes)
{
	uint64_t mask = (1ull << 8 * bytes) - 1;

	return bytes == 4 ? value : (rax & ~mask) | value;
}

static void port_answer(struct trap_frame *f, const struct vc_instruction *i)
{
	uint16_t port = (uint16_t)(i->port == VC_PORT_IN_DX
					   ? f->rdx
					   : (uint64_t)i->port);
	uint32_t value = (uint32_t)f->rax;
	enum err e;

	e = i->kind == VC_OUT ? ghcb_io_write(port, i->operand_bytes, value)
			      : ghcb_io_read(port, i->operand_bytes, &value);
	if (e != OK)
		refuse(f, HALT_HOST, "the host failed a port access");
	if (i->kind == VC_IN)
		f->rax = merge(f->rax, value, i->operand_bytes);
}

void vc_handle(struct trap_frame *f)
{
	struct vc_instruction instruction;

	if (!snp_is_on())
		trap_handle(f);
	end_if_nested(f);
	if (ghcb_is_calling()) {
		ghcb_close();
		halt(HALT_VC, "a #VC within a GHCB call");
	}
	if (f->error == SVM_EXIT_PAGE_NOT_VALIDATED)
		refuse(f, HALT_PAGE_STATE, "a page that isn't validated");
	instruction = instruction_at(f);
	switch (instruction.kind) {
	case VC_CPUID:
		cpuid_answer(f);
		break;
	case VC_RDMSR:
	case VC_WRMSR:
		msr_answer(f, instruction.kind);
		break;
	case VC_IN:
	case VC_OUT:
		port_answer(f, &instruction);
		break;
	}
	f->rip += instruction.bytes;
}
