// SPDX-License-Identifier: Apache-2.0
// Page state changes by GHCB event (AMD 56421, 4.1.6).
#include "kernel/snp/page_state.h"

#include <stdint.h>

#include "abi/ghcb.h"
#include "abi/layout.h"
#include "abi/snp.h"
#include "base/num.h"
#include "kernel/halt.h"
#include "kernel/snp/ghcb.h"
#include "kernel/snp/rmp.h"

static struct page_state_buffer request, answer;

static void rescind(struct phys page)
{
	uintptr_t at = (uintptr_t)page_pool_address(page);
	bool changed = false;

	if (rmp_validate(at, false, &changed) != SNP_OK)
		halt(HALT_PAGE_STATE, "a page's validation can't be rescinded");
	if (!changed)
		halt(HALT_PAGE_STATE, "a page of ours wasn't validated");
}

static uint64_t entry_of(struct phys page)
{
	return (uint64_t)PAGE_STATE_SHARED << PAGE_STATE_OP_SHIFT |
	       page.value / PAGE_SIZE << PAGE_STATE_GFN_SHIFT;
}

// The host may do a part, say how far it came, and be called again.
static void host_call(void)
{
	struct ghcb_call call = {
		.exit_code = GHCB_EVENT_PAGE_STATE_CHANGE,
		.send = &request,
		.send_bytes = sizeof(request),
		.receive = &answer,
		.receive_bytes = sizeof(answer),
	};

	if (ghcb_call(&call) != OK)
		halt(HALT_PAGE_STATE, "the host fails a page state change");
	if (call.info_2 != 0)
		halt(HALT_PAGE_STATE, "the host refuses a page state change");
}

// What the host sends back of the entries is never used: each call sends our
// own. Only how far it came counts.
static void progress_take(void)
{
	uint16_t end = request.header.end_entry;

	if (answer.header.end_entry != end || answer.header.reserved != 0 ||
	    answer.header.cur_entry < request.header.cur_entry ||
	    answer.header.cur_entry > end + 1)
		halt(HALT_PAGE_STATE,
		     "the host goes backward in a page state change");
	request.header.cur_entry = answer.header.cur_entry;
}

static void batch_share(struct phys base, uint16_t pages)
{
	request.header = (struct page_state_header){
		.end_entry = (uint16_t)(pages - 1),
	};
	for (uint16_t i = 0; i < pages; i++) {
		struct phys page = { base.value + i * PAGE_SIZE };

		rescind(page);
		request.entries[i] = entry_of(page);
	}
	while (request.header.cur_entry <= request.header.end_entry) {
		host_call();
		progress_take();
	}
}

void page_state_make_shared(struct phys base, size_t pages)
{
	while (pages > 0) {
		size_t count = min_size(pages, PAGE_STATE_ENTRIES_MAX);

		batch_share(base, (uint16_t)count);
		base.value += count * PAGE_SIZE;
		pages -= count;
	}
}
