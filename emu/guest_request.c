// SPDX-License-Identifier: Apache-2.0
// Guest request events (AMD 56421, 4.1.7 and 4.1.8).
#include "emu/guest_request.h"

#include "base/bytes.h"
#include "base/num.h"
#include "emu/crypto.h"
#include "emu/guest_memory.h"
#include "emu/knobs.h"
#include "emu/libc.h"
#include "emu/rmp.h"
#include "emu/trace.h"

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

// What a test asks after the run: was one key's number ever used for two texts?
static void record(const struct ghcb_event *e, uint64_t result)
{
	struct guest_message_header h;
	uint8_t hash[CRYPTO_SHA256_BYTES];
	memcpy(&h, request_copy, sizeof(h));
	crypto_sha256(
		request_copy,
		min_size(sizeof(h) + h.payload_size, sizeof(request_copy)),
		hash);
	trace_message(e->v, &h, load_le64(hash), result, e->answer2);
}

// `pages` is NULL for the event that takes no certificates.
static void exchange(struct ghcb_event *e, uint64_t *pages)
{
	void *request;
	void *response;
	if (pages_of(e, &request, &response) != OK) {
		ghcb_event_malformed(e, GHCB_MALFORMED_INVALID_INPUT);
		return;
	}
	memcpy(request_copy, request, sizeof(request_copy));
	the_psp.busy_answers += knob_busy(e->v);
	uint64_t result = pages ? psp_extended_request(&the_psp, request_copy,
						       response_copy, pages)
				: psp_guest_request(&the_psp, request_copy,
						    response_copy);
	e->answer2 = result;
	knob_response(e->info2, response_copy, &e->answer2);
	record(e, result);
	if (e->answer2 == 0)
		memcpy(response, response_copy, sizeof(response_copy));
}

void guest_request(struct ghcb_event *e)
{
	exchange(e, NULL);
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
	uint64_t pages = e->rbx;
	if (certificate_pages(e) != OK) {
		ghcb_event_malformed(e, GHCB_MALFORMED_INVALID_INPUT);
		return;
	}
	exchange(e, &pages);
	if (e->answer1 != 0)
		return;
	if (e->answer2 == PSP_VMM_INVALID_LENGTH) {
		e->rbx = pages;
		e->outputs = FIELD_RBX;
	} else if (e->answer2 == 0) {
		copy_certificates(e);
	}
}
