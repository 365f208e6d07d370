// SPDX-License-Identifier: Apache-2.0
// The two GHCB events that carry a sealed message to the secure processor and
// back (AMD 56421, 4.1.7 and 4.1.8). Knows nothing of what is in the message.
#pragma once

#include <stdint.h>

#include "base/err.h"
#include "kernel/mem/page_pool.h"

struct guest_request {
	struct phys request, response; // shared pages, 4 KiB each
	struct phys data;              // shared, for the certificate table
	uint64_t data_pages;           // 0: a plain request, without a table
};

struct guest_request_answer {
	uint32_t firmware_error; // SW_EXITINFO2[31:0]: the secure processor's
	uint32_t host_error;     // SW_EXITINFO2[63:32]: GUEST_REQUEST_...
};

// Hands the request over and waits. OK says only that the answer has a form:
// look at both errors. ERR_DEVICE when it hasn't.
enum err guest_request_send(const struct guest_request *request,
			    struct guest_request_answer *out);
