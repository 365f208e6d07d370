// SPDX-License-Identifier: Apache-2.0
// What is inside guest messages: reports, derived keys and the TSC's scale, as
// the emulated secure processor gives them and as it never would. A payload
// that makes no sense costs the answer, not the channel.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/num.h"
#include "kernel/snp/derived_key.h"
#include "kernel/snp/guest_message.h"
#include "kernel/snp/report.h"
#include "tests/fake/death.h"
#include "tests/fake/psp_host.h"

#define FIELDS (KEY_FIELD_MEASUREMENT | KEY_FIELD_POLICY | KEY_FIELD_TCB)

static struct psp_platform platform;
static struct psp_guest guest;

static int start(void **state)
{
	(void)state;
	platform = psp_guest_platform();
	guest = psp_guest_settings();
	psp_host_start_with(&platform, &guest);
	return 0;
}

// Each rewrite changes one 32-bit word or byte of an answer.
static size_t changed_at;
static uint32_t changed_to;

static void change_word(struct guest_message_header *header, uint8_t *payload)
{
	(void)header;
	memcpy(payload + changed_at, &changed_to, sizeof(changed_to));
}

static void lie(size_t at, uint32_t value)
{
	changed_at = at;
	changed_to = value;
	psp_host.rewrite = change_word;
}

static uint8_t report_data[REPORT_DATA_BYTES] = { 1, 2, 3 };

static enum err get_report(struct attestation_report *report)
{
	assert_int_equal(report_begin(report_data, false), OK);
	return report_poll(report);
}

static void a_report_says_what_was_asked(void **state)
{
	struct attestation_report report;

	(void)state;
	assert_int_equal(get_report(&report), OK);
	assert_int_equal(report.version, 3);
	assert_int_equal(report.vmpl, 0);
	assert_int_equal(report.committed_tcb, platform.committed_tcb);
	assert_memory_equal(report.report_data, report_data,
			    sizeof(report_data));
	assert_memory_equal(report.measurement, psp_host.psp.digest,
			    sizeof(report.measurement));
}

static void a_busy_host_delays_a_report(void **state)
{
	struct attestation_report report;

	(void)state;
	psp_host.psp.busy_answers = 3;
	assert_int_equal(report_begin(report_data, true), OK);
	for (int i = 0; i < 3; i++)
		assert_int_equal(report_poll(&report), ERR_AGAIN);
	assert_int_equal(report_poll(&report), OK);
}

static void another_report_is_refused(void **state)
{
	static const struct {
		size_t at;
		uint32_t value;
	} lies[] = {
		{ offsetof(struct report_response, status), 0x16 },
		{ offsetof(struct report_response, status), 0x27 },
		{ offsetof(struct report_response, report_size), 0 },
		{ offsetof(struct report_response, report_size), 0x49f },
		{ offsetof(struct report_response, report_size), 0x4a1 },
		{ offsetof(struct report_response, report.version), 0 },
		{ offsetof(struct report_response, report.version), 1 },
		{ offsetof(struct report_response, report.vmpl), 1 },
		{ offsetof(struct report_response, report.report_data), 0 },
		{ offsetof(struct report_response, report.report_data) + 60,
		  1u << 31 },
	};
	struct attestation_report report, before;

	(void)state;
	memset(&report, 0xa5, sizeof(report));
	before = report;
	for (size_t i = 0; i < ARRAY_COUNT(lies); i++) {
		lie(lies[i].at, lies[i].value);
		assert_int_equal(get_report(&report), ERR_DEVICE);
		assert_memory_equal(&report, &before, sizeof(report));
	}
	lie(offsetof(struct report_response, report.version), 6);
	assert_int_equal(get_report(&report), OK);
}

struct key {
	uint8_t bytes[KEY_BYTES];
};

static enum err get_key(uint64_t fields, uint64_t tcb, struct key *key)
{
	memset(key, 0xa5, sizeof(*key));
	assert_int_equal(derived_key_begin(fields, tcb), OK);
	return derived_key_poll(key->bytes);
}

static struct key key_of(uint64_t fields, uint64_t tcb)
{
	struct key key;

	assert_int_equal(get_key(fields, tcb, &key), OK);
	return key;
}

