// SPDX-License-Identifier: Apache-2.0
// The GHCB page and the calls that go through it. Trusts nothing that the host
// leaves in the page: what is wanted is read once, the rest not at all.
#include "kernel/snp/ghcb.h"

#include <string.h>

#include "abi/ghcb.h"
#include "abi/svm.h"
#include "abi/x86.h"
#include "base/bytes.h"
#include "base/check.h"
#include "base/num.h"
#include "kernel/halt.h"
#include "kernel/snp/ghcb_exit.h"

#define FIELD(name) offsetof(struct ghcb, name)
#define RESULT_MASK 0xffffffffull

static struct {
	struct shared at;
	struct phys gpa;
	bool is_under_way;
	bool is_closed;
} page;

void ghcb_init(struct shared at, struct phys gpa)
{
	CHECK(at.at && at.bytes == sizeof(struct ghcb));
	CHECK(gpa.value % sizeof(struct ghcb) == 0);
	page.at = at;
	page.gpa = gpa;
	ghcb_exit_set_page(gpa);
}

bool ghcb_is_ready(void)
{
	return page.at.at && !page.is_under_way && !page.is_closed;
}

void ghcb_close(void)
{
	page.is_closed = true;
}

bool ghcb_is_calling(void)
{
	return page.is_under_way;
}

struct answer {
	uint8_t valid[sizeof(((struct ghcb *)NULL)->valid_bitmap)];
	uint64_t info_1, info_2;
};

static void valid_set(uint8_t *bitmap, size_t offset)
{
	bitmap[offset / 64] |= (uint8_t)(1u << (offset / 8 % 8));
}

static bool valid_has(const uint8_t *bitmap, size_t offset)
{
	return bitmap[offset / 64] >> (offset / 8 % 8) & 1;
}

// The registers that an event may carry, by their bit in `gives` and `wants`.
static const struct {
	unsigned int bit;
	size_t in_page, in_call;
} registers[] = {
	{ GHCB_RAX, FIELD(rax), offsetof(struct ghcb_call, rax) },
	{ GHCB_RBX, FIELD(rbx), offsetof(struct ghcb_call, rbx) },
	{ GHCB_RCX, FIELD(rcx), offsetof(struct ghcb_call, rcx) },
	{ GHCB_RDX, FIELD(rdx), offsetof(struct ghcb_call, rdx) },
};

static void registers_give(struct ghcb *out, const struct ghcb_call *call)
{
	for (size_t i = 0; i < ARRAY_COUNT(registers); i++) {
		if (!(call->gives & registers[i].bit))
			continue;
		memcpy((uint8_t *)out + registers[i].in_page,
		       (const uint8_t *)call + registers[i].in_call,
		       sizeof(uint64_t));
		valid_set(out->valid_bitmap, registers[i].in_page);
	}
}

// The whole page is made in private memory and copied out in one piece: what an
// earlier call left in it, or the host, is gone.
static void page_write(const struct ghcb_call *call)
{
	static struct ghcb draft;

	memset(&draft, 0, sizeof(draft));
	draft.protocol_version = GHCB_PROTOCOL_VERSION;
	draft.usage = GHCB_USAGE_STANDARD;
	draft.sw_exit_code = call->exit_code;
	draft.sw_exit_info_1 = call->info_1;
	draft.sw_exit_info_2 = call->info_2;
	valid_set(draft.valid_bitmap, FIELD(sw_exit_code));
	valid_set(draft.valid_bitmap, FIELD(sw_exit_info_1));
	valid_set(draft.valid_bitmap, FIELD(sw_exit_info_2));
	registers_give(&draft, call);
	if (call->send || call->receive) {
		draft.sw_scratch = page.gpa.value + FIELD(shared_buffer);
		valid_set(draft.valid_bitmap, FIELD(sw_scratch));
	}
	if (call->send)
		memcpy(draft.shared_buffer, call->send, call->send_bytes);
	shared_write(page.at, 0, &draft, sizeof(draft));
}

static struct answer answer_read(void)
{
	struct answer a;

	shared_read(page.at, FIELD(valid_bitmap), a.valid, sizeof(a.valid));
	a.info_1 = shared_load64(page.at, FIELD(sw_exit_info_1));
	a.info_2 = shared_load64(page.at, FIELD(sw_exit_info_2));
	return a;
}

// 4.1: the exceptions that an instruction of ours could have met. No other may
// be brought in this way.
static bool is_exception_of_instruction(uint64_t event)
{
	uint64_t vector = event & EVENT_VECTOR_MASK;

	return (event & EVENT_VALID) &&
	       (event & EVENT_TYPE_MASK) == EVENT_TYPE_EXCEPTION &&
	       (vector == VECTOR_GP || vector == VECTOR_UD);
}

static enum err answer_judge(const struct answer *a, unsigned int wants)
{
	uint64_t result = a->info_1 & RESULT_MASK;

	if (!valid_has(a->valid, FIELD(sw_exit_info_1)) ||
	    !valid_has(a->valid, FIELD(sw_exit_info_2)))
		return ERR_DEVICE;
	if (result == GHCB_RESULT_EXCEPTION &&
	    is_exception_of_instruction(a->info_2))
		return ERR_UNSUPPORTED;
	if (result != GHCB_RESULT_OK)
		return ERR_DEVICE;
	for (size_t i = 0; i < ARRAY_COUNT(registers); i++) {
		if ((wants & registers[i].bit) &&
		    !valid_has(a->valid, registers[i].in_page))
			return ERR_DEVICE;
	}
	return OK;
}

// Registers are taken, not judged: what they mean is the caller's to know.
static void answer_take(const struct answer *a, struct ghcb_call *call)
{
	for (size_t i = 0; i < ARRAY_COUNT(registers); i++) {
		uint64_t value;

		if (!(call->wants & registers[i].bit))
			continue;
		value = shared_load64(page.at, registers[i].in_page);
		memcpy((uint8_t *)call + registers[i].in_call, &value,
		       sizeof(value));
	}
	call->info_2 = a->info_2;
	if (call->receive)
		shared_read(page.at, FIELD(shared_buffer), call->receive,
			    call->receive_bytes);
}

enum err ghcb_call(struct ghcb_call *call)
{
	struct answer answer;
	enum err e;

	CHECK(page.at.at && !page.is_closed);
	CHECK(call->send_bytes <= GHCB_SHARED_BUFFER_BYTES &&
	      call->receive_bytes <= GHCB_SHARED_BUFFER_BYTES);
	if (page.is_under_way) {
		ghcb_close();
		halt(HALT_VC, "a GHCB call within a GHCB call");
	}
	page.is_under_way = true;
	page_write(call);
	ghcb_exit();
	answer = answer_read();
	e = answer_judge(&answer, call->wants);
	if (e == OK)
		answer_take(&answer, call);
	page.is_under_way = false;
	return e;
}
