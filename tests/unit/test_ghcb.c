// SPDX-License-Identifier: Apache-2.0
// GHCB calls with a host that lies in whatever it can.
#include "kernel/snp/ghcb.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "abi/svm.h"
#include "base/num.h"
#include "kernel/snp/ghcb_io.h"
#include "kernel/snp/ghcb_mmio.h"
#include "kernel/snp/ghcb_msr_event.h"
#include "kernel/snp/guest_request.h"
#include "tests/fake/death.h"
#include "tests/fake/ghcb_host.h"

#define FIELD(name) offsetof(struct ghcb, name)
#define EVERY_REGISTER (GHCB_RAX | GHCB_RBX | GHCB_RCX | GHCB_RDX)

static const size_t register_fields[] = { FIELD(rax), FIELD(rbx), FIELD(rcx),
					  FIELD(rdx) };

// What the scripted host says.
static struct {
	uint64_t info_1, info_2;
	size_t leaves_out; // a field that it doesn't mark as valid; 0: none
	uint64_t rax, rbx, rcx, rdx;
	uint8_t buffer[16];
} script;

static void answer(struct ghcb *page)
{
	fake_ghcb_result(page, script.info_1, script.info_2);
	page->rax = script.rax;
	page->rbx = script.rbx;
	page->rcx = script.rcx;
	page->rdx = script.rdx;
	for (size_t i = 0; i < ARRAY_COUNT(register_fields); i++)
		fake_ghcb_set_valid(page, register_fields[i]);
	memcpy(page->shared_buffer, script.buffer, sizeof(script.buffer));
	if (script.leaves_out)
		page->valid_bitmap[script.leaves_out / 64] &=
			(uint8_t) ~(1u << script.leaves_out / 8 % 8);
}

static int start(void **state)
{
	(void)state;
	fake_ghcb_host_start();
	fake_ghcb_host.answer = answer;
	memset(&script, 0, sizeof(script));
	return 0;
}

static unsigned int reads_in(size_t offset, size_t count)
{
	unsigned int sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += fake_ghcb_host.reads[offset + i];
	return sum;
}

static void writes_the_whole_page(void **state)
{
	struct ghcb_call call = {
		.exit_code = 0x1234,
		.info_1 = 5,
		.info_2 = 6,
		.gives = GHCB_RBX | GHCB_RDX,
		.rax = 1,
		.rbx = 2,
		.rcx = 3,
		.rdx = 4,
		.send = "abc",
		.send_bytes = 3,
	};
	static struct ghcb expected;

	(void)state;
	assert_int_equal(ghcb_call(&call), OK);
	expected = (struct ghcb){
		.protocol_version = 2,
		.sw_exit_code = 0x1234,
		.sw_exit_info_1 = 5,
		.sw_exit_info_2 = 6,
		.rbx = 2,
		.rdx = 4,
		.sw_scratch = FAKE_GHCB_GPA + 0x800,
		.shared_buffer = "abc",
	};
	fake_ghcb_set_valid(&expected, FIELD(rbx));
	fake_ghcb_set_valid(&expected, FIELD(rdx));
	fake_ghcb_set_valid(&expected, FIELD(sw_exit_code));
	fake_ghcb_set_valid(&expected, FIELD(sw_exit_info_1));
	fake_ghcb_set_valid(&expected, FIELD(sw_exit_info_2));
	fake_ghcb_set_valid(&expected, FIELD(sw_scratch));
	assert_memory_equal(&fake_ghcb_host.request, &expected,
			    sizeof(expected));
	// Nothing of it is left for the next call.
	assert_int_equal(ghcb_call(&(struct ghcb_call){ 0 }), OK);
	expected = (struct ghcb){ .protocol_version = 2 };
	fake_ghcb_set_valid(&expected, FIELD(sw_exit_code));
	fake_ghcb_set_valid(&expected, FIELD(sw_exit_info_1));
	fake_ghcb_set_valid(&expected, FIELD(sw_exit_info_2));
	assert_memory_equal(&fake_ghcb_host.request, &expected,
			    sizeof(expected));
}