static void a_key_comes_again_for_the_same_guest_alone(void **state)
{
	uint64_t tcb = platform.committed_tcb;
	struct key first = key_of(FIELDS, tcb);
	struct key other;

	(void)state;
	other = key_of(FIELDS, tcb);
	assert_memory_equal(&first, &other, sizeof(first));
	psp_host_start_with(&platform, &guest);
	other = key_of(FIELDS, tcb);
	assert_memory_equal(&first, &other, sizeof(first));
	other = key_of(FIELDS, tcb - 1);
	assert_memory_not_equal(&first, &other, sizeof(first));
	other = key_of(FIELDS & ~KEY_FIELD_POLICY, tcb);
	assert_memory_not_equal(&first, &other, sizeof(first));
	guest.policy |= POLICY_DEBUG;
	psp_host_start_with(&platform, &guest);
	other = key_of(FIELDS, tcb);
	assert_memory_not_equal(&first, &other, sizeof(first));
	guest.policy &= ~POLICY_DEBUG;
	psp_host_start_with(&platform, &guest);
	psp_host.psp.digest[0] ^= 1;
	other = key_of(FIELDS, tcb);
	assert_memory_not_equal(&first, &other, sizeof(first));
	platform.chip_secret[0] ^= 1;
	psp_host_start_with(&platform, &guest);
	other = key_of(FIELDS, tcb);
	assert_memory_not_equal(&first, &other, sizeof(first));
}

// A VLEK is the cloud's; the key stays the chip's.
static void a_vlek_roots_no_key(void **state)
{
	struct key first = key_of(FIELDS, 0), other;

	(void)state;
	memset(platform.vlek, 0x33, sizeof(platform.vlek));
	psp_host_start_with(&platform, &guest);
	other = key_of(FIELDS, 0);
	assert_memory_equal(&first, &other, sizeof(first));
}

static void a_key_that_is_not_to_be_had(void **state)
{
	struct key key, before;

	(void)state;
	memset(&before, 0xa5, sizeof(before));
	assert_int_equal(get_key(FIELDS, platform.committed_tcb + 1, &key),
			 ERR_DEVICE);
	assert_memory_equal(&key, &before, sizeof(key));
	psp_host.psp.platform.mask_chip_key = 1;
	assert_int_equal(get_key(FIELDS, 0, &key), ERR_UNSUPPORTED);
	assert_memory_equal(&key, &before, sizeof(key));
	// Refused, but told that all is well.
	lie(offsetof(struct key_response, status), 0);
	assert_int_equal(get_key(FIELDS, 0, &key), ERR_DEVICE);
	assert_memory_equal(&key, &before, sizeof(key));
	psp_host.psp.platform.mask_chip_key = 0;
	// Given, but told that it isn't.
	lie(offsetof(struct key_response, status), 1);
	assert_int_equal(get_key(FIELDS, 0, &key), ERR_DEVICE);
	assert_memory_equal(&key, &before, sizeof(key));
	psp_host.rewrite = NULL;
	assert_int_equal(get_key(FIELDS, 0, &key), OK);
	assert_check_fails((void)derived_key_begin(KEY_FIELD_LAUNCH_MIT, 0));
	assert_check_fails((void)derived_key_begin(KEY_FIELD_GUEST_SVN, 0));
}

static void a_closed_channel_says_so(void **state)
{
	struct attestation_report report;
	struct key key;

	(void)state;
	psp_host.sent = ERR_DEVICE;
	assert_int_equal(get_report(&report), ERR_CLOSED);
	assert_int_equal(report_begin(report_data, false), ERR_CLOSED);
	assert_int_equal(derived_key_begin(FIELDS, 0), ERR_CLOSED);
	assert_int_equal(derived_key_poll(key.bytes), ERR_CLOSED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_report_says_what_was_asked, start),
		cmocka_unit_test_setup(a_busy_host_delays_a_report, start),
		cmocka_unit_test_setup(another_report_is_refused, start),
		cmocka_unit_test_setup(
			a_key_comes_again_for_the_same_guest_alone, start),
		cmocka_unit_test_setup(a_vlek_roots_no_key, start),
		cmocka_unit_test_setup(a_key_that_is_not_to_be_had, start),
		cmocka_unit_test_setup(a_closed_channel_says_so, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
