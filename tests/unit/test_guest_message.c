// SPDX-License-Identifier: Apache-2.0
// Guest messages against the emulated secure processor, with a host between
// that lies: either the answer is the one, or the very same ciphertext goes out
// again, or the key is gone. tests/fake/psp_host.c watches every IV.
#include "kernel/snp/guest_message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "psa/crypto.h"

#include "abi/ghcb.h"
#include "abi/report.h"
#include "base/num.h"
#include "kernel/snp/message_form.h"
#include "tests/fake/death.h"
#include "tests/fake/features.h"
#include "tests/fake/psp_host.h"
#include "tests/fake/shared_array.h"

static struct report_request request;
static struct report_response response;

// 2^31 messages are too many for a test, so the linker puts this before
// message_form.c's.
static bool numbers_are_out;

bool __real_message_sequence_is_left(uint64_t last);
bool __wrap_message_sequence_is_left(uint64_t last);

bool __wrap_message_sequence_is_left(uint64_t last)
{
	return !numbers_are_out && __real_message_sequence_is_left(last);
}

static int start(void **state)
{
	(void)state;
	numbers_are_out = false;
	psp_host_start();
	memset(request.report_data, 0x6b, sizeof(request.report_data));
	memset(&response, 0xa5, sizeof(response));
	return 0;
}

static enum err begin(bool wants_certificates)
{
	return guest_message_begin(GUEST_MESSAGE_REPORT_REQ, &request,
				   sizeof(request), wants_certificates);
}

static enum err poll(void)
{
	return guest_message_poll(&response, sizeof(response));
}

static void assert_answered(void)
{
	assert_int_equal(response.status, 0);
	assert_int_equal(response.report_size, sizeof(response.report));
	assert_memory_equal(response.report.report_data, request.report_data,
			    REPORT_DATA_BYTES);
}

// Keys that the crypto library holds.
static size_t keys_held(void)
{
	mbedtls_psa_stats_t stats;

	mbedtls_psa_get_stats(&stats);
	return stats.MBEDTLS_PRIVATE(volatile_slots);
}

// The message came to nothing: no key, no answer, and nothing goes out again.
static void assert_gone(void)
{
	struct report_response untouched;
	unsigned int sends = psp_host.sends;

	memset(&untouched, 0xa5, sizeof(untouched));
	assert_memory_equal(&response, &untouched, sizeof(response));
	assert_false(guest_message_is_open());
	assert_int_equal(keys_held(), 0);
	assert_int_equal(begin(false), ERR_CLOSED);
	assert_int_equal(poll(), ERR_CLOSED);
	assert_int_equal(psp_host.sends, sends);
}

static void assert_closes(void)
{
	assert_int_equal(begin(false), OK);
	assert_int_equal(poll(), ERR_CLOSED);
	assert_gone();
}

static void numbers_go_up_by_two(void **state)
{
	struct guest_message_header h;

	(void)state;
	for (unsigned int i = 0; i < 5; i++) {
		request.report_data[0] = (uint8_t)i;
		assert_int_equal(begin(i % 2), OK);
		assert_int_equal(poll(), OK);
		assert_answered();
		memcpy(&h, psp_host.request.bytes, sizeof(h));
		assert_int_equal(h.sequence, 2 * i + 1);
	}
	assert_true(guest_message_is_open());
}

// The host sees ciphertext and zeros, and never the text.
static void the_text_stays_private(void **state)
{
	const uint8_t *page = psp_host.request.bytes;
	size_t end = sizeof(struct guest_message_header) + sizeof(request);

	(void)state;
	assert_int_equal(begin(true), OK);
	assert_int_equal(poll(), OK);
	assert_null(
		memmem(page, GUEST_MESSAGE_PAGE_BYTES, request.report_data, 8));
	for (size_t i = end; i < GUEST_MESSAGE_PAGE_BYTES; i++)
		assert_int_equal(page[i], 0);
}

