// SPDX-License-Identifier: Apache-2.0
// The #VC handler, with a host that raises it wherever and however it likes.
#include "kernel/snp/vc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include <cmocka.h>

#include "abi/snp.h"
#include "abi/svm.h"
#include "abi/x86.h"
#include "base/num.h"
#include "kernel/cpu/features.h"
#include "kernel/cpu/gdt.h"
#include "kernel/cpu/msr.h"
#include "kernel/halt.h"
#include "kernel/mem/image.h"
#include "kernel/snp/cpuid_page.h"
#include "kernel/snp/ghcb_msr.h"
#include "tests/fake/ghcb_host.h"
#include "tests/fake/snp.h"

#define STACK_RSP 0xffffc00000012340ull

// The kernel's code, as far as this test is concerned.
__asm__(".pushsection .rodata\n"
	".globl text_start, text_end\n"
	"text_start:\n"
	"at_cpuid: cpuid\n"
	"at_rdmsr: rdmsr\n"
	"at_wrmsr: wrmsr\n"
	"at_in: in $0x60, %al\n"
	"at_inw: inw %dx, %ax\n"
	"at_inl: inl %dx, %eax\n"
	"at_out: outl %eax, %dx\n"
	"at_rep: rep insb\n"
	"at_rdtsc: rdtsc\n"
	"at_move: mov (%rdi), %eax\n"
	"at_hlt: hlt\n"
	"at_cut: .byte 0x0f\n"
	"text_end: .byte 0xa2\n"
	".popsection\n");
extern const char at_cpuid[], at_rdmsr[], at_wrmsr[], at_in[], at_inw[],
	at_inl[], at_out[], at_rep[], at_rdtsc[], at_move[], at_hlt[], at_cut[];

static struct {
	jmp_buf end;
	int reason;   // of the halt
	bool silent;  // it ended by the MSR protocol alone
	bool told;    // a dump was made
	bool is_page; // the CPUID page is there
	uint64_t rax, rdx;
	bool breaks_protocol;
} fake;

void halt(enum halt_reason reason, const char *line)
{
	(void)line;
	fake.reason = (int)reason;
	longjmp(fake.end, 1);
}

void ghcb_msr_terminate(unsigned int set, unsigned int code)
{
	assert_int_equal(set, HALT_REASON_SET);
	fake.reason = (int)code;
	fake.silent = true;
	longjmp(fake.end, 1);
}

void trap_tell(const struct trap_frame *frame)
{
	(void)frame;
	fake.told = true;
}

void trap_handle(const struct trap_frame *frame)
{
	(void)frame;
	halt(HALT_EXCEPTION, "");
}

bool gdt_stack_holds(enum gdt_stack slot, uint64_t rsp)
{
	assert_int_equal(slot, GDT_STACK_VC);
	return rsp != STACK_RSP;
}

bool cpuid_page_is_there(void)
{
	return fake.is_page;
}

struct cpuid cpuid_read(uint32_t leaf, uint32_t subleaf)
{
	return (struct cpuid){ leaf, subleaf, 0x80000003, 4 };
}

bool msr_is_hosts(uint32_t msr)
{
	return msr == 0x80b;
}

static void answer(struct ghcb *page)
{
	fake_ghcb_result(page, fake.breaks_protocol ? 2 : 0, 0);
	page->rax = fake.rax;
	page->rdx = fake.rdx;
	fake_ghcb_set_valid(page, offsetof(struct ghcb, rax));
	fake_ghcb_set_valid(page, offsetof(struct ghcb, rdx));
}

static int start(void **state)
{
	(void)state;
	memset(&fake, 0, sizeof(fake));
	fake.reason = -1;
	fake.is_page = true;
	fake_snp_set_status(SEV_STATUS_SNP);
	fake_ghcb_host_start();
	fake_ghcb_host.answer = answer;
	return 0;
}

static struct trap_frame frame_at(const char *at, uint64_t exit_code)
{
	return (struct trap_frame){
		.rax = 0x1111111122222222,
		.rbx = 0x3333333344444444,
		.rcx = 0x555555550000080b,
		.rdx = 0x77777777888803f8,
		.error = exit_code,
		.rip = (uintptr_t)at,
		.cs = SELECTOR_KERNEL_CODE,
		.rsp = STACK_RSP,
	};
}

