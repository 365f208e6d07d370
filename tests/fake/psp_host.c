// SPDX-License-Identifier: Apache-2.0
#include "tests/fake/psp_host.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "abi/ghcb.h"
#include "kernel/snp/guest_message.h"
#include "tests/fake/shared_array.h"

#define KEPT 64u

struct psp_host psp_host;

static struct psp_page kept[KEPT]; // by half the number less one

// A number stands for one message, whatever the host does with it.
static void keep_request(void)
{
	const struct psp_page *page = &psp_host.request;
	struct guest_message_header h;

	memcpy(&h, page->bytes, sizeof(h));
	assert_true(h.sequence % 2 == 1 && h.sequence / 2 < KEPT);
	struct psp_page *before = &kept[h.sequence / 2];
	static const struct psp_page none;
	if (memcmp(before, &none, sizeof(none)) != 0)
		assert_memory_equal(before, page, sizeof(*page));
	*before = *page;
}

static void rewrite_answer(struct psp_page *response)
{
	const uint8_t *key = psp_vmpck(&psp_host.psp, 0);
	struct guest_message_header h;
	static uint8_t payload[GUEST_MESSAGE_PAYLOAD_LIMIT];

	memset(payload, 0, sizeof(payload));
	assert_true(psp_guest_open(key, response, &h, payload));
	psp_host.rewrite(&h, payload);
	psp_guest_seal(key, &h, payload, response);
}

static void *host_of(struct phys page)
{
	return (void *)(uintptr_t)page.value;
}

static void write_table(const struct guest_request *request)
{
	uint8_t *to = host_of(request->data);

	if (psp_host.keeps_table)
		return;
	for (uint64_t i = 0; i < request->data_pages; i++)
		psp_certificates_copy(&psp_host.psp, i,
				      to + i * GUEST_MESSAGE_PAGE_BYTES);
}

static uint64_t ask_psp(const struct guest_request *request,
			struct psp_page *response,
			struct guest_request_answer *out)
{
	struct psp *psp = &psp_host.psp;
	uint64_t pages = request->data_pages;
	uint64_t status =
		pages == 0 ? psp_guest_request(psp, psp_host.request.bytes,
					       response->bytes)
			   : psp_extended_request(psp, psp_host.request.bytes,
						  response->bytes, &pages);

	*out = (struct guest_request_answer){
		.firmware_error = (uint32_t)status,
		.host_error = (uint32_t)(status >> 32),
	};
	return status;
}

enum err guest_request_send(const struct guest_request *request,
			    struct guest_request_answer *out)
{
	struct psp_page response;
	struct guest_request_answer answer;

	psp_host.sends++;
	psp_host.data_pages = request->data_pages;
	memcpy(psp_host.request.bytes, host_of(request->request),
	       GUEST_MESSAGE_PAGE_BYTES);
	keep_request();
	if (ask_psp(request, &response, &answer) == 0) {
		write_table(request);
		if (psp_host.rewrite)
			rewrite_answer(&response);
		if (psp_host.change)
			psp_host.change(&response);
		if (!psp_host.swallows)
			memcpy(host_of(request->response), response.bytes,
			       GUEST_MESSAGE_PAGE_BYTES);
	}
	if (psp_host.answer.firmware_error || psp_host.answer.host_error)
		answer = psp_host.answer;
	if (psp_host.sent != OK)
		return psp_host.sent;
	*out = answer;
	return OK;
}

// The channel can be started again only once it is closed: by a host that says
// nonsense.
static void close_channel(void)
{
	struct report_request request = { 0 };
	uint8_t answer[1];

	if (!guest_message_is_open())
		return;
	psp_host.sent = ERR_DEVICE;
	if (guest_message_begin(GUEST_MESSAGE_REPORT_REQ, &request,
				sizeof(request), false) == OK)
		assert_int_equal(guest_message_poll(answer, sizeof(answer)),
				 ERR_CLOSED);
}

void psp_host_start_with(const struct psp_platform *platform,
			 const struct psp_guest *guest)
{
	close_channel();
	psp_host = (struct psp_host){ .sent = OK };
	memset(kept, 0, sizeof(kept));
	fake_shared_reset(guest_message_shared_bytes());
	psp_guest_launch(&psp_host.psp, platform, guest);
	assert_int_equal(guest_message_take_key(psp_vmpck(&psp_host.psp, 0)),
			 OK);
	assert_int_equal(guest_message_init(), OK);
}

void psp_host_start(void)
{
	struct psp_platform platform = psp_guest_platform();
	struct psp_guest guest = psp_guest_settings();

	psp_host_start_with(&platform, &guest);
}