// What is judged is what was copied: nothing is fetched twice.
static void an_answer_is_read_once(void **state)
{
	unsigned long before = fake_shared_bytes_read();

	(void)state;
	assert_int_equal(begin(false), OK);
	assert_int_equal(poll(), OK);
	assert_int_equal(fake_shared_bytes_read() - before,
			 GUEST_MESSAGE_PAGE_BYTES);
	before = fake_shared_bytes_read();
	assert_int_equal(begin(true), OK);
	assert_int_equal(poll(), OK);
	assert_int_equal(fake_shared_bytes_read() - before,
			 5 * GUEST_MESSAGE_PAGE_BYTES);
}

static void busy_brings_the_same_again(void **state)
{
	struct psp_page first;

	(void)state;
	psp_host.psp.busy_answers = 7;
	assert_int_equal(begin(true), OK);
	for (unsigned int i = 0; i < 7; i++) {
		assert_int_equal(poll(), ERR_AGAIN);
		if (i == 0)
			first = psp_host.request;
		assert_memory_equal(&psp_host.request, &first, sizeof(first));
		assert_int_equal(psp_host.data_pages, 4);
	}
	// What the host did to its page meanwhile goes.
	assert_int_equal(poll(), OK);
	assert_answered();
	assert_memory_equal(&psp_host.request, &first, sizeof(first));
	assert_int_equal(psp_host.sends, 8);
}

static uint8_t table[5 * GUEST_MESSAGE_PAGE_BYTES];

static void host_has_table(size_t bytes)
{
	memset(table, 0x7e, sizeof(table));
	psp_host.psp.certificates = table;
	psp_host.psp.certificates_bytes = bytes;
}

static void certificates_come_along(void **state)
{
	const uint8_t *got;
	size_t count = 1;

	(void)state;
	host_has_table(4 * GUEST_MESSAGE_PAGE_BYTES);
	assert_int_equal(begin(true), OK);
	(void)guest_message_certificates(&count);
	assert_int_equal(count, 0);
	assert_int_equal(poll(), OK);
	got = guest_message_certificates(&count);
	assert_int_equal(count, 4 * GUEST_MESSAGE_PAGE_BYTES);
	assert_memory_equal(got, table, count);
	// Not those of a message before.
	assert_int_equal(begin(false), OK);
	assert_int_equal(poll(), OK);
	(void)guest_message_certificates(&count);
	assert_int_equal(count, 0);
	assert_int_equal(begin(true), OK);
	psp_host.keeps_table = true;
	assert_int_equal(poll(), OK);
	(void)guest_message_certificates(&count);
	assert_int_equal(count, 0);
	// A host that has none says so.
	psp_host.keeps_table = false;
	psp_host.psp.certificates = NULL;
	assert_int_equal(begin(true), OK);
	assert_int_equal(poll(), OK);
	(void)guest_message_certificates(&count);
	assert_int_equal(count, 0);
}

static void too_many_certificates_are_given_up(void **state)
{
	struct psp_page first;
	size_t count = 1;

	(void)state;
	host_has_table(4 * GUEST_MESSAGE_PAGE_BYTES + 1);
	psp_host.psp.busy_answers = 2;
	assert_int_equal(begin(true), OK);
	assert_int_equal(poll(), ERR_AGAIN);
	assert_int_equal(psp_host.sends, 2);
	first = psp_host.request;
	assert_int_equal(poll(), ERR_AGAIN);
	assert_int_equal(poll(), OK);
	assert_answered();
	assert_int_equal(psp_host.sends, 4);
	assert_int_equal(psp_host.data_pages, 0);
	assert_memory_equal(&psp_host.request, &first, sizeof(first));
	(void)guest_message_certificates(&count);
	assert_int_equal(count, 0);
}

// The secure processor has answered, and the host says it hasn't: what comes
// after that is the same message, which it won't answer twice.
static void a_hidden_answer_gives_nothing_away(void **state)
{
	static const uint32_t errors[] = { GUEST_REQUEST_BUSY,
					   GUEST_REQUEST_BUFFER_TOO_SMALL };

	for (size_t i = 0; i < ARRAY_COUNT(errors); i++) {
		struct guest_request_answer lie = { .host_error = errors[i] };
		enum err first = i == 0 ? ERR_AGAIN : ERR_CLOSED;

		start(state);
		psp_host.answer = lie;
		assert_int_equal(begin(true), OK);
		assert_int_equal(poll(), first);
		psp_host.answer = (struct guest_request_answer){ 0 };
		assert_int_equal(poll(), ERR_CLOSED);
		assert_gone();
	}
}