// The reason it ended with, or -1 when it went on.
static int handle(struct trap_frame *f)
{
	fake.reason = -1;
	fake.silent = fake.told = false;
	if (setjmp(fake.end) == 0)
		vc_handle(f);
	return fake.reason;
}

static void cpuid_comes_from_the_page(void **state)
{
	struct trap_frame f = frame_at(at_cpuid, SVM_EXIT_CPUID);

	(void)state;
	assert_int_equal(handle(&f), -1);
	assert_true(f.rip == (uintptr_t)at_cpuid + 2);
	assert_true(f.rax == 0x22222222 && f.rbx == 0x80b);
	assert_true(f.rcx == 0x80000003 && f.rdx == 4);
	assert_int_equal(fake_ghcb_host.calls, 0);
	fake.is_page = false;
	f = frame_at(at_cpuid, SVM_EXIT_CPUID);
	assert_int_equal(handle(&f), HALT_VC);
	assert_int_equal(fake_ghcb_host.calls, 0);
}

static void msrs_of_the_host_alone(void **state)
{
	struct trap_frame f = frame_at(at_rdmsr, SVM_EXIT_MSR);

	(void)state;
	fake.rax = 0xaaaaaaaabbbbbbbb;
	fake.rdx = 0xccccccccdddddddd;
	assert_int_equal(handle(&f), -1);
	assert_true(f.rax == 0xbbbbbbbb && f.rdx == 0xdddddddd);
	assert_true(f.rip == (uintptr_t)at_rdmsr + 2);
	f = frame_at(at_wrmsr, SVM_EXIT_MSR);
	assert_int_equal(handle(&f), -1);
	assert_true(fake_ghcb_host.request.rax == 0x22222222);
	assert_true(fake_ghcb_host.request.rdx == 0x888803f8);
	assert_true(f.rax == 0x1111111122222222);
	assert_int_equal(fake_ghcb_host.calls, 2);
	// EFER, or any other: not even asked.
	f = frame_at(at_rdmsr, SVM_EXIT_MSR);
	f.rcx = MSR_EFER;
	assert_int_equal(handle(&f), HALT_VC);
	f = frame_at(at_wrmsr, SVM_EXIT_MSR);
	f.rcx = 0x1b;
	assert_int_equal(handle(&f), HALT_VC);
	assert_int_equal(fake_ghcb_host.calls, 2);
}

static void ports_in_register_form(void **state)
{
	struct trap_frame f = frame_at(at_in, SVM_EXIT_IOIO);

	(void)state;
	fake.rax = 0xaaaaaaaabbbbcdef;
	assert_int_equal(handle(&f), -1);
	assert_true(f.rax == 0x11111111222222ef);
	assert_int_equal(fake_ghcb_host.request.sw_exit_info_1, 0x600211);
	f = frame_at(at_inw, SVM_EXIT_IOIO);
	assert_int_equal(handle(&f), -1);
	assert_true(f.rax == 0x111111112222cdef);
	assert_true(f.rip == (uintptr_t)at_inw + 2);
	assert_int_equal(fake_ghcb_host.request.sw_exit_info_1, 0x3f80221);
	f = frame_at(at_inl, SVM_EXIT_IOIO);
	assert_int_equal(handle(&f), -1);
	assert_true(f.rax == 0xbbbbcdef);
	f = frame_at(at_out, SVM_EXIT_IOIO);
	assert_int_equal(handle(&f), -1);
	assert_true(f.rax == 0x1111111122222222);
	assert_true(fake_ghcb_host.request.rax == 0x22222222);
	assert_int_equal(fake_ghcb_host.request.sw_exit_info_1, 0x3f80240);
}

