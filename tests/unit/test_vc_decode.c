// SPDX-License-Identifier: Apache-2.0
// The decoder of the #VC handler: a short list of what is accepted, and every
// other beginning of an instruction refused.
#include "kernel/snp/vc_decode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/num.h"

static const struct {
	uint8_t code[3];
	struct vc_instruction is;
	uint64_t exit_code;
} accepted[] = {
	{ { 0x0f, 0xa2 }, { VC_CPUID, 2, 0, 0 }, 0x72 },
	{ { 0x0f, 0x32 }, { VC_RDMSR, 2, 0, 0 }, 0x7c },
	{ { 0x0f, 0x30 }, { VC_WRMSR, 2, 0, 0 }, 0x7c },
	{ { 0xe4, 0x61 }, { VC_IN, 2, 1, 0x61 }, 0x7b },
	{ { 0xe5, 0xff }, { VC_IN, 2, 4, 0xff }, 0x7b },
	{ { 0xe6, 0x21 }, { VC_OUT, 2, 1, 0x21 }, 0x7b },
	{ { 0xe7, 0x00 }, { VC_OUT, 2, 4, 0 }, 0x7b },
	{ { 0xec }, { VC_IN, 1, 1, VC_PORT_IN_DX }, 0x7b },
	{ { 0xed }, { VC_IN, 1, 4, VC_PORT_IN_DX }, 0x7b },
	{ { 0xee }, { VC_OUT, 1, 1, VC_PORT_IN_DX }, 0x7b },
	{ { 0xef }, { VC_OUT, 1, 4, VC_PORT_IN_DX }, 0x7b },
	{ { 0x66, 0xe5, 0x80 }, { VC_IN, 3, 2, 0x80 }, 0x7b },
	{ { 0x66, 0xe7, 0x80 }, { VC_OUT, 3, 2, 0x80 }, 0x7b },
	{ { 0x66, 0xed }, { VC_IN, 2, 2, VC_PORT_IN_DX }, 0x7b },
	{ { 0x66, 0xef }, { VC_OUT, 2, 2, VC_PORT_IN_DX }, 0x7b },
};

// An input at the end of a heap block: ASan sees a read beyond it.
static enum err decode(const uint8_t *code, size_t count,
		       struct vc_instruction *out)
{
	uint8_t *copy = malloc(count);
	enum err e;

	assert_true(copy || count == 0);
	if (count > 0)
		memcpy(copy, code, count);
	e = vc_decode(copy, count, out);
	free(copy);
	return e;
}

static void accepts_the_list(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(accepted); i++) {
		struct vc_instruction out;

		assert_int_equal(
			decode(accepted[i].code, accepted[i].is.bytes, &out),
			OK);
		assert_int_equal(out.kind, accepted[i].is.kind);
		assert_int_equal(out.bytes, accepted[i].is.bytes);
		assert_int_equal(out.operand_bytes,
				 accepted[i].is.operand_bytes);
		if (out.kind == VC_IN || out.kind == VC_OUT)
			assert_int_equal(out.port, accepted[i].is.port);
		assert_true(vc_exit_code(out.kind) == accepted[i].exit_code);
	}
}

static void refuses_cut_ones(void **state)
{
	struct vc_instruction out = { .bytes = 77 };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(accepted); i++) {
		for (size_t n = 0; n < accepted[i].is.bytes; n++)
			assert_int_equal(decode(accepted[i].code, n, &out),
					 ERR_UNSUPPORTED);
	}
	assert_int_equal(out.bytes, 77);
}

// Whether an accepted form, less its port, starts like this.
static bool is_listed(const uint8_t code[3])
{
	for (size_t i = 0; i < ARRAY_COUNT(accepted); i++) {
		bool is_port = accepted[i].is.kind == VC_IN ||
			       accepted[i].is.kind == VC_OUT;
		size_t fixed = accepted[i].is.bytes;

		if (is_port && accepted[i].is.port != VC_PORT_IN_DX)
			fixed--;
		if (memcmp(code, accepted[i].code, fixed) == 0)
			return true;
	}
	return false;
}

// LOCK, REP, segment and address-size prefixes, REX, INS and OUTS, RDTSC, moves
// to memory: all of them are among these.
static void refuses_all_else(void **state)
{
	unsigned int good = 0;

	(void)state;
	for (uint32_t n = 0; n < 1u << 24; n++) {
		uint8_t code[3] = { (uint8_t)n, (uint8_t)(n >> 8),
				    (uint8_t)(n >> 16) };
		struct vc_instruction out = { .bytes = 77 };
		bool listed = is_listed(code);

		if ((vc_decode(code, 3, &out) == OK) != listed)
			fail_msg("%02x %02x %02x", code[0], code[1], code[2]);
		good += listed;
		if (!listed && out.bytes != 77)
			fail_msg("touched %02x %02x %02x", code[0], code[1],
				 code[2]);
	}
	// 8 opcodes of one byte, 3 of two, 4 with the prefix.
	assert_int_equal(good, 8 * 65536 + 3 * 256 + 4 * 256);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepts_the_list),
		cmocka_unit_test(refuses_cut_ones),
		cmocka_unit_test(refuses_all_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