static void too_small_without_certificates_is_nonsense(void **state)
{
	(void)state;
	psp_host.answer.host_error = GUEST_REQUEST_BUFFER_TOO_SMALL;
	assert_closes();
}

static void other_errors_end_it(void **state)
{
	static const struct guest_request_answer answers[] = {
		{ .host_error = 3 },
		{ .host_error = GUEST_REQUEST_GENERIC },
		{ .firmware_error = PSP_INVALID_PARAM },
		{ .firmware_error = 1 },
		{ .firmware_error = 1, .host_error = GUEST_REQUEST_BUSY },
		{ .firmware_error = PSP_AEAD_OFLOW,
		  .host_error = GUEST_REQUEST_BUFFER_TOO_SMALL },
		{ .firmware_error = UINT32_MAX, .host_error = UINT32_MAX },
	};

	for (size_t i = 0; i < ARRAY_COUNT(answers); i++)
		for (int certificates = 0; certificates < 2; certificates++) {
			start(state);
			psp_host.answer = answers[i];
			assert_int_equal(begin(certificates), OK);
			assert_int_equal(poll(), ERR_CLOSED);
			assert_gone();
		}
	start(state);
	psp_host.sent = ERR_DEVICE;
	assert_closes();
}

static size_t flipped_byte;
static uint8_t flipped_bits;

static void flip(struct psp_page *page)
{
	page->bytes[flipped_byte] ^= flipped_bits;
}

// Neither proven by the tag nor looked at: the tag's unused half, and what the
// ABI reserves.
static bool is_unproven(size_t at)
{
	return (at >= 0x10 && at < 0x20) || (at >= 0x28 && at < 0x30);
}

static void every_flipped_byte_ends_it(void **state)
{
	size_t end = sizeof(struct guest_message_header) + sizeof(response);

	for (size_t at = 0; at < end; at++) {
		if (is_unproven(at))
			continue;
		start(state);
		flipped_byte = at;
		flipped_bits = (uint8_t)(1u << (at % 8));
		psp_host.change = flip;
		assert_closes();
	}
	start(state);
	flipped_byte = end;
	psp_host.change = flip;
	assert_int_equal(begin(false), OK);
	assert_int_equal(poll(), OK);
	assert_answered();
}

static void a_swallowed_answer_ends_it(void **state)
{
	(void)state;
	psp_host.swallows = true;
	assert_closes();
	// Nor does the answer before it do.
	start(state);
	assert_int_equal(begin(false), OK);
	assert_int_equal(poll(), OK);
	memset(&response, 0xa5, sizeof(response));
	psp_host.swallows = true;
	assert_closes();
}

static void mirror(struct psp_page *response_page)
{
	*response_page = psp_host.request;
}

static void the_request_is_no_answer(void **state)
{
	(void)state;
	psp_host.change = mirror;
	assert_closes();
}

// Rewrites of a secure processor gone mad: authentic, and still not the answer.

static const struct guest_message_header *wrong;

#define DIFFERS(field)                                \
	do {                                          \
		if (wrong->field)                     \
			header->field = wrong->field; \
	} while (0)

static void make_wrong(struct guest_message_header *header, uint8_t *payload)
{
	(void)payload;
	header->sequence += wrong->sequence;
	DIFFERS(algo);
	DIFFERS(header_version);
	DIFFERS(header_size);
	DIFFERS(type);
	DIFFERS(version);
	DIFFERS(payload_size);
	DIFFERS(vmpck);
}

static void authentic_but_wrong_headers_end_it(void **state)
{
	static const struct guest_message_header headers[] = {
		{ .sequence = 1 },
		{ .sequence = 2 },
		{ .sequence = UINT64_MAX }, // one less
		{ .algo = 2 },
		{ .header_version = 2 },
		{ .header_size = 0x61 },
		{ .header_size = 0x5f },
		{ .type = GUEST_MESSAGE_REPORT_REQ },
		{ .type = GUEST_MESSAGE_KEY_RSP },
		{ .version = 2 },
		{ .payload_size = sizeof(response) + 1 },
		{ .payload_size = GUEST_MESSAGE_PAYLOAD_LIMIT },
		{ .payload_size = UINT16_MAX },
		{ .vmpck = 1 },
	};

	for (size_t i = 0; i < ARRAY_COUNT(headers); i++) {
		start(state);
		wrong = &headers[i];
		psp_host.rewrite = make_wrong;
		assert_closes();
	}
}

