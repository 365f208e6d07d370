// SPDX-License-Identifier: Apache-2.0
// The host's side of the GHCB page, and the table of events.
#include "emu/ghcb_event.h"

#include "abi/svm.h"
#include "abi/x86.h"
#include "base/num.h"
#include "emu/console.h"
#include "emu/die.h"
#include "emu/ghcb_device.h"
#include "emu/ghcb_instruction.h"
#include "emu/guest_memory.h"
#include "emu/guest_request.h"
#include "emu/knobs.h"
#include "emu/page_state.h"
#include "emu/rmp.h"
#include "emu/trace.h"

static bool saw_no_version;

static bool is_valid(const struct ghcb *page, size_t bit)
{
	return (page->valid_bitmap[bit / 8] >> bit % 8 & 1) != 0;
}

static void set_valid(struct ghcb *page, size_t bit)
{
	page->valid_bitmap[bit / 8] |= (uint8_t)(1u << bit % 8);
}

static const struct {
	unsigned int field;
	size_t bit;
} field_bits[] = {
	{ FIELD_RAX, GHCB_VALID_BIT(rax) },
	{ FIELD_RBX, GHCB_VALID_BIT(rbx) },
	{ FIELD_RCX, GHCB_VALID_BIT(rcx) },
	{ FIELD_RDX, GHCB_VALID_BIT(rdx) },
	{ FIELD_SCRATCH, GHCB_VALID_BIT(sw_scratch) },
	{ FIELD_XCR0, GHCB_VALID_BIT(xcr0) },
	{ FIELD_CPL, GHCB_VALID_BIT(cpl) },
};

static const struct {
	uint64_t code;
	unsigned int needs; // FIELD_*
	void (*handle)(struct ghcb_event *e);
} table[] = {
	{ SVM_EXIT_IOIO, 0, ghcb_io },
	{ SVM_EXIT_MSR, FIELD_RCX, ghcb_msr_access },
	{ SVM_EXIT_CPUID, FIELD_RAX | FIELD_RCX, ghcb_cpuid },
	{ GHCB_EVENT_MMIO_READ, FIELD_SCRATCH, ghcb_mmio_read },
	{ GHCB_EVENT_MMIO_WRITE, FIELD_SCRATCH, ghcb_mmio_write },
	{ SVM_EXIT_READ_DR7, 0, ghcb_read_dr7 },
	{ SVM_EXIT_WRITE_DR7, FIELD_RAX, ghcb_write_dr7 },
	{ SVM_EXIT_RDTSC, 0, ghcb_rdtsc },
	{ SVM_EXIT_RDTSCP, 0, ghcb_rdtscp },
	{ SVM_EXIT_RDPMC, FIELD_RCX, ghcb_rdpmc },
	{ SVM_EXIT_VMMCALL, FIELD_RAX | FIELD_CPL, ghcb_vmmcall },
	{ SVM_EXIT_INVD, 0, ghcb_nothing },
	{ SVM_EXIT_WBINVD, 0, ghcb_nothing },
	{ SVM_EXIT_MONITOR, FIELD_RAX | FIELD_RCX | FIELD_RDX, ghcb_nothing },
	{ SVM_EXIT_MWAIT, FIELD_RAX | FIELD_RCX, ghcb_nothing },
	{ GHCB_EVENT_NMI_COMPLETE, 0, ghcb_nothing },
	{ GHCB_EVENT_AP_RESET_HOLD, 0, ghcb_reset_hold },
	{ GHCB_EVENT_AP_JUMP_TABLE, 0, ghcb_jump_table },
	{ GHCB_EVENT_PAGE_STATE_CHANGE, FIELD_SCRATCH, page_state_event },
	{ GHCB_EVENT_GUEST_REQUEST, 0, guest_request },
	{ GHCB_EVENT_EXTENDED_GUEST_REQUEST, FIELD_RAX | FIELD_RBX,
	  guest_request_extended },
	{ GHCB_EVENT_AP_CREATION, 0, ghcb_ap_creation },
	{ GHCB_EVENT_FEATURES, 0, ghcb_features },
	{ GHCB_EVENT_TERMINATE, 0, ghcb_terminate },
	{ GHCB_EVENT_UNSUPPORTED, 0, ghcb_unsupported },
};

void ghcb_event_malformed(struct ghcb_event *e, enum ghcb_malformed why)
{
	e->answer1 = GHCB_RESULT_MALFORMED;
	e->answer2 = why;
	e->outputs = 0;
	console_line("malformed GHCB event", { "n", e->v->exit_count },
		     { "code", e->code }, { "why", why }, { "info1", e->info1 },
		     { "info2", e->info2 }, { "scratch", e->scratch });
}

void ghcb_event_exception(struct ghcb_event *e, unsigned int vector,
			  uint32_t error_code)
{
	e->answer1 = GHCB_RESULT_EXCEPTION;
	e->answer2 = EVENT_VALID | EVENT_TYPE_EXCEPTION | vector;
	if (vector == VECTOR_GP)
		e->answer2 |= EVENT_ERROR_VALID | (uint64_t)error_code
							  << EVENT_ERROR_SHIFT;
	e->outputs = 0;
}