static void takes_what_was_asked(void **state)
{
	uint8_t received[5] = { 9, 9, 9, 9, 9 };
	struct ghcb_call call = {
		.wants = GHCB_RAX | GHCB_RBX,
		.rcx = 0xc,
		.rdx = 0xd,
		.receive = received,
		.receive_bytes = 4,
	};

	(void)state;
	script.rax = 0x1111;
	script.rbx = 0x2222;
	script.rcx = script.rdx = ~0ull;
	script.info_2 = 0x3333;
	memcpy(script.buffer, "wxyz!", 5);
	assert_int_equal(ghcb_call(&call), OK);
	assert_int_equal(call.rax, 0x1111);
	assert_int_equal(call.rbx, 0x2222);
	assert_int_equal(call.rcx, 0xc);
	assert_int_equal(call.rdx, 0xd);
	assert_int_equal(call.info_2, 0x3333);
	assert_memory_equal(received, "wxyz\x09", 5);
	// Each byte once, and nothing that wasn't asked for.
	assert_true(fake_ghcb_reads_once());
	assert_int_equal(reads_in(0, sizeof(struct ghcb)),
			 8 + 8 + 8 + 8 + 16 + 4);
	assert_int_equal(reads_in(FIELD(rcx), 16), 0);
	assert_int_equal(reads_in(FIELD(sw_exit_code), 8), 0);
	assert_int_equal(reads_in(FIELD(sw_scratch), 8), 0);
}

// The host's answer is refused, and nothing of it has reached the caller.
static void assert_refused(enum err expected)
{
	uint8_t received[16] = "private";
	struct ghcb_call call = {
		.info_2 = 2,
		.wants = EVERY_REGISTER,
		.rax = 3,
		.rbx = 4,
		.rcx = 5,
		.rdx = 6,
		.receive = received,
		.receive_bytes = sizeof(received),
	};
	struct ghcb_call before = call;

	assert_int_equal(ghcb_call(&call), expected);
	assert_memory_equal(&call, &before, sizeof(call));
	assert_string_equal((char *)received, "private");
	assert_true(fake_ghcb_reads_once());
	assert_true(ghcb_is_ready());
}

static void refuses_missing_fields(void **state)
{
	static const size_t needed[] = { FIELD(sw_exit_info_1),
					 FIELD(sw_exit_info_2),
					 FIELD(rax),
					 FIELD(rbx),
					 FIELD(rcx),
					 FIELD(rdx) };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(needed); i++) {
		script.leaves_out = needed[i];
		assert_refused(ERR_DEVICE);
	}
}

static void refuses_failures(void **state)
{
	(void)state;
	for (script.info_1 = 2; script.info_1 < 70; script.info_1++)
		assert_refused(ERR_DEVICE);
	for (unsigned int bit = 1; bit < 32; bit++) {
		script.info_1 = 1ull << bit;
		assert_refused(ERR_DEVICE);
	}
	// The upper half says nothing (4.1).
	script.info_1 = 0xffffffff00000000;
	assert_int_equal(ghcb_call(&(struct ghcb_call){ 0 }), OK);
}

static void takes_two_exceptions_alone(void **state)
{
	(void)state;
	script.info_1 = GHCB_RESULT_EXCEPTION;
	for (uint64_t vector = 0; vector < 256; vector++) {
		bool good = vector == 6 || vector == 13;

		script.info_2 = EVENT_VALID | EVENT_TYPE_EXCEPTION | vector;
		assert_refused(good ? ERR_UNSUPPORTED : ERR_DEVICE);
		script.info_2 |= EVENT_ERROR_VALID | 5ull << EVENT_ERROR_SHIFT;
		assert_refused(good ? ERR_UNSUPPORTED : ERR_DEVICE);
		script.info_2 = EVENT_TYPE_EXCEPTION | vector;
		assert_refused(ERR_DEVICE);
		for (uint64_t type = 0; type < 8; type++) {
			if (type << 8 == EVENT_TYPE_EXCEPTION)
				continue;
			script.info_2 = EVENT_VALID | type << 8 | vector;
			assert_refused(ERR_DEVICE);
		}
	}
}

static void answer_by_calling(struct ghcb *page)
{
	(void)page;
	assert_true(ghcb_is_calling());
	assert_false(ghcb_is_ready());
	(void)ghcb_call(&(struct ghcb_call){ 0 });
}

