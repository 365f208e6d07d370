// SPDX-License-Identifier: Apache-2.0
// The envelope of guest messages: sequence numbers, keys, sizes, and the two
// answers that a host gives by itself.
#include "emu/psp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/num.h"
#include "tests/fake/psp_guest.h"

static struct psp psp;
static struct psp_page request, response;
static const struct report_request report_request = { .report_data = { 1 } };

static struct guest_message_header report_header(uint64_t sequence)
{
	return psp_guest_header(0, sequence, GUEST_MESSAGE_REPORT_REQ,
				sizeof(report_request));
}

static void request_seal(const struct guest_message_header *h)
{
	psp_guest_seal(psp_vmpck(&psp, 0), h, &report_request, &request);
}

// Sends what `request` holds. A refusal must leave response and count alone.
static enum psp_status send(void)
{
	static struct psp_page before;
	uint64_t sequence = psp.sequence[0];

	memset(&response, 0x5a, sizeof(response));
	before = response;
	enum psp_status status =
		psp_message(&psp, request.bytes, response.bytes);
	if (status != PSP_SUCCESS) {
		assert_memory_equal(&response, &before, sizeof(before));
		assert_int_equal(psp.sequence[0], sequence);
	}
	return status;
}

static enum psp_status send_header(const struct guest_message_header *h)
{
	request_seal(h);
	return send();
}

static enum psp_status send_sequence(uint64_t sequence)
{
	struct guest_message_header h = report_header(sequence);

	return send_header(&h);
}

static int launch(void **state)
{
	(void)state;
	psp_guest_launch_plain(&psp);
	return 0;
}

static void numbers_go_up_by_two(void **state)
{
	struct guest_message_header h;
	uint8_t payload[GUEST_MESSAGE_PAYLOAD_LIMIT];

	(void)state;
	for (uint64_t sequence = 1; sequence < 9; sequence += 2) {
		assert_int_equal(send_sequence(sequence), PSP_SUCCESS);
		assert_true(psp_guest_open(psp_vmpck(&psp, 0), &response, &h,
					   payload));
		assert_int_equal(h.sequence, sequence + 1);
		assert_int_equal(h.type, GUEST_MESSAGE_REPORT_RSP);
		assert_int_equal(h.algo, 1);
		assert_int_equal(h.header_version, 1);
		assert_int_equal(h.header_size, 0x60);
		assert_int_equal(h.payload_size, 0x4c0);
	}
}

static void any_other_number_is_refused(void **state)
{
	static const uint64_t wrong[] = {
		0, 1, 2, 4, 5, 0x100000003, UINT64_MAX
	};

	(void)state;
	assert_int_equal(send_sequence(1), PSP_SUCCESS);
	for (size_t i = 0; i < ARRAY_COUNT(wrong); i++)
		assert_int_equal(send_sequence(wrong[i]), PSP_AEAD_OFLOW);
	assert_int_equal(send_sequence(3), PSP_SUCCESS);
}

static void replay_is_refused(void **state)
{
	(void)state;
	assert_int_equal(send_sequence(1), PSP_SUCCESS);
	assert_int_equal(send(), PSP_AEAD_OFLOW);
}

static void numbers_end(void **state)
{
	(void)state;
	psp.sequence[0] = UINT64_MAX - 3;
	assert_int_equal(send_sequence(UINT64_MAX - 2), PSP_SUCCESS);
	assert_int_equal(send_sequence(UINT64_MAX), PSP_AEAD_OFLOW);
	psp.sequence[0] = UINT64_MAX;
	assert_int_equal(send_sequence(0), PSP_AEAD_OFLOW);
}

static void each_key_counts_for_itself(void **state)
{
	struct guest_message_header h;

	(void)state;
	assert_int_equal(send_sequence(1), PSP_SUCCESS);
	for (unsigned int i = 1; i < VMPCK_COUNT; i++) {
		struct report_request asked = { .vmpl = i };
		struct report_response answer;

		psp_guest_ask(&psp, i, GUEST_MESSAGE_REPORT_REQ, 1, &asked,
			      sizeof(asked), &answer, sizeof(answer));
		assert_int_equal(answer.status, 0);
	}
	for (unsigned int i = 0; i < VMPCK_COUNT; i++)
		assert_int_equal(psp.sequence[i], 2);
	h = report_header(3);
	h.vmpck = VMPCK_COUNT;
	assert_int_equal(send_header(&h), PSP_INVALID_PARAM);
}

