// SPDX-License-Identifier: Apache-2.0
// Page state changes against hosts that do them by halves, fail or lie; and the
// proof of VMPL 0, which uses the same table.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "abi/ghcb.h"
#include "abi/layout.h"
#include "abi/snp.h"
#include "kernel/snp/ghcb.h"
#include "kernel/snp/page_state.h"
#include "kernel/snp/vmpl.h"
#include "tests/fake/ram.h"
#include "tests/fake/rmp.h"

#define PAGES 600u // two full buffers and a part of one
#define BASE ((struct phys){ FAKE_RAM_BASE + 5 * PAGE_SIZE })

static struct {
	enum err result;
	uint64_t info_2;
	uint16_t step;        // entries done in one call; 0: all
	int cur_off, end_off; // lies about how far it came
	uint32_t reserved;
	bool spoils_entries; // in what it sends back
	unsigned int calls;
	bool is_shared[FAKE_RAM_PAGES];
} host;

static void entry_do(uint64_t entry)
{
	uint64_t gpa = (entry >> PAGE_STATE_GFN_SHIFT & PAGE_STATE_GFN_MASK) *
		       PAGE_SIZE;
	size_t page = (gpa - FAKE_RAM_BASE) / PAGE_SIZE;

	assert_int_equal(entry & PAGE_STATE_CUR_PAGE_MASK, 0);
	assert_int_equal(entry >> PAGE_STATE_OP_SHIFT, PAGE_STATE_SHARED);
	assert_true(page < FAKE_RAM_PAGES);
	assert_false(fake_rmp_is_validated(page));
	host.is_shared[page] = true;
}

enum err ghcb_call(struct ghcb_call *call)
{
	struct page_state_buffer b;
	uint16_t left = host.step;

	assert_int_equal(call->exit_code, GHCB_EVENT_PAGE_STATE_CHANGE);
	assert_int_equal(call->send_bytes, sizeof(b));
	assert_int_equal(call->receive_bytes, sizeof(b));
	host.calls++;
	memcpy(&b, call->send, sizeof(b));
	assert_true(b.header.end_entry < PAGE_STATE_ENTRIES_MAX);
	assert_int_equal(b.header.reserved, 0);
	while (b.header.cur_entry <= b.header.end_entry) {
		entry_do(b.entries[b.header.cur_entry++]);
		if (left > 0 && --left == 0)
			break;
	}
	b.header.cur_entry = (uint16_t)(b.header.cur_entry + host.cur_off);
	b.header.end_entry = (uint16_t)(b.header.end_entry + host.end_off);
	b.header.reserved = host.reserved;
	if (host.spoils_entries)
		memset(b.entries, 0xff, sizeof(b.entries));
	memcpy(call->receive, &b, sizeof(b));
	call->info_2 = host.info_2;
	return host.result;
}

static int set_up(void **state)
{
	(void)state;
	memset(&host, 0, sizeof(host));
	fake_ram_reset();
	fake_rmp_reset();
	return 0;
}

static void assert_shared_alone(size_t first, size_t count)
{
	for (size_t i = 0; i < FAKE_RAM_PAGES; i++) {
		bool in = i >= first && i < first + count;

		assert_int_equal(host.is_shared[i], in);
		assert_int_equal(fake_rmp_is_validated(i), !in);
	}
}

static void shares_in_batches(void **state)
{
	(void)state;
	page_state_make_shared(BASE, PAGES);
	assert_shared_alone(5, PAGES);
	assert_int_equal(host.calls, 3);
}

static void shares_one(void **state)
{
	(void)state;
	page_state_make_shared(BASE, 1);
	assert_shared_alone(5, 1);
	assert_int_equal(host.calls, 1);
}

static void shares_exactly_one_buffer(void **state)
{
	(void)state;
	page_state_make_shared(BASE, PAGE_STATE_ENTRIES_MAX);
	assert_shared_alone(5, PAGE_STATE_ENTRIES_MAX);
	assert_int_equal(host.calls, 1);
}

static void goes_on_after_a_part(void **state)
{
	(void)state;
	host.step = 100;
	page_state_make_shared(BASE, PAGES);
	assert_shared_alone(5, PAGES);
	assert_int_equal(host.calls, 3 + 3 + 1);
}