static void a_short_answer_is_followed_by_zeros(void **state)
{
	static const struct guest_message_header cut = { .payload_size = 8 };
	static const struct report_response zeros;

	(void)state;
	wrong = &cut;
	psp_host.rewrite = make_wrong;
	assert_int_equal(begin(false), OK);
	assert_int_equal(poll(), OK);
	assert_int_equal(response.report_size, sizeof(response.report));
	assert_memory_equal(&response.report, &zeros.report,
			    sizeof(zeros.report));
	psp_host.rewrite = NULL;
	assert_int_equal(begin(false), OK);
	assert_int_equal(poll(), OK);
	assert_answered();
}

static void numbers_end(void **state)
{
	(void)state;
	assert_true(message_sequence_is_left(0));
	assert_true(message_sequence_is_left(0xfffffffc));
	assert_false(message_sequence_is_left(0xfffffffd));
	assert_false(message_sequence_is_left(0xfffffffe));
	assert_false(message_sequence_is_left(0xffffffff));
	assert_false(message_sequence_is_left(UINT64_MAX));
	numbers_are_out = true;
	assert_int_equal(begin(false), ERR_CLOSED);
	assert_gone();
}

static void one_message_at_a_time(void **state)
{
	(void)state;
	assert_check_fails((void)poll());
	assert_int_equal(begin(false), OK);
	assert_check_fails((void)begin(false));
	assert_int_equal(poll(), OK);
}

// No way back to a channel by what a start needs.
static void a_start_needs_pages_and_instructions(void **state)
{
	static const enum cpu_feature features[] = { CPU_AES, CPU_PCLMULQDQ,
						     CPU_SSE41 };
	static const uint8_t key[VMPCK_BYTES] = { 1 };

	(void)state;
	psp_host.sent = ERR_DEVICE;
	assert_closes();
	fake_shared_reset(guest_message_shared_bytes() - 1);
	assert_int_equal(guest_message_take_key(key), OK);
	assert_check_fails((void)guest_message_take_key(key));
	assert_int_equal(guest_message_init(), ERR_NO_MEMORY);
	fake_shared_reset(guest_message_shared_bytes());
	// The key went with it.
	assert_check_fails((void)guest_message_init());
	for (size_t i = 0; i < ARRAY_COUNT(features); i++) {
		fake_features_take((int)features[i]);
		assert_int_equal(guest_message_take_key(key), ERR_UNSUPPORTED);
	}
	fake_features_take(-1);
	assert_false(guest_message_is_open());
	assert_int_equal(begin(false), ERR_CLOSED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(numbers_go_up_by_two, start),
		cmocka_unit_test_setup(the_text_stays_private, start),
		cmocka_unit_test_setup(an_answer_is_read_once, start),
		cmocka_unit_test_setup(busy_brings_the_same_again, start),
		cmocka_unit_test_setup(certificates_come_along, start),
		cmocka_unit_test_setup(too_many_certificates_are_given_up,
				       start),
		cmocka_unit_test_setup(a_hidden_answer_gives_nothing_away,
				       start),
		cmocka_unit_test_setup(
			too_small_without_certificates_is_nonsense, start),
		cmocka_unit_test_setup(other_errors_end_it, start),
		cmocka_unit_test_setup(every_flipped_byte_ends_it, start),
		cmocka_unit_test_setup(a_swallowed_answer_ends_it, start),
		cmocka_unit_test_setup(the_request_is_no_answer, start),
		cmocka_unit_test_setup(authentic_but_wrong_headers_end_it,
				       start),
		cmocka_unit_test_setup(a_short_answer_is_followed_by_zeros,
				       start),
		cmocka_unit_test_setup(numbers_end, start),
		cmocka_unit_test_setup(one_message_at_a_time, start),
		cmocka_unit_test_setup(a_start_needs_pages_and_instructions,
				       start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
