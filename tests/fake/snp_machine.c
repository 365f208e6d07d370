// SPDX-License-Identifier: Apache-2.0
#include "tests/fake/snp_machine.h"

#include <string.h>

#include "base/check.h"
#include "kernel/dev/fw_cfg.h"
#include "kernel/package.h"
#include "kernel/snp/guest_message.h"
#include "kernel/snp/report.h"
#include "kernel/snp/snp.h"
#include "kernel/time/clock.h"
#include "kernel/time/wait.h"
#include "tests/fake/clock.h"

struct bytes {
	const void *at;
	size_t count;
};

static uint64_t busy_until_ns;
static enum err failure;
static bool is_dead;
static unsigned int requests, polls, item_reads;
static struct bytes table, item, given;
static uint32_t key_info;
static uint64_t reported_tcb;
static bool is_under_way;
static bool wants_table;
static uint8_t asked[REPORT_DATA_BYTES];

void fake_snp_busy_until_ns(uint64_t ns)
{
	busy_until_ns = ns;
}

void fake_snp_fail(enum err how)
{
	failure = how;
}

void fake_snp_revive(void)
{
	is_dead = false;
}

unsigned int fake_snp_requests(void)
{
	return requests;
}

unsigned int fake_snp_polls(void)
{
	return polls;
}

void fake_snp_set_table(const void *bytes, size_t count)
{
	table = (struct bytes){ bytes, count };
}

void fake_snp_set_item(const void *bytes, size_t count)
{
	item = (struct bytes){ bytes, count };
}

void fake_snp_set_key_info(uint32_t value)
{
	key_info = value;
}

void fake_snp_set_tcb(uint64_t value)
{
	reported_tcb = value;
}

unsigned int fake_snp_item_reads(void)
{
	return item_reads;
}

bool snp_is_on(void)
{
	return true;
}

bool guest_message_is_open(void)
{
	return !is_dead;
}

const uint8_t *guest_message_certificates(size_t *count)
{
	*count = given.count;
	return given.at;
}

enum err report_begin(const uint8_t report_data[REPORT_DATA_BYTES],
		      bool wants_certificates)
{
	CHECK(!is_under_way);
	if (is_dead)
		return ERR_CLOSED;
	requests++;
	is_under_way = true;
	wants_table = wants_certificates;
	given.count = 0;
	memcpy(asked, report_data, sizeof(asked));
	return OK;
}

enum err report_poll(struct attestation_report *out)
{
	enum err e = failure;

	CHECK(is_under_way);
	polls++;
	if (clock_now_ns() < busy_until_ns)
		return ERR_AGAIN;
	is_under_way = false;
	failure = OK;
	is_dead = e == ERR_CLOSED;
	TRY(e);
	if (wants_table)
		given = table;
	memset(out, 0, sizeof(*out));
	out->version = 3;
	out->key_info = key_info;
	out->reported_tcb = reported_tcb;
	out->committed_tcb = 0x1234;
	memcpy(out->report_data, asked, sizeof(asked));
	return OK;
}

const struct package *package(void)
{
	static const struct package packed = {
		.app = (const uint8_t *)"the app",
		.app_bytes = 7,
		.policy = (const uint8_t *)"\xa0",
		.policy_bytes = 1,
	};

	return &packed;
}

enum err fw_cfg_read(const char *name, void *out, size_t capacity,
		     size_t *count)
{
	CHECK(strcmp(name, "opt/org.anchorhold/certs") == 0);
	item_reads++;
	if (item.count == 0)
		return ERR_NOT_FOUND;
	if (item.count > capacity)
		return ERR_TOO_BIG;
	memcpy(out, item.at, item.count);
	*count = item.count;
	return OK;
}

void wait_until(uint64_t deadline_ns)
{
	CHECK(deadline_ns != WAIT_FOREVER);
	if (deadline_ns > clock_now_ns())
		fake_clock_set_ns(deadline_ns);
}