static void a_wrong_key_is_refused(void **state)
{
	struct guest_message_header h = report_header(1);

	(void)state;
	for (unsigned int i = 1; i < VMPCK_COUNT; i++) {
		psp_guest_seal(psp_vmpck(&psp, i), &h, &report_request,
			       &request);
		assert_int_equal(send(), PSP_BAD_MEASUREMENT);
	}
	assert_int_equal(send_header(&h), PSP_SUCCESS);
}

// Whatever bit is flipped in what a message consists of, it isn't answered.
static void every_flipped_bit_is_refused(void **state)
{
	struct guest_message_header h = report_header(1);
	size_t end = sizeof(h) + sizeof(report_request);

	(void)state;
	request_seal(&h);
	for (size_t i = 0; i < end; i++) {
		if (i == GUEST_MESSAGE_TAG_BYTES)
			i = 0x20; // the tag's unused half
		for (unsigned int bit = 0; bit < 8; bit++) {
			request.bytes[i] ^= (uint8_t)(1u << bit);
			assert_int_not_equal(send(), PSP_SUCCESS);
			request.bytes[i] ^= (uint8_t)(1u << bit);
		}
	}
	assert_int_equal(send(), PSP_SUCCESS);
}

static void wrong_headers_are_refused(void **state)
{
	(void)state;
#define REFUSED(field, value)                                             \
	do {                                                              \
		struct guest_message_header wrong = report_header(1);     \
		wrong.field = value;                                      \
		assert_int_equal(send_header(&wrong), PSP_INVALID_PARAM); \
	} while (0)
	REFUSED(algo, 0);
	REFUSED(algo, 2);
	REFUSED(header_version, 0);
	REFUSED(header_version, 2);
	REFUSED(header_size, 0x5f);
	REFUSED(header_size, 0x61);
	REFUSED(version, 0);
	REFUSED(version, 2);
	REFUSED(reserved_28[7], 1);
	REFUSED(reserved_38[0], 1);
	REFUSED(reserved_3d[34], 1);
#undef REFUSED
}

static void only_known_requests_are_answered(void **state)
{
	struct guest_message_header h = report_header(1);

	(void)state;
	for (unsigned int type = 0; type < 256; type++) {
		if (type == GUEST_MESSAGE_REPORT_REQ)
			continue;
		h.type = (uint8_t)type;
		// A CPUID request may have this size; what is wrong inside it
		// is said inside the answer.
		enum psp_status want = type == GUEST_MESSAGE_CPUID_REQ
					       ? PSP_SUCCESS
					       : PSP_INVALID_PARAM;
		assert_int_equal(send_header(&h), want);
		h.sequence = psp.sequence[0] + 1;
	}
}

