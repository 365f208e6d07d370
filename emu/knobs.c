// SPDX-License-Identifier: Apache-2.0
// The evil host's behaviour.
#include "emu/knobs.h"

#include "base/num.h"
#include "emu/console.h"
#include "emu/cpu.h"
#include "emu/dump.h"
#include "emu/guest_request.h"
#include "emu/inject.h"
#include "emu/libc.h"
#include "emu/params.h"
#include "emu/rmp.h"
#include "emu/watch.h"

#define KNOB_COUNT (sizeof(params()->knobs) / sizeof(struct knob))
#define V_INTR_MASKING (1u << 24)
#define WATCH_GHCB 0

static const char *const names[KNOB_KIND_COUNT] = {
	"none",
	"cpuid",
	"page state refuse",
	"page state lie",
	"answer corrupt",
	"answer replay",
	"answer swallow",
	"answer error",
	"busy",
	"watch answer",
	"event answer",
	"interrupt",
	"exception",
	"#VC",
	"remap",
	"no interrupts",
	"watch",
	"dump",
	"throttle",
};

static uint32_t occasions[KNOB_KIND_COUNT];
// When the last request was let through; 0: none was yet.
static uint64_t passed_tsc;
static uint8_t last_response[GUEST_MESSAGE_PAGE_BYTES];

static struct knob knob_at(unsigned int i)
{
	struct knob k;
	memcpy(&k, params()->knobs + i * sizeof(k), sizeof(k));
	return k;
}

// The knob of this kind that acts on this occasion; `count` is its number.
static bool find(enum knob_kind kind, uint32_t count, struct knob *out)
{
	for (unsigned int i = 0; i < KNOB_COUNT; i++) {
		struct knob k = knob_at(i);
		if (k.kind == kind && (k.at == 0 || k.at == count)) {
			*out = k;
			return true;
		}
	}
	return false;
}

static bool acts(enum knob_kind kind, struct knob *out)
{
	occasions[kind]++;
	if (!find(kind, occasions[kind], out))
		return false;
	console_named("knob: ", names[kind], { "occasion", occasions[kind] },
		      { "a", out->a }, { "b", out->b }, { "c", out->c });
	return true;
}

uint32_t knob_cpuid(uint32_t leaf, unsigned int which, uint32_t value)
{
	for (unsigned int i = 0; i < KNOB_COUNT; i++) {
		struct knob k = knob_at(i);
		if (k.kind != KNOB_CPUID || k.a != leaf || k.b != which)
			continue;
		console_named("knob: ", names[k.kind], { "leaf", leaf },
			      { "register", which }, { "true", value },
			      { "told", k.c });
		return (uint32_t)k.c;
	}
	return value;
}

// Only requests for the operation that the knob names count.
static bool page_state_acts(enum knob_kind kind, unsigned int op)
{
	for (unsigned int i = 0; i < KNOB_COUNT; i++) {
		struct knob k = knob_at(i);
		if (k.kind == kind && (k.a == 0 || k.a == op))
			return acts(kind, &k);
	}
	return false;
}

enum err knob_page_state(uint64_t gpa, unsigned int op)
{
	(void)gpa;
	if (page_state_acts(KNOB_PAGE_STATE_REFUSE, op))
		return ERR_UNSUPPORTED;
	if (page_state_acts(KNOB_PAGE_STATE_LIE, op))
		return ERR_AGAIN;
	return OK;
}

