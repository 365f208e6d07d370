// SPDX-License-Identifier: Apache-2.0
// Guest request events (AMD 56421, 4.1.7 and 4.1.8).
#include "emu/guest_request.h"

#include "emu/guest_memory.h"
#include "emu/knobs.h"
#include "emu/libc.h"
#include "emu/rmp.h"

static struct psp the_psp;
// The secure processor is handed copies.
static uint8_t request_copy[GUEST_MESSAGE_PAGE_BYTES];
static uint8_t response_copy[GUEST_MESSAGE_PAGE_BYTES];

struct psp *guest_request_psp(void)
{
	return &the_psp;
}

static enum err pages_of(const struct ghcb_event *e, void **request,
			 void **response)
{
	if (e->info1 % GUEST_PAGE_BYTES != 0 ||
	    e->info2 % GUEST_PAGE_BYTES != 0 || e->info1 == e->info2)
		return ERR_BAD_INPUT;
	TRY(guest_shared(e->info1, GUEST_PAGE_BYTES, request));
	TRY(guest_shared(e->info2, GUEST_PAGE_BYTES, response));
	return OK;
}

void guest_request(struct ghcb_event *e)
{
	void *request;
	void *response;
	if (pages_of(e, &request, &response) != OK) {
		ghcb_event_malformed(e, GHCB_MALFORMED_INVALID_INPUT);
		return;
	}
	memcpy(request_copy, request, sizeof(request_copy));
	the_psp.busy_answers += knob_busy();
	e->answer2 = psp_guest_request(&the_psp, request_copy, response_copy);
	knob_response(e->info2, response_copy, &e->answer2);
	if (e->answer2 == 0)
		memcpy(response, response_copy, sizeof(response_copy));
}

static enum err certificate_pages(const struct ghcb_event *e)
{
	if (e->rax % GUEST_PAGE_BYTES != 0 ||
	    e->rbx > rmp_ram_bytes() / GUEST_PAGE_BYTES)
		return ERR_BAD_INPUT;
	for (uint64_t i = 0; i < e->rbx; i++) {
		void *page;
		TRY(guest_shared(e->rax + i * GUEST_PAGE_BYTES,
				 GUEST_PAGE_BYTES, &page));
	}
	return OK;
}

static void copy_certificates(const struct ghcb_event *e)
{
	for (uint64_t i = 0; i < e->rbx; i++)
		psp_certificates_copy(
			&the_psp, i,
			rmp_shared_bytes(e->rax + i * GUEST_PAGE_BYTES));
}

void guest_request_extended(struct ghcb_event *e)
{
	void *request;
	void *response;
	uint64_t pages = e->rbx;
	if (pages_of(e, &request, &response) != OK ||
	    certificate_pages(e) != OK) {
		ghcb_event_malformed(e, GHCB_MALFORMED_INVALID_INPUT);
		return;
	}
	memcpy(request_copy, request, sizeof(request_copy));
	the_psp.busy_answers += knob_busy();
	e->answer2 = psp_extended_request(&the_psp, request_copy, response_copy,
					  &pages);
	knob_response(e->info2, response_copy, &e->answer2);
	if (e->answer2 == PSP_VMM_INVALID_LENGTH) {
		e->rbx = pages;
		e->outputs = FIELD_RBX;
	} else if (e->answer2 == 0) {
		copy_certificates(e);
		memcpy(response, response_copy, sizeof(response_copy));
	}
}
