// SPDX-License-Identifier: Apache-2.0
// The GHCB (AMD 56421): what a host must refuse, and what it must answer.
#include "abi/snp.h"
#include "abi/svm.h"
#include "abi/x86.h"
#include "tests/emu/payload/efi.h"
#include "tests/emu/payload/ghcb.h"
#include "tests/emu/payload/memory.h"
#include "tests/emu/payload/say.h"
#include "tests/emu/payload/scenarios.h"

#define MSR_UNKNOWN 0xc0011fff
#define MSR_SYSCFG 0xc0010010
#define EVENT_UNKNOWN 0x90000000
#define CPUID_XSTATE 0x0d
#define APIC_GPA 0xfee00000ull
#define APIC_VERSION_GPA (APIC_GPA + 0x30)
#define NO_MEMORY_GPA 0xfffff000000ull
#define PORT 0x80
#define IO_BYTE (1ull << GHCB_IO_SIZE_SHIFT)
#define TERMINATE_SET 0xb
#define TERMINATE_CODE 0x2a

#define CALL(...) ((struct ghcb_call){ __VA_ARGS__ })

static void ask(const char *name, struct ghcb_call call)
{
	ghcb_ask(&call);
	SAY3(name, FACT("info1", call.result1), FACT("info2", call.result2),
	     FACT("given", call.given));
}

static void bad_pages(void)
{
	ask("usage", CALL(.code = GHCB_EVENT_FEATURES, .usage = 1));
	ask("version", CALL(.code = GHCB_EVENT_FEATURES,
			    .version = GHCB_PROTOCOL_VERSION + 1));
	ask("no exit code",
	    CALL(.code = GHCB_EVENT_FEATURES, .give = GIVE_NO_EXIT));
}

static void missing_inputs(void)
{
	ask("cpuid without rcx",
	    CALL(.code = SVM_EXIT_CPUID, .give = GIVE_RAX));
	ask("cpuid d without xcr0",
	    CALL(.code = SVM_EXIT_CPUID, .rax = CPUID_XSTATE,
		 .give = GIVE_RAX | GIVE_RCX));
	ask("wrmsr without rdx",
	    CALL(.code = SVM_EXIT_MSR, .info1 = 1, .rcx = MSR_SYSCFG,
		 .give = GIVE_RAX | GIVE_RCX));
	ask("out without rax",
	    CALL(.code = SVM_EXIT_IOIO,
		 .info1 = PORT << GHCB_IO_PORT_SHIFT | IO_BYTE));
	ask("no scratch", CALL(.code = GHCB_EVENT_MMIO_READ,
			       .info1 = APIC_VERSION_GPA, .info2 = 4));
}

static void bad_scratch(void)
{
	ask("scratch before the buffer",
	    CALL(.code = GHCB_EVENT_MMIO_READ, .info1 = APIC_VERSION_GPA,
		 .info2 = 4, .scratch = ghcb_buffer_gpa() - 1,
		 .give = GIVE_SCRATCH));
	ask("scratch past the buffer",
	    CALL(.code = GHCB_EVENT_MMIO_READ, .info1 = APIC_VERSION_GPA,
		 .info2 = 4,
		 .scratch = ghcb_buffer_gpa() + GHCB_SHARED_BUFFER_BYTES - 3,
		 .give = GIVE_SCRATCH));
	ask("scratch elsewhere",
	    CALL(.code = GHCB_EVENT_PAGE_STATE_CHANGE, .scratch = ARENA_GPA,
		 .give = GIVE_SCRATCH));
}

static void bad_inputs(void)
{
	ask("msr, neither read nor write",
	    CALL(.code = SVM_EXIT_MSR, .info1 = 2, .rcx = MSR_SYSCFG,
		 .give = GIVE_RCX));
	ask("out of no size",
	    CALL(.code = SVM_EXIT_IOIO, .info1 = PORT << GHCB_IO_PORT_SHIFT,
		 .give = GIVE_RAX));
	ask("mmio to memory",
	    CALL(.code = GHCB_EVENT_MMIO_READ, .info1 = ARENA_GPA, .info2 = 4,
		 .scratch = ghcb_buffer_gpa(), .give = GIVE_SCRATCH));
	ask("unknown event", CALL(.code = EVENT_UNKNOWN));
}

