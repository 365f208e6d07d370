// SPDX-License-Identifier: Apache-2.0
// The app's seal and unseal: what the app passes is judged before it is used.
#include "app/seal_call.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "app/sdk/anchorhold.h"
#include "base/num.h"
#include "tests/fake/death.h"
#include "tests/fake/seal.h"

static enum err (*const calls[])(struct app_call *) = { seal_call_seal,
							seal_call_unseal };

static char context[4], in[5], out[6];
static size_t out_bytes;

static int start(void **state)
{
	(void)state;
	out_bytes = sizeof(out);
	fake_seal_calls = 0;
	fake_seal_answer(OK);
	return 0;
}

static struct app_call good(void)
{
	return (struct app_call){
		.word = { (uintptr_t)context, sizeof(context), (uintptr_t)in,
			  sizeof(in), (uintptr_t)out, (uintptr_t)&out_bytes },
		.result = 12345,
	};
}

static void words_become_a_call(void **state)
{
	for (size_t i = 0; i < ARRAY_COUNT(calls); i++) {
		struct app_call call = good();

		start(state);
		assert_int_equal(calls[i](&call), OK);
		assert_int_equal(call.result, APP_OK);
		assert_ptr_equal(fake_seal_last.context, context);
		assert_int_equal(fake_seal_last.context_bytes, sizeof(context));
		assert_ptr_equal(fake_seal_last.in, in);
		assert_int_equal(fake_seal_last.in_bytes, sizeof(in));
		assert_ptr_equal(fake_seal_last.out, out);
		assert_int_equal(fake_seal_last.capacity, sizeof(out));
		assert_int_equal(out_bytes, sizeof(in));
	}
}

static void missing_pointers_are_refused(void **state)
{
	static const unsigned int pointers[] = { 0, 2, 4, 5 };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(calls); i++)
		for (size_t j = 0; j < ARRAY_COUNT(pointers); j++) {
			struct app_call call = good();

			call.word[pointers[j]] = 0;
			assert_int_equal(calls[i](&call), OK);
			assert_int_equal(call.result, APP_BAD_ARGUMENT);
			assert_int_equal(fake_seal_calls, 0);
			assert_int_equal(out_bytes, sizeof(out));
		}
}

static void overlaps_are_refused(void **state)
{
	static const struct {
		unsigned int word;
		const void *at;
	} overlaps[] = {
		{ 0, in },
		{ 0, out + 5 },
		{ 0, &out_bytes },
		{ 2, out },
		{ 2, (char *)&out_bytes + 7 },
		{ 4, in + 4 },
		{ 4, context - 5 },
		{ 4, &out_bytes },
	};

	for (size_t i = 0; i < ARRAY_COUNT(calls); i++)
		for (size_t j = 0; j < ARRAY_COUNT(overlaps); j++) {
			struct app_call call = good();

			start(state);
			call.word[overlaps[j].word] = (uintptr_t)overlaps[j].at;
			assert_int_equal(calls[i](&call), OK);
			assert_int_equal(call.result, APP_BAD_ARGUMENT);
			assert_int_equal(fake_seal_calls, 0);
		}
}

static void neighbours_are_no_overlap(void **state)
{
	static char line[sizeof(context) + sizeof(in) + sizeof(out)];
	struct app_call call = good();

	(void)state;
	call.word[0] = (uintptr_t)line;
	call.word[2] = (uintptr_t)line + sizeof(context);
	call.word[4] = (uintptr_t)line + sizeof(context) + sizeof(in);
	assert_int_equal(seal_call_seal(&call), OK);
	assert_int_equal(call.result, APP_OK);
}

static void nothing_needs_no_pointer(void **state)
{
	struct app_call call = good();

	(void)state;
	out_bytes = 0;
	for (size_t i = 0; i < 5; i++)
		call.word[i] = 0;
	assert_int_equal(seal_call_seal(&call), OK);
	assert_int_equal(call.result, APP_OK);
	assert_int_equal(fake_seal_calls, 1);
}

static void errors_have_their_results(void **state)
{
	static const struct {
		enum err e;
		int result;
	} errors[] = {
		{ ERR_UNSUPPORTED, APP_UNSUPPORTED },
		{ ERR_BAD_INPUT, APP_BAD_ARGUMENT },
		{ ERR_TOO_BIG, APP_TOO_BIG },
		{ ERR_NO_MEMORY, APP_NO_MEMORY },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(errors); i++) {
		struct app_call call = good();

		fake_seal_answer(errors[i].e);
		assert_int_equal(seal_call_unseal(&call), OK);
		assert_int_equal(call.result, errors[i].result);
		assert_int_equal(out_bytes, sizeof(out));
	}
	// An app that overlooks it would store what is there.
	struct app_call call = good();
	fake_seal_answer(ERR_CRYPTO);
	assert_check_fails((void)seal_call_seal(&call));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(words_become_a_call, start),
		cmocka_unit_test_setup(missing_pointers_are_refused, start),
		cmocka_unit_test_setup(overlaps_are_refused, start),
		cmocka_unit_test_setup(neighbours_are_no_overlap, start),
		cmocka_unit_test_setup(nothing_needs_no_pointer, start),
		cmocka_unit_test_setup(errors_have_their_results, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