enum err ghcb_event_scratch(struct ghcb_event *e, uint64_t count,
			    uint8_t **bytes)
{
	uint64_t start = e->v->ghcb_gpa + offsetof(struct ghcb, shared_buffer);
	uint64_t offset = e->scratch - start;
	if (e->scratch < start || offset > GHCB_SHARED_BUFFER_BYTES ||
	    count > GHCB_SHARED_BUFFER_BYTES - offset) {
		ghcb_event_malformed(e, GHCB_MALFORMED_SCRATCH);
		return ERR_BAD_INPUT;
	}
	*bytes = e->page->shared_buffer + offset;
	return OK;
}

static void read_event(struct ghcb_event *e, const struct ghcb *page)
{
	e->code = page->sw_exit_code;
	e->info1 = page->sw_exit_info_1;
	e->info2 = page->sw_exit_info_2;
	e->scratch = page->sw_scratch;
	e->rax = page->rax;
	e->rbx = page->rbx;
	e->rcx = page->rcx;
	e->rdx = page->rdx;
	e->xcr0 = page->xcr0;
	for (unsigned int i = 0; i < ARRAY_COUNT(field_bits); i++) {
		if (is_valid(page, field_bits[i].bit))
			e->valid |= field_bits[i].field;
	}
}

static bool check_page(struct ghcb_event *e)
{
	const struct ghcb *page = e->page;
	if (page->usage != GHCB_USAGE_STANDARD ||
	    page->protocol_version > GHCB_PROTOCOL_VERSION) {
		ghcb_event_malformed(e, GHCB_MALFORMED_USAGE);
		return false;
	}
	// OVMF reads the version out of a variable that it has just overwritten
	// (OvmfPkg/Sec/AmdSev.c). KVM never looks.
	if (page->protocol_version == 0 && !saw_no_version) {
		saw_no_version = true;
		trace_tolerated(e->v, "a GHCB without a protocol version",
				e->v->ghcb_gpa);
	}
	if (!is_valid(page, GHCB_VALID_BIT(sw_exit_code)) ||
	    !is_valid(page, GHCB_VALID_BIT(sw_exit_info_1)) ||
	    !is_valid(page, GHCB_VALID_BIT(sw_exit_info_2))) {
		ghcb_event_malformed(e, GHCB_MALFORMED_MISSING_INPUT);
		return false;
	}
	return true;
}

static void dispatch(struct ghcb_event *e)
{
	for (unsigned int i = 0; i < ARRAY_COUNT(table); i++) {
		if (table[i].code != e->code)
			continue;
		if ((table[i].needs & ~e->valid) != 0)
			ghcb_event_malformed(e, GHCB_MALFORMED_MISSING_INPUT);
		else
			table[i].handle(e);
		return;
	}
	ghcb_event_malformed(e, GHCB_MALFORMED_INVALID_EVENT);
}

static void write_answer(struct ghcb_event *e)
{
	struct ghcb *page = e->page;
	const struct {
		unsigned int field;
		uint64_t *to;
		uint64_t value;
		size_t bit;
	} outputs[] = {
		{ FIELD_RAX, &page->rax, e->rax, GHCB_VALID_BIT(rax) },
		{ FIELD_RBX, &page->rbx, e->rbx, GHCB_VALID_BIT(rbx) },
		{ FIELD_RCX, &page->rcx, e->rcx, GHCB_VALID_BIT(rcx) },
		{ FIELD_RDX, &page->rdx, e->rdx, GHCB_VALID_BIT(rdx) },
	};
	for (unsigned int i = 0; i < ARRAY_COUNT(outputs); i++) {
		if ((e->outputs & outputs[i].field) == 0)
			continue;
		*outputs[i].to = outputs[i].value;
		set_valid(page, outputs[i].bit);
	}
	page->sw_exit_info_1 = e->answer1;
	page->sw_exit_info_2 = e->answer2;
	set_valid(page, GHCB_VALID_BIT(sw_exit_info_1));
	set_valid(page, GHCB_VALID_BIT(sw_exit_info_2));
}

void ghcb_event_exit(struct vcpu *v, uint64_t gpa)
{
	void *page;
	if (gpa != v->ghcb_gpa)
		die_at(v, "a GHCB page that isn't registered", gpa);
	if (guest_shared(gpa, GUEST_PAGE_BYTES, &page) != OK)
		die_at(v, "a GHCB page that isn't shared memory", gpa);
	struct ghcb_event e = { .v = v, .page = page };
	read_event(&e, page);
	trace_event(v, e.code, e.info1, e.info2, e.rax, e.rcx);
	bool good = check_page(&e);
	for (unsigned int i = 0; i < sizeof(e.page->valid_bitmap); i++)
		e.page->valid_bitmap[i] = 0;
	if (good)
		dispatch(&e);
	knob_event_answer(&e);
	write_answer(&e);
	trace_event_end(e.answer1, e.answer2);
}
