// SPDX-License-Identifier: Apache-2.0
#include "attest/reporter.h"

#include "base/check.h"
#include "kernel/snp/report.h"

static reporter_done *under_way;
static uint64_t retry_ns, delay_ns;
static uint64_t made;

bool reporter_is_free(void)
{
	return under_way == NULL;
}

enum err reporter_ask(const uint8_t report_data[REPORT_DATA_BYTES],
		      bool wants_certificates, reporter_done *done)
{
	CHECK(reporter_is_free());
	TRY(report_begin(report_data, wants_certificates));
	under_way = done;
	retry_ns = 0;
	delay_ns = REPORTER_RETRY_NS;
	return OK;
}

uint64_t reporter_tick(uint64_t now_ns)
{
	struct attestation_report report;
	reporter_done *done = under_way;
	enum err e;

	if (!done)
		return UINT64_MAX;
	if (now_ns < retry_ns)
		return retry_ns;
	e = report_poll(&report);
	if (e == ERR_AGAIN) {
		retry_ns = now_ns + delay_ns;
		delay_ns = min_u64(2 * delay_ns, REPORTER_RETRY_MOST_NS);
		return retry_ns;
	}
	under_way = NULL;
	if (e == OK)
		made++;
	done(e, &report);
	return now_ns;
}

uint64_t reporter_count(void)
{
	return made;
}
