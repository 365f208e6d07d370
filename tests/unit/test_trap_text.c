// SPDX-License-Identifier: Apache-2.0
// Exceptions in words.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "abi/x86.h"
#include "base/num.h"
#include "kernel/cpu/trap_text.h"

static const struct {
	struct trap_facts facts;
	const char *text;
} cases[] = {
	{ { 14, PF_PRESENT | PF_WRITE, 0xffffffff80001000, "kernel text",
	    NULL },
	  "#PF page fault: write to kernel text at 0xffffffff80001000" },
	{ { 14, 0, 8, "null page", NULL },
	  "#PF page fault: read of unmapped null page at 0x8" },
	{ { 14, PF_PRESENT | PF_FETCH, 0x10, "direct map", NULL },
	  "#PF page fault: execute of direct map at 0x10" },
	{ { 14, PF_WRITE, 0x10, "guard page", "kernel stack" },
	  "#PF page fault: stack overflow: guard page of the kernel stack at "
	  "0x10" },
	{ { 14, PF_PRESENT | PF_RESERVED, 0x10, "direct map", NULL },
	  "#PF page fault: broken page table entry for 0x10" },
	{ { 13, 0, 0, "null page", NULL }, "#GP general protection" },
	{ { 13, 6 << 3 | 2, 0, "null page", NULL },
	  "#GP general protection: interrupt gate 6" },
	{ { 13, 3 << 3 | 4, 0, "null page", NULL },
	  "#GP general protection: LDT selector 3" },
	{ { 11, 5 << 3, 0, "null page", NULL },
	  "#NP segment not present: GDT selector 5" },
	{ { 8, 0, 0, "null page", NULL }, "#DF double fault" },
	{ { 0, 0, 0, "guard page", "kernel stack" }, "#DE divide error" },
	{ { 22, 0, 0, "null page", NULL }, "reserved exception" },
	{ { 32, 241, 0, "null page", NULL }, "interrupt 241 while masked" },
	{ { 300, 0, 0, "null page", NULL }, "reserved exception" },
};

static void test_words(void **state)
{
	char text[160];

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		trap_text(&cases[i].facts, text, sizeof(text));
		assert_string_equal(text, cases[i].text);
	}
}

static void test_cut(void **state)
{
	char text[8] = "#######";

	(void)state;
	trap_text(&cases[0].facts, text, sizeof(text));
	assert_string_equal(text, "#PF pag");
}

static void test_stack_overflow(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
		assert_int_equal(trap_is_stack_overflow(&cases[i].facts),
				 i == 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_stack_overflow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