static void halts_on_a_call_within_a_call(void **state)
{
	static uint8_t big[GHCB_SHARED_BUFFER_BYTES + 1];
	struct ghcb_call too_big = { .send = big, .send_bytes = sizeof(big) };

	(void)state;
	assert_false(ghcb_is_calling());
	fake_ghcb_host.answer = answer_by_calling;
	assert_check_fails((void)ghcb_call(&(struct ghcb_call){ 0 }));
	fake_ghcb_host.answer = answer;
	assert_check_fails((void)ghcb_call(&too_big));
	too_big = (struct ghcb_call){ .receive = big,
				      .receive_bytes = sizeof(big) };
	assert_check_fails((void)ghcb_call(&too_big));
	assert_check_fails(ghcb_close();
			   (void)ghcb_call(&(struct ghcb_call){ 0 }));
}

static void ports(void **state)
{
	const struct ghcb *sent = &fake_ghcb_host.request;
	uint32_t value = 0;

	(void)state;
	script.rax = 0x123456789abcdef0;
	assert_int_equal(ghcb_io_read(0x3f8, 1, &value), OK);
	assert_int_equal(value, 0xf0);
	assert_int_equal(sent->sw_exit_code, SVM_EXIT_IOIO);
	assert_int_equal(sent->sw_exit_info_1, 0x3f80211);
	assert_int_equal(sent->rax, 0);
	assert_true(fake_ghcb_is_valid(sent, FIELD(rax)));
	assert_int_equal(ghcb_io_read(0xcfc, 2, &value), OK);
	assert_int_equal(value, 0xdef0);
	assert_int_equal(sent->sw_exit_info_1, 0xcfc0221);
	assert_int_equal(ghcb_io_read(0xcfc, 4, &value), OK);
	assert_int_equal(value, 0x9abcdef0);
	assert_int_equal(sent->sw_exit_info_1, 0xcfc0241);
	assert_int_equal(ghcb_io_write(0xffff, 1, 0xaabbccdd), OK);
	assert_int_equal(sent->rax, 0xdd);
	assert_int_equal(sent->sw_exit_info_1, 0xffff0210);
	assert_int_equal(ghcb_io_write(0, 2, 0xaabbccdd), OK);
	assert_int_equal(sent->rax, 0xccdd);
	assert_int_equal(ghcb_io_write(0, 4, 0xaabbccdd), OK);
	assert_int_equal(sent->rax, 0xaabbccdd);
	value = 7;
	script.leaves_out = FIELD(rax);
	assert_int_equal(ghcb_io_read(0xcfc, 4, &value), ERR_DEVICE);
	assert_int_equal(value, 7);
	assert_check_fails((void)ghcb_io_read(0, 3, &value));
}

static void device_registers(void **state)
{
	const struct ghcb *sent = &fake_ghcb_host.request;
	struct phys at = { 0xfebd0004 };
	uint32_t value = 0;

	(void)state;
	memcpy(script.buffer, "\x11\x22\x33\x44\x55", 5);
	assert_int_equal(ghcb_mmio_read(at, 4, &value), OK);
	assert_int_equal(value, 0x44332211);
	assert_int_equal(sent->sw_exit_code, GHCB_EVENT_MMIO_READ);
	assert_int_equal(sent->sw_exit_info_1, at.value);
	assert_int_equal(sent->sw_exit_info_2, 4);
	assert_int_equal(sent->sw_scratch, FAKE_GHCB_GPA + 0x800);
	assert_int_equal(ghcb_mmio_read(at, 1, &value), OK);
	assert_int_equal(value, 0x11);
	assert_int_equal(reads_in(FIELD(shared_buffer), 2032), 1);
	assert_int_equal(ghcb_mmio_write(at, 2, 0xaabbccdd), OK);
	assert_int_equal(sent->sw_exit_code, GHCB_EVENT_MMIO_WRITE);
	assert_memory_equal(sent->shared_buffer, "\xdd\xcc\0\0", 4);
	assert_int_equal(reads_in(FIELD(shared_buffer), 2032), 0);
	script.info_1 = GHCB_RESULT_EXCEPTION;
	script.info_2 = EVENT_VALID | EVENT_TYPE_EXCEPTION | 13;
	value = 7;
	assert_int_equal(ghcb_mmio_read(at, 4, &value), ERR_DEVICE);
	assert_int_equal(value, 7);
	assert_int_equal(ghcb_mmio_write(at, 4, 0), ERR_DEVICE);
	at.value++;
	assert_check_fails((void)ghcb_mmio_read(at, 2, &value));
	assert_check_fails((void)ghcb_mmio_write(at, 8, 0));
}

