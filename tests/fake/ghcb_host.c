// SPDX-License-Identifier: Apache-2.0
#include "tests/fake/ghcb_host.h"

#include <string.h>

#include "base/bytes.h"
#include "base/check.h"
#include "kernel/snp/ghcb_exit.h"

#define NOISE 0xa5

struct fake_ghcb_host fake_ghcb_host;

static struct phys page_at_exit;

void fake_ghcb_host_start(void)
{
	struct shared page = { (volatile uint8_t *)&fake_ghcb_host.page,
			       sizeof(fake_ghcb_host.page) };

	memset(&fake_ghcb_host, 0, sizeof(fake_ghcb_host));
	memset(&fake_ghcb_host.page, NOISE, sizeof(fake_ghcb_host.page));
	ghcb_init(page, (struct phys){ FAKE_GHCB_GPA });
}

void fake_ghcb_set_valid(struct ghcb *page, size_t offset)
{
	page->valid_bitmap[offset / 64] |= (uint8_t)(1u << offset / 8 % 8);
}

bool fake_ghcb_is_valid(const struct ghcb *page, size_t offset)
{
	return page->valid_bitmap[offset / 64] >> offset / 8 % 8 & 1;
}

void fake_ghcb_result(struct ghcb *page, uint64_t info_1, uint64_t info_2)
{
	page->sw_exit_info_1 = info_1;
	page->sw_exit_info_2 = info_2;
	fake_ghcb_set_valid(page, offsetof(struct ghcb, sw_exit_info_1));
	fake_ghcb_set_valid(page, offsetof(struct ghcb, sw_exit_info_2));
}

bool fake_ghcb_reads_once(void)
{
	for (size_t i = 0; i < sizeof(fake_ghcb_host.reads); i++) {
		if (fake_ghcb_host.reads[i] > 1)
			return false;
	}
	return true;
}

void ghcb_exit_set_page(struct phys gpa)
{
	page_at_exit = gpa;
}

void ghcb_exit(void)
{
	struct fake_ghcb_host *h = &fake_ghcb_host;

	CHECK(page_at_exit.value == FAKE_GHCB_GPA);
	h->calls++;
	h->request = h->page;
	memset(h->reads, 0, sizeof(h->reads));
	memset(h->page.valid_bitmap, 0, sizeof(h->page.valid_bitmap));
	if (h->answer)
		h->answer(&h->page);
	else
		fake_ghcb_result(&h->page, 0, 0);
}

static size_t place(struct shared s, size_t offset, size_t count)
{
	CHECK((uintptr_t)s.at == (uintptr_t)&fake_ghcb_host.page);
	CHECK(count <= s.bytes && offset <= s.bytes - count);
	return offset;
}

void shared_read(struct shared s, size_t offset, void *out, size_t count)
{
	uint8_t *from = (uint8_t *)&fake_ghcb_host.page;
	uint8_t *to = out;

	for (size_t i = place(s, offset, count); count > 0; i++, count--) {
		*to++ = from[i];
		from[i] = (uint8_t)~from[i];
		fake_ghcb_host.reads[i]++;
	}
}

uint64_t shared_load64(struct shared s, size_t offset)
{
	uint8_t bytes[8];

	shared_read(s, offset, bytes, sizeof(bytes));
	return load_le64(bytes);
}

void shared_write(struct shared s, size_t offset, const void *bytes,
		  size_t count)
{
	memcpy((uint8_t *)&fake_ghcb_host.page + place(s, offset, count), bytes,
	       count);
}
