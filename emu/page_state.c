// SPDX-License-Identifier: Apache-2.0
// The host's side of page state changes (AMD 56421, 2.3.1 and 4.1.6).
#include "emu/page_state.h"

#include "emu/console.h"
#include "emu/die.h"
#include "emu/knobs.h"
#include "emu/rmp.h"
#include "emu/trace.h"

static void to_shared(struct vcpu *v, uint64_t gpa)
{
	if (rmp_is_shared(gpa))
		return;
	if (rmp_is_valid(gpa))
		die_at(v, "a page given to the host while still validated",
		       gpa);
	rmp_make_shared(gpa);
}

static void to_private(uint64_t gpa, bool large)
{
	if (rmp_is_shared(gpa))
		rmp_make_private(gpa, large);
}

static bool all_shared(uint64_t gpa)
{
	for (unsigned int i = 0; i < SNP_LARGE_PAGES; i++) {
		if (!rmp_is_shared(gpa + i * GUEST_PAGE_BYTES))
			return false;
	}
	return true;
}

static enum err check(uint64_t gpa, unsigned int op, bool large)
{
	uint64_t bytes = large ? GUEST_LARGE_BYTES : GUEST_PAGE_BYTES;
	if (gpa % bytes != 0 || !rmp_is_memory(gpa) ||
	    !rmp_is_memory(gpa + bytes - 1))
		return ERR_BAD_INPUT;
	if (op < PAGE_STATE_PRIVATE || op > PAGE_STATE_UNSMASH)
		return ERR_BAD_INPUT;
	return OK;
}

enum err page_state_change(struct vcpu *v, uint64_t gpa, unsigned int op,
			   bool large)
{
	TRY(check(gpa, op, large));
	enum err told = knob_page_state(gpa, op);
	if (told == ERR_AGAIN)
		return OK;
	TRY(told);
	unsigned int pages = large ? SNP_LARGE_PAGES : 1;
	bool whole = op == PAGE_STATE_PRIVATE && large && all_shared(gpa);
	for (unsigned int i = 0; i < pages; i++) {
		uint64_t page = gpa + i * GUEST_PAGE_BYTES;
		// PSMASH and UNSMASH are hints.
		if (op == PAGE_STATE_PRIVATE)
			to_private(page, whole);
		else if (op == PAGE_STATE_SHARED)
			to_shared(v, page);
	}
	trace_pages(op == PAGE_STATE_SHARED ? "to shared" : "to private", gpa,
		    pages);
	return OK;
}

static enum err change_entry(struct vcpu *v, uint64_t *entry)
{
	uint64_t value = *entry;
	bool large = (value >> PAGE_STATE_LARGE_SHIFT & 1) != 0;
	uint64_t gfn = value >> PAGE_STATE_GFN_SHIFT & PAGE_STATE_GFN_MASK;
	unsigned int op = value >> PAGE_STATE_OP_SHIFT & PAGE_STATE_OP_MASK;
	if ((value & PAGE_STATE_CUR_PAGE_MASK) != 0)
		return ERR_BAD_INPUT;
	TRY(page_state_change(v, gfn * GUEST_PAGE_BYTES, op, large));
	*entry = value | (large ? SNP_LARGE_PAGES : 1);
	return OK;
}

void page_state_event(struct ghcb_event *e)
{
	uint8_t *scratch;
	if (ghcb_event_scratch(e, sizeof(struct page_state_header), &scratch) !=
	    OK)
		return;
	if (scratch != e->page->shared_buffer) {
		ghcb_event_malformed(e, GHCB_MALFORMED_SCRATCH);
		return;
	}
	struct page_state_buffer *b =
		(struct page_state_buffer *)(void *)scratch;
	// OVMF leaves old bytes in the reserved field; KVM never looks.
	struct page_state_header h = b->header;
	if (h.end_entry >= PAGE_STATE_ENTRIES_MAX ||
	    h.cur_entry > h.end_entry) {
		console_line("bad page state change", { "cur", h.cur_entry },
			     { "end", h.end_entry });
		e->answer2 = 1ull << PAGE_STATE_ERROR_SHIFT |
			     PAGE_STATE_ERROR_HEADER;
		return;
	}
	for (; h.cur_entry <= h.end_entry; h.cur_entry++) {
		if (change_entry(e->v, &b->entries[h.cur_entry]) != OK) {
			e->answer2 = (uint64_t)PAGE_STATE_ERROR_ENTRY
				     << PAGE_STATE_ERROR_SHIFT;
			break;
		}
	}
	b->header.cur_entry = h.cur_entry;
}