static void registers_of_the_host(void **state)
{
	const struct ghcb *sent = &fake_ghcb_host.request;
	uint64_t value = 0;

	(void)state;
	script.rax = 0xffffffff11223344;
	script.rdx = 0xffffffff55667788;
	assert_int_equal(ghcb_msr_event_read(0x802, &value), OK);
	assert_true(value == 0x5566778811223344);
	assert_int_equal(sent->sw_exit_code, SVM_EXIT_MSR);
	assert_int_equal(sent->sw_exit_info_1, 0);
	assert_int_equal(sent->rcx, 0x802);
	assert_int_equal(ghcb_msr_event_write(0x80b, 0x123456789abcdef0), OK);
	assert_int_equal(sent->sw_exit_info_1, 1);
	assert_int_equal(sent->rax, 0x9abcdef0);
	assert_int_equal(sent->rdx, 0x12345678);
	script.info_1 = GHCB_RESULT_EXCEPTION;
	script.info_2 = EVENT_VALID | EVENT_TYPE_EXCEPTION | 13;
	value = 7;
	assert_int_equal(ghcb_msr_event_read(1, &value), ERR_UNSUPPORTED);
	assert_int_equal(ghcb_msr_event_write(1, 2), ERR_UNSUPPORTED);
	assert_int_equal(value, 7);
}

static void guest_requests(void **state)
{
	const struct ghcb *sent = &fake_ghcb_host.request;
	struct guest_request request = {
		.request = { 0x1000 },
		.response = { 0x2000 },
		.data = { 0x3000 },
	};
	struct guest_request_answer out = { 0 };

	(void)state;
	script.info_2 = 0x200000016;
	script.rbx = 9;
	assert_int_equal(guest_request_send(&request, &out), OK);
	assert_int_equal(sent->sw_exit_code, GHCB_EVENT_GUEST_REQUEST);
	assert_int_equal(sent->sw_exit_info_1, 0x1000);
	assert_int_equal(sent->sw_exit_info_2, 0x2000);
	assert_false(fake_ghcb_is_valid(sent, FIELD(rax)));
	assert_int_equal(out.firmware_error, 0x16);
	assert_int_equal(out.host_error, GUEST_REQUEST_BUSY);

	request.data_pages = 4;
	assert_int_equal(guest_request_send(&request, &out), OK);
	assert_int_equal(sent->sw_exit_code, GHCB_EVENT_EXTENDED_GUEST_REQUEST);
	assert_int_equal(sent->rax, 0x3000);
	assert_int_equal(sent->rbx, 4);
	script.info_2 = 0x100000000;
	assert_int_equal(guest_request_send(&request, &out), OK);
	assert_int_equal(out.host_error, GUEST_REQUEST_BUFFER_TOO_SMALL);

	// Too small, and not a word of what would be enough: nobody asks.
	script.leaves_out = FIELD(rbx);
	out = (struct guest_request_answer){ 0 };
	assert_int_equal(guest_request_send(&request, &out), OK);
	assert_int_equal(out.host_error, GUEST_REQUEST_BUFFER_TOO_SMALL);
	script.leaves_out = 0;
	script.info_1 = GHCB_RESULT_EXCEPTION;
	script.info_2 = EVENT_VALID | EVENT_TYPE_EXCEPTION | 13;
	assert_int_equal(guest_request_send(&request, &out), ERR_DEVICE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(writes_the_whole_page, start),
		cmocka_unit_test_setup(takes_what_was_asked, start),
		cmocka_unit_test_setup(refuses_missing_fields, start),
		cmocka_unit_test_setup(refuses_failures, start),
		cmocka_unit_test_setup(takes_two_exceptions_alone, start),
		cmocka_unit_test_setup(halts_on_a_call_within_a_call, start),
		cmocka_unit_test_setup(ports, start),
		cmocka_unit_test_setup(device_registers, start),
		cmocka_unit_test_setup(registers_of_the_host, start),
		cmocka_unit_test_setup(guest_requests, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
