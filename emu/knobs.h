// SPDX-License-Identifier: Apache-2.0
// The evil host: what a run may do to its guest, chosen by the launcher. With
// no knob set every function here leaves things as they are. Each time a knob
// acts, the trace says so.
#pragma once

#include <stdint.h>

#include "base/err.h"
#include "emu/ghcb_event.h"
#include "emu/vcpu.h"

enum knob_kind {
	KNOB_NONE = 0,
	// CPUID of leaf a, register b (0 EAX .. 3 EDX), says c.
	KNOB_CPUID,
	// A page state change to operation a (0: any) fails, or is said to be
	// done and isn't.
	KNOB_PAGE_STATE_REFUSE,
	KNOB_PAGE_STATE_LIE,
	// The secure processor's answer: byte a is XORed with b; the one before
	// comes again; nothing is written though it's called done; the error
	// (SW_EXITINFO2) is a.
	KNOB_ANSWER_CORRUPT,
	KNOB_ANSWER_REPLAY,
	KNOB_ANSWER_SWALLOW,
	KNOB_ANSWER_ERROR,
	// The host turns a requests away as busy, from this one on.
	KNOB_BUSY,
	// KNOB_WATCH, for the page of this answer; a is unused.
	KNOB_WATCH_ANSWER,
	// The answer to GHCB event a is SW_EXITINFO1 b and SW_EXITINFO2 c.
	KNOB_EVENT_ANSWER,
	// Vector a comes as an interrupt; as an exception with error code b;
	// #VC with exit code a.
	KNOB_INTERRUPT,
	KNOB_EXCEPTION,
	KNOB_VC,
	// The private page at GPA a is swapped for another frame.
	KNOB_REMAP,
	// No interrupt reaches the guest any more.
	KNOB_NO_INTERRUPTS,
	// Watches the guest's reads of the shared page at GPA a (0: its GHCB
	// page); read number c of the 8 bytes at offset b sees them inverted.
	// c = 0 counts only.
	KNOB_WATCH,
	// Prints b bytes of the guest's memory at linear address a.
	KNOB_DUMP,
	// The host turns requests away as busy until a milliseconds have
	// passed since the last one that it let through.
	KNOB_THROTTLE,
	KNOB_KIND_COUNT,
};

// Acts on occasion number `at` (from 1; 0: every one). For the kinds from
// KNOB_INTERRUPT to KNOB_DUMP the occasion is exit number `at`, or the guest's OUT of a
// byte n to PORT_CUE where KNOB_AT_CUE | n is given.
struct knob {
	uint32_t kind;
	uint32_t at;
	uint64_t a, b, c;
};
#define KNOB_AT_CUE 0x80000000u

_Static_assert(sizeof(struct knob) == 32);

uint32_t knob_cpuid(uint32_t leaf, unsigned int which, uint32_t value);
// OK: do what was asked. ERR_AGAIN: only say so. Else: say that it failed.
enum err knob_page_state(uint64_t gpa, unsigned int op);
// The secure processor's answer to the request whose response goes to `gpa`.
void knob_response(uint64_t gpa, uint8_t *response, uint64_t *error);
// How many requests are turned away as busy, this one first.
uint32_t knob_busy(const struct vcpu *v);
// An event's answer, before the guest gets it.
void knob_event_answer(struct ghcb_event *e);
// After each exit has been handled.
void knobs_each_exit(struct vcpu *v);
// The guest wrote `n` to PORT_CUE.
void knobs_cue(struct vcpu *v, uint8_t n);