static void requests(void)
{
	uint64_t one = page_take_shared();
	uint64_t other = page_take_shared();
	ask("request off its page", CALL(.code = GHCB_EVENT_GUEST_REQUEST,
					 .info1 = one + 8, .info2 = other));
	ask("request in its answer",
	    CALL(.code = GHCB_EVENT_GUEST_REQUEST, .info1 = one, .info2 = one));
	ask("request in a private page",
	    CALL(.code = GHCB_EVENT_GUEST_REQUEST, .info1 = page_take(),
		 .info2 = other));
	ask("answer to a private page",
	    CALL(.code = GHCB_EVENT_GUEST_REQUEST, .info1 = one,
		 .info2 = page_take()));
	ask("certificates to a private page",
	    CALL(.code = GHCB_EVENT_EXTENDED_GUEST_REQUEST, .info1 = one,
		 .info2 = other, .rax = page_take(), .rbx = 1,
		 .give = GIVE_RAX | GIVE_RBX));
	ask("request of zeros", CALL(.code = GHCB_EVENT_GUEST_REQUEST,
				     .info1 = one, .info2 = other));
}

static void answers(void)
{
	ask("features", CALL(.code = GHCB_EVENT_FEATURES));
	ask("unknown msr",
	    CALL(.code = SVM_EXIT_MSR, .rcx = MSR_UNKNOWN, .give = GIVE_RCX));
	ask("known msr",
	    CALL(.code = SVM_EXIT_MSR, .rcx = MSR_SYSCFG, .give = GIVE_RCX));
	ask("cpuid", CALL(.code = SVM_EXIT_CPUID, .give = GIVE_RAX | GIVE_RCX));
	ask("rdpmc", CALL(.code = SVM_EXIT_RDPMC, .give = GIVE_RCX));
	ask("wbinvd", CALL(.code = SVM_EXIT_WBINVD));
	ask("write dr7",
	    CALL(.code = SVM_EXIT_WRITE_DR7, .rax = 0x400, .give = GIVE_RAX));
	ask("mmio", CALL(.code = GHCB_EVENT_MMIO_READ,
			 .info1 = APIC_VERSION_GPA, .info2 = 4,
			 .scratch = ghcb_buffer_gpa(), .give = GIVE_SCRATCH));
}

static volatile struct page_state_buffer *state_buffer(void)
{
	return (volatile struct page_state_buffer *)ghcb_page()->shared_buffer;
}

static void change(const char *name, uint16_t end, uint64_t first)
{
	volatile struct page_state_buffer *b = state_buffer();
	b->header.cur_entry = 0;
	b->header.end_entry = end;
	b->entries[0] = first;
	struct ghcb_call c = {
		.code = GHCB_EVENT_PAGE_STATE_CHANGE,
		.scratch = ghcb_buffer_gpa(),
		.give = GIVE_SCRATCH,
	};
	ghcb_ask(&c);
	SAY3(name, FACT("info1", c.result1), FACT("info2", c.result2),
	     FACT("next", b->header.cur_entry));
}

static uint64_t entry(uint64_t gpa, enum page_state_op op)
{
	return (uint64_t)op << PAGE_STATE_OP_SHIFT | gpa;
}

static void page_state_event(void)
{
	uint64_t gpa[2] = { page_take(), page_take() };
	bool unchanged;
	for (unsigned int i = 0; i < 2; i++)
		pvalidate(gpa[i], SNP_PAGE_SIZE_4K, false, &unchanged);
	state_buffer()->entries[1] = entry(gpa[1], PAGE_STATE_SHARED);
	change("change two pages", 1, entry(gpa[0], PAGE_STATE_SHARED));
	change("change too many", PAGE_STATE_ENTRIES_MAX, 0);
	change("change to no state", 0, entry(gpa[0], 0));
	change("change half a page", 0, entry(gpa[0], PAGE_STATE_PRIVATE) | 1);
	change("change no memory", 0, entry(NO_MEMORY_GPA, PAGE_STATE_SHARED));
	change("change a large page off its boundary", 0,
	       entry(gpa[0], PAGE_STATE_PRIVATE) |
		       1ull << PAGE_STATE_LARGE_SHIFT);
}

static void ask_msr(const char *name, uint64_t request)
{
	SAY1(name, FACT("answer", ghcb_msr(request)));
}