// The entries that come back are the host's: ours go out again.
static void sends_its_own_entries(void **state)
{
	(void)state;
	host.step = 1;
	host.spoils_entries = true;
	page_state_make_shared(BASE, 20);
	assert_shared_alone(5, 20);
}

static void share(void)
{
	page_state_make_shared(BASE, 8);
}

static void halts_when_the_host_fails(void **state)
{
	(void)state;
	host.result = ERR_DEVICE;
	assert_halts(HALT_PAGE_STATE, share());
}

static void halts_with_answer(uint64_t info_2)
{
	fake_rmp_reset();
	host.info_2 = info_2;
	assert_halts(HALT_PAGE_STATE, share());
}

static void halts_when_the_host_refuses(void **state)
{
	(void)state;
	halts_with_answer(PAGE_STATE_ERROR_HEADER);
	halts_with_answer((uint64_t)PAGE_STATE_ERROR_HEADER << 32 | 1);
	halts_with_answer((uint64_t)PAGE_STATE_ERROR_ENTRY << 32);
	halts_with_answer((uint64_t)PAGE_STATE_ERROR_GENERIC << 32);
	assert_int_equal(host.calls, 4);
}

static void halts_when_the_host_goes_backward(void **state)
{
	(void)state;
	host.step = 4;
	host.cur_off = -5;
	assert_halts(HALT_PAGE_STATE, share());
}

static void halts_when_the_host_goes_too_far(void **state)
{
	(void)state;
	host.cur_off = 1;
	assert_halts(HALT_PAGE_STATE, share());
	set_up(state);
	host.end_off = 1;
	assert_halts(HALT_PAGE_STATE, share());
	set_up(state);
	host.end_off = -1;
	assert_halts(HALT_PAGE_STATE, share());
	set_up(state);
	host.reserved = 1;
	assert_halts(HALT_PAGE_STATE, share());
}

static void halts_on_a_page_in_the_wrong_state(void **state)
{
	(void)state;
	fake_rmp_set_validated(7, false);
	assert_halts(HALT_PAGE_STATE, share());
	assert_int_equal(host.calls, 0);
	set_up(state);
	fake_rmp_refuse(SNP_FAIL_SIZE_MISMATCH);
	assert_halts(HALT_PAGE_STATE, share());
	assert_int_equal(host.calls, 0);
}

static void proves_vmpl_0(void **state)
{
	struct fake_adjust adjusted;

	(void)state;
	assert_int_equal(vmpl_prove(), OK);
	adjusted = fake_rmp_adjusted();
	assert_int_equal(adjusted.target, 1);
	assert_int_equal(adjusted.permissions, 0);
	assert_int_equal(adjusted.page % PAGE_SIZE, 0);
}

static void other_vmpls_are_refused(void **state)
{
	static const uint32_t answers[] = { SNP_FAIL_INPUT, SNP_FAIL_PERMISSION,
					    SNP_FAIL_SIZE_MISMATCH, 99 };

	(void)state;
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		fake_rmp_refuse(answers[i]);
		assert_int_equal(vmpl_prove(), ERR_UNSUPPORTED);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(shares_in_batches, set_up),
		cmocka_unit_test_setup(shares_one, set_up),
		cmocka_unit_test_setup(shares_exactly_one_buffer, set_up),
		cmocka_unit_test_setup(goes_on_after_a_part, set_up),
		cmocka_unit_test_setup(sends_its_own_entries, set_up),
		cmocka_unit_test_setup(halts_when_the_host_fails, set_up),
		cmocka_unit_test_setup(halts_when_the_host_refuses, set_up),
		cmocka_unit_test_setup(halts_when_the_host_goes_backward,
				       set_up),
		cmocka_unit_test_setup(halts_when_the_host_goes_too_far,
				       set_up),
		cmocka_unit_test_setup(halts_on_a_page_in_the_wrong_state,
				       set_up),
		cmocka_unit_test_setup(proves_vmpl_0, set_up),
		cmocka_unit_test_setup(other_vmpls_are_refused, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