void knob_response(uint64_t gpa, uint8_t *response, uint64_t *error)
{
	struct knob k;
	bool had_one = occasions[KNOB_ANSWER_REPLAY] != 0;
	static uint8_t this_response[GUEST_MESSAGE_PAGE_BYTES];
	memcpy(this_response, response, sizeof(this_response));
	if (*error != PSP_VMM_BUSY && *error != PSP_VMM_INVALID_LENGTH)
		passed_tsc = cpu_rdtsc();
	if (acts(KNOB_ANSWER_CORRUPT, &k))
		response[k.a % GUEST_MESSAGE_PAGE_BYTES] ^= (uint8_t)k.b;
	if (acts(KNOB_ANSWER_REPLAY, &k) && had_one)
		memcpy(response, last_response, sizeof(last_response));
	if (acts(KNOB_ANSWER_SWALLOW, &k))
		memcpy(response, rmp_shared_bytes(gpa),
		       GUEST_MESSAGE_PAGE_BYTES);
	if (acts(KNOB_ANSWER_ERROR, &k))
		*error = k.a;
	if (acts(KNOB_WATCH_ANSWER, &k))
		watch_page(gpa, k.b, k.c);
	memcpy(last_response, this_response, sizeof(last_response));
}

static bool is_throttled(const struct vcpu *v)
{
	struct knob k;
	if (passed_tsc == 0 || !find(KNOB_THROTTLE, 0, &k))
		return false;
	return cpu_rdtsc() - passed_tsc < k.a * v->tsc_khz;
}

uint32_t knob_busy(const struct vcpu *v)
{
	struct knob k;
	if (acts(KNOB_BUSY, &k))
		return (uint32_t)k.a;
	return is_throttled(v) ? 1 : 0;
}

void knob_event_answer(struct ghcb_event *e)
{
	for (unsigned int i = 0; i < KNOB_COUNT; i++) {
		struct knob k = knob_at(i);
		if (k.kind != KNOB_EVENT_ANSWER || k.a != e->code)
			continue;
		occasions[KNOB_EVENT_ANSWER]++;
		if (k.at != 0 && k.at != occasions[KNOB_EVENT_ANSWER])
			continue;
		e->answer1 = k.b;
		e->answer2 = k.c;
	}
}

static void strike(struct vcpu *v, const struct knob *k)
{
	console_named("knob: ", names[k->kind], { "n", v->exit_count },
		      { "a", k->a }, { "b", k->b }, { "c", k->c });
	bool is_free = (v->vmcb->eventinj & EVENT_VALID) == 0;
	if (k->kind == KNOB_INTERRUPT && is_free)
		v->vmcb->eventinj = EVENT_VALID | EVENT_TYPE_INTR |
				    (k->a & EVENT_VECTOR_MASK);
	else if (k->kind == KNOB_EXCEPTION && is_free)
		inject_exception_error(v, (unsigned int)k->a, (uint32_t)k->b);
	else if (k->kind == KNOB_VC && is_free)
		inject_vc(v, k->a);
	else if (k->kind == KNOB_REMAP && rmp_is_memory(k->a))
		rmp_make_private(k->a, false);
	else if (k->kind == KNOB_NO_INTERRUPTS)
		// The emulator itself runs with interrupts off.
		v->vmcb->int_control |= V_INTR_MASKING;
	else if (k->kind == KNOB_WATCH)
		watch_page(k->a == WATCH_GHCB ? v->ghcb_gpa : k->a, k->b, k->c);
	else if (k->kind == KNOB_DUMP)
		dump_memory(v, k->a, k->b);
	else
		console_text("emu: knob: no chance to act\n");
}

static void strike_all(struct vcpu *v, uint32_t at)
{
	for (unsigned int i = 0; i < KNOB_COUNT; i++) {
		struct knob k = knob_at(i);
		if (k.kind >= KNOB_INTERRUPT && k.kind <= KNOB_DUMP &&
		    k.at == at)
			strike(v, &k);
	}
}

void knobs_each_exit(struct vcpu *v)
{
	static bool none_known;
	static bool none;
	if (!none_known) {
		none_known = true;
		none = knob_at(0).kind == KNOB_NONE;
	}
	if (!none && v->exit_count < KNOB_AT_CUE)
		strike_all(v, (uint32_t)v->exit_count);
}

void knobs_cue(struct vcpu *v, uint8_t n)
{
	strike_all(v, KNOB_AT_CUE | n);
}
