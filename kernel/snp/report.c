// SPDX-License-Identifier: Apache-2.0
#include "kernel/snp/report.h"

#include <string.h>

#include "base/bytes.h"
#include "kernel/snp/guest_message.h"

// Version 1 was a draft's and is refused everywhere.
#define VERSION_FIRST 2u

// What the message under way asks for.
static uint8_t asked[REPORT_DATA_BYTES];

enum err report_begin(const uint8_t report_data[REPORT_DATA_BYTES],
		      bool wants_certificates)
{
	struct report_request request = { .vmpl = 0, .flags = GUEST_KEY_AUTO };

	memcpy(asked, report_data, sizeof(asked));
	memcpy(request.report_data, report_data, sizeof(request.report_data));
	return guest_message_begin(GUEST_MESSAGE_REPORT_REQ, &request,
				   sizeof(request), wants_certificates);
}

enum err report_poll(struct attestation_report *out)
{
	static struct report_response response;
	const struct attestation_report *r = &response.report;

	TRY(guest_message_poll(&response, sizeof(response)));
	if (response.status != GUEST_MESSAGE_STATUS_OK ||
	    response.report_size != sizeof(*r) || r->version < VERSION_FIRST ||
	    r->vmpl != 0 ||
	    !bytes_equal_ct(r->report_data, asked, sizeof(asked)))
		return ERR_DEVICE;
	memcpy(out, r, sizeof(*out));
	return OK;
}