static void every_wrong_size_is_refused(void **state)
{
	static const uint8_t bytes[GUEST_MESSAGE_PAGE_BYTES];
	static const struct {
		uint8_t type, version;
		size_t bytes;
	} sizes[] = {
		{ GUEST_MESSAGE_REPORT_REQ, 1, 0x60 },
		{ GUEST_MESSAGE_KEY_REQ, 1, 0x20 },
		{ GUEST_MESSAGE_KEY_REQ, 2, 0x28 },
		{ GUEST_MESSAGE_TSC_INFO_REQ, 1, 0x80 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(sizes); i++)
		for (size_t size = 0; size < 0x200; size++) {
			struct guest_message_header h = psp_guest_header(
				0, psp.sequence[0] + 1, sizes[i].type, size);

			h.version = sizes[i].version;
			psp_guest_seal(psp_vmpck(&psp, 0), &h, bytes, &request);
			assert_int_equal(send(), size == sizes[i].bytes
							 ? PSP_SUCCESS
							 : PSP_INVALID_PARAM);
		}
	// Past the page's end.
	struct guest_message_header h = psp_guest_header(
		0, psp.sequence[0] + 1, GUEST_MESSAGE_CPUID_REQ, 0xffff);
	psp_guest_seal(psp_vmpck(&psp, 0), &h, bytes, &request);
	assert_int_equal(send(), PSP_INVALID_PARAM);
}

static void a_guest_that_does_not_run_gets_nothing(void **state)
{
	static const uint8_t seed[PSP_SEED_BYTES];
	struct psp_platform platform = psp_guest_platform();
	struct psp_guest guest = psp_guest_settings();

	(void)state;
	assert_int_equal(psp_launch_start(&psp, &platform, &guest, seed),
			 PSP_SUCCESS);
	assert_int_equal(send_sequence(1), PSP_INVALID_GUEST_STATE);
	assert_int_equal(psp_launch_finish(&psp, NULL), PSP_SUCCESS);
	assert_int_equal(send(), PSP_SUCCESS);
}

static void busy_leaves_the_request_good(void **state)
{
	struct guest_message_header h = report_header(1);

	(void)state;
	request_seal(&h);
	psp.busy_answers = 2;
	for (int i = 0; i < 2; i++)
		assert_int_equal(
			psp_guest_request(&psp, request.bytes, response.bytes),
			PSP_VMM_BUSY);
	assert_int_equal(psp_guest_request(&psp, request.bytes, response.bytes),
			 0);
	assert_int_equal(psp_guest_request(&psp, request.bytes, response.bytes),
			 PSP_AEAD_OFLOW);
}

static void certificates_need_room(void **state)
{
	static uint8_t table[4097];
	uint8_t page[GUEST_MESSAGE_PAGE_BYTES];
	struct guest_message_header h = report_header(1);
	uint64_t pages = 1;

	(void)state;
	memset(table, 0x77, sizeof(table));
	psp.certificates = table;
	psp.certificates_bytes = sizeof(table);
	request_seal(&h);
	assert_int_equal(psp_extended_request(&psp, request.bytes,
					      response.bytes, &pages),
			 PSP_VMM_INVALID_LENGTH);
	assert_int_equal(pages, 2);
	assert_int_equal(psp_extended_request(&psp, request.bytes,
					      response.bytes, &pages),
			 0);
	psp_certificates_copy(&psp, 0, page);
	assert_memory_equal(page, table, sizeof(page));
	psp_certificates_copy(&psp, 1, page);
	assert_int_equal(page[0], 0x77);
	assert_int_equal(page[1], 0);
	psp_certificates_copy(&psp, UINT64_MAX, page);
	assert_int_equal(page[0], 0);
}

static void no_certificates_are_a_closing_entry(void **state)
{
	static const uint8_t zeros[GUEST_MESSAGE_PAGE_BYTES];
	uint8_t page[GUEST_MESSAGE_PAGE_BYTES];
	struct guest_message_header h = report_header(1);
	uint64_t pages = 0;

	(void)state;
	request_seal(&h);
	assert_int_equal(psp_extended_request(&psp, request.bytes,
					      response.bytes, &pages),
			 PSP_VMM_INVALID_LENGTH);
	assert_int_equal(pages, 1);
	assert_int_equal(psp_extended_request(&psp, request.bytes,
					      response.bytes, &pages),
			 0);
	memset(page, 1, sizeof(page));
	psp_certificates_copy(&psp, 0, page);
	assert_memory_equal(page, zeros, sizeof(page));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(numbers_go_up_by_two, launch),
		cmocka_unit_test_setup(any_other_number_is_refused, launch),
		cmocka_unit_test_setup(replay_is_refused, launch),
		cmocka_unit_test_setup(numbers_end, launch),
		cmocka_unit_test_setup(each_key_counts_for_itself, launch),
		cmocka_unit_test_setup(a_wrong_key_is_refused, launch),
		cmocka_unit_test_setup(every_flipped_bit_is_refused, launch),
		cmocka_unit_test_setup(wrong_headers_are_refused, launch),
		cmocka_unit_test_setup(only_known_requests_are_answered,
				       launch),
		cmocka_unit_test_setup(every_wrong_size_is_refused, launch),
		cmocka_unit_test_setup(a_guest_that_does_not_run_gets_nothing,
				       launch),
		cmocka_unit_test_setup(busy_leaves_the_request_good, launch),
		cmocka_unit_test_setup(certificates_need_room, launch),
		cmocka_unit_test_setup(no_certificates_are_a_closing_entry,
				       launch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
