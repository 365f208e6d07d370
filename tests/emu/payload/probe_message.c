// SPDX-License-Identifier: Apache-2.0
// Reports, and what a host does to the messages that carry them.
#include "abi/guest_message.h"
#include "abi/report.h"
#include "tests/emu/payload/efi.h"
#include "tests/emu/payload/libc.h"
#include "tests/emu/payload/message.h"
#include "tests/emu/payload/say.h"
#include "tests/emu/payload/scenarios.h"

#define REQUESTS 3
#define DATA_BYTE 0x5a

static struct report_response answer;

static struct message_result ask(void)
{
	struct report_request request = { .flags = GUEST_KEY_AUTO };
	memset(request.report_data, DATA_BYTE, sizeof(request.report_data));
	memset(&answer, 0, sizeof(answer));
	return message_exchange(GUEST_MESSAGE_REPORT_REQ, &request,
				sizeof(request), (uint8_t *)&answer,
				sizeof(answer));
}

void scenario_report(void)
{
	message_init(firmware_gift()->secrets_gpa);
	struct message_result r = ask();
	SAY3("report", FACT("verdict", r.verdict), FACT("bytes", r.bytes),
	     FACT("status", answer.status));
	say_bytes("REPORT", (const uint8_t *)&answer.report,
		  sizeof(answer.report));
}

// As a guest must: after the first failure the key is never used again.
static void ask_on(void)
{
	for (unsigned int i = 1; i <= REQUESTS; i++) {
		struct message_result r = ask();
		say("request", FACT("n", i), FACT("verdict", r.verdict),
		    FACT("busy", r.busy_count != 0), FACT("error", r.error));
		if (r.verdict != MESSAGE_OK)
			return;
	}
}

void scenario_requests(void)
{
	message_init(firmware_gift()->secrets_gpa);
	ask_on();
}

void scenario_requests_twice(void)
{
	message_read_twice();
	scenario_requests();
}
