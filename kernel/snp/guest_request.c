// SPDX-License-Identifier: Apache-2.0
// The two GHCB events that carry a sealed message to the secure processor.
#include "kernel/snp/guest_request.h"

#include "abi/ghcb.h"
#include "kernel/snp/ghcb.h"

#define FIRMWARE_ERROR_MASK 0xffffffffull
#define HOST_ERROR_SHIFT 32

enum err guest_request_send(const struct guest_request *request,
			    struct guest_request_answer *out)
{
	struct ghcb_call call = {
		.exit_code = GHCB_EVENT_GUEST_REQUEST,
		.info_1 = request->request.value,
		.info_2 = request->response.value,
	};

	if (request->data_pages > 0) {
		call.exit_code = GHCB_EVENT_EXTENDED_GUEST_REQUEST;
		call.gives = GHCB_RAX | GHCB_RBX;
		call.rax = request->data.value;
		call.rbx = request->data_pages;
	}
	// No instruction stands behind this event: an exception is no answer.
	if (ghcb_call(&call) != OK)
		return ERR_DEVICE;
	out->firmware_error = (uint32_t)(call.info_2 & FIRMWARE_ERROR_MASK);
	out->host_error = (uint32_t)(call.info_2 >> HOST_ERROR_SHIFT);
	return OK;
}