// Any exit code at any instruction: only the pair that belongs together goes on.
static void believes_the_instruction(void **state)
{
	static const struct {
		const char *at;
		uint64_t exit_code;
	} places[] = {
		{ at_cpuid, 0x72 },  { at_rdmsr, 0x7c }, { at_wrmsr, 0x7c },
		{ at_in, 0x7b },     { at_out, 0x7b },   { at_rep, ~0ull },
		{ at_rdtsc, ~0ull }, { at_move, ~0ull }, { at_hlt, ~0ull },
		{ at_cut, ~0ull },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(places); i++) {
		for (uint64_t code = 0; code < 0x500; code++) {
			struct trap_frame f = frame_at(places[i].at, code);
			int expected = code == places[i].exit_code ? -1
				       : code == 0x404 ? HALT_PAGE_STATE
						       : HALT_VC;
			unsigned int calls = fake_ghcb_host.calls;

			assert_int_equal(handle(&f), expected);
			assert_int_equal(fake.told, expected != -1);
			if (expected != -1)
				assert_int_equal(fake_ghcb_host.calls, calls);
		}
	}
}

static void refuses_other_code(void **state)
{
	static const uint8_t elsewhere[] = { 0x0f, 0xa2 };
	struct trap_frame f = frame_at((const char *)elsewhere, SVM_EXIT_CPUID);

	(void)state;
	assert_int_equal(handle(&f), HALT_VC);
	f = frame_at(text_end, SVM_EXIT_CPUID);
	assert_int_equal(handle(&f), HALT_VC);
	f = frame_at(NULL, SVM_EXIT_CPUID);
	assert_int_equal(handle(&f), HALT_VC);
	f = frame_at(at_cpuid, SVM_EXIT_CPUID);
	f.cs = SELECTOR_USER_CODE;
	assert_int_equal(handle(&f), HALT_VC);
	f = frame_at(at_cpuid, SVM_EXIT_CPUID | 1ull << 32);
	assert_int_equal(handle(&f), HALT_VC);
}

static void halts_when_the_host_fails(void **state)
{
	struct trap_frame f = frame_at(at_in, SVM_EXIT_IOIO);

	(void)state;
	fake.breaks_protocol = true;
	assert_int_equal(handle(&f), HALT_HOST);
	assert_true(f.rax == 0x1111111122222222);
	f = frame_at(at_rdmsr, SVM_EXIT_MSR);
	assert_int_equal(handle(&f), HALT_HOST);
	f = frame_at(at_wrmsr, SVM_EXIT_MSR);
	assert_int_equal(handle(&f), HALT_HOST);
}

static void on_a_plain_machine(void **state)
{
	struct trap_frame f = frame_at(at_cpuid, SVM_EXIT_CPUID);

	(void)state;
	fake_snp_set_status(0);
	assert_int_equal(handle(&f), HALT_EXCEPTION);
}

static void answer_by_vc(struct ghcb *page)
{
	struct trap_frame f = frame_at(at_cpuid, SVM_EXIT_CPUID);

	(void)page;
	vc_handle(&f);
}

// These leave the GHCB closed: nothing is told any more.
static void ends_in_the_midst_of_a_call(void **state)
{
	struct trap_frame f = frame_at(at_in, SVM_EXIT_IOIO);

	(void)state;
	fake_ghcb_host.answer = answer_by_vc;
	assert_int_equal(handle(&f), HALT_VC);
	assert_false(fake.told);
	assert_false(ghcb_is_ready());
}

static void ends_when_nested(void **state)
{
	struct trap_frame f = frame_at(at_cpuid, SVM_EXIT_CPUID);

	(void)state;
	f.rsp = STACK_RSP + 8;
	assert_int_equal(handle(&f), HALT_VC);
	assert_true(fake.silent);
	assert_false(fake.told);
	assert_false(ghcb_is_ready());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(cpuid_comes_from_the_page, start),
		cmocka_unit_test_setup(msrs_of_the_host_alone, start),
		cmocka_unit_test_setup(ports_in_register_form, start),
		cmocka_unit_test_setup(believes_the_instruction, start),
		cmocka_unit_test_setup(refuses_other_code, start),
		cmocka_unit_test_setup(halts_when_the_host_fails, start),
		cmocka_unit_test_setup(on_a_plain_machine, start),
		cmocka_unit_test_setup(ends_in_the_midst_of_a_call, start),
		cmocka_unit_test_setup(ends_when_nested, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