static void msr_protocol(void)
{
	ask_msr("msr sev info", GHCB_MSR_SEV_INFO_REQUEST);
	ask_msr("msr preferred gpa", GHCB_MSR_PREFERRED_GPA_REQUEST);
	ask_msr("msr features", GHCB_MSR_FEATURES_REQUEST);
	ask_msr("msr change to no state",
		page_take() | GHCB_MSR_PAGE_STATE_REQUEST);
	ask_msr("msr change no memory",
		(uint64_t)PAGE_STATE_SHARED << GHCB_MSR_PAGE_STATE_OP_SHIFT |
			NO_MEMORY_GPA | GHCB_MSR_PAGE_STATE_REQUEST);
}

void scenario_ghcb(void)
{
	bad_pages();
	missing_inputs();
	bad_scratch();
	bad_inputs();
	requests();
	answers();
	page_state_event();
	msr_protocol();
}

// The host's word against the page that the launch measured as a page of its
// own kind: only the page counts.
void scenario_cpuid(void)
{
	const struct snp_cpuid_page *page =
		(const struct snp_cpuid_page *)firmware_gift()->cpuid_gpa;
	unsigned int lies = 0;
	for (uint32_t i = 0; i < page->count; i++) {
		const struct cpuid_function *f = &page->entries[i];
		const uint32_t own[] = { f->eax, f->ebx, f->ecx, f->edx };
		for (uint64_t n = 0; n < 4 && f->ecx_in == 0; n++) {
			uint64_t told = ghcb_msr(
				(uint64_t)f->eax_in
					<< GHCB_MSR_CPUID_FUNCTION_SHIFT |
				n << GHCB_MSR_CPUID_REGISTER_SHIFT |
				GHCB_MSR_CPUID_REQUEST);
			if ((uint32_t)(told >> 32) == own[n])
				continue;
			lies++;
			say("cpuid lie", FACT("leaf", f->eax_in),
			    FACT("register", n), FACT("own", own[n]),
			    FACT("told", told >> 32));
		}
	}
	SAY2("cpuid", FACT("leaves", page->count != 0), FACT("lies", lies));
}

// How a guest judges an answer (4.1): the results that exist, exceptions that
// an instruction can raise there, and the outputs that it asked for.
static const char *judge(const struct ghcb_call *c, unsigned int outputs)
{
	if (c->result1 == GHCB_RESULT_OK)
		return (c->given & outputs) == outputs ? "event: good"
						       : "event: no outputs";
	if (c->result1 == GHCB_RESULT_MALFORMED)
		return "event: called malformed";
	if (c->result1 != GHCB_RESULT_EXCEPTION)
		return "event: no such result";
	uint64_t raised = c->result2 & ~EVENT_ERROR_VALID;
	uint64_t exception = EVENT_VALID | EVENT_TYPE_EXCEPTION;
	if (raised == (exception | VECTOR_GP) ||
	    raised == (exception | VECTOR_UD))
		return "event: an exception";
	return "event: no such exception";
}

// RDTSC, since the firmware never asks for that; and the features, which it
// asks for once, and which the MSR protocol tells too.
void scenario_events(void)
{
	struct ghcb_call rdtsc = { .code = SVM_EXIT_RDTSC };
	struct ghcb_call features = { .code = GHCB_EVENT_FEATURES };
	ghcb_ask(&rdtsc);
	say_text(judge(&rdtsc, GIVE_RAX | GIVE_RDX));
	ghcb_ask(&features);
	uint64_t by_msr = ghcb_msr(GHCB_MSR_FEATURES_REQUEST) >>
			  GHCB_MSR_FEATURES_SHIFT;
	SAY1("features", FACT("agree", features.result2 == by_msr));
}

// Each of these ends the run.
void scenario_ghcb_unregistered(void)
{
	uint64_t gpa = page_take_shared();
	ghcb_msr(gpa);
}

void scenario_ghcb_private(void)
{
	uint64_t gpa = page_take();
	ghcb_msr(gpa | GHCB_MSR_REGISTER_GPA_REQUEST);
	ghcb_msr(gpa);
}

void scenario_msr_unknown(void)
{
	ghcb_msr(GHCB_MSR_INFO_MASK);
}

void scenario_msr_hold(void)
{
	ghcb_msr(GHCB_MSR_AP_RESET_HOLD_REQUEST);
}

void scenario_terminate_msr(void)
{
	ghcb_terminate(TERMINATE_SET, TERMINATE_CODE);
}

void scenario_terminate_event(void)
{
	struct ghcb_call c = {
		.code = GHCB_EVENT_TERMINATE,
		.info1 = TERMINATE_SET,
		.info2 = TERMINATE_CODE,
	};
	ghcb_ask(&c);
}
