// SPDX-License-Identifier: Apache-2.0
// The pure parts of net/: checksum, hash, filter, rate.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/num.h"
#include "net/checksum.h"
#include "net/filter.h"
#include "net/random.h"
#include "net/rate.h"

static uint16_t naive_sum(const uint8_t *bytes, size_t count)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += i % 2 ? (uint32_t)bytes[i] << 8 : bytes[i];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

static void test_checksum_of_every_length_and_alignment(void **state)
{
	static uint8_t bytes[1700];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * i * 31 + i / 7);
	for (size_t start = 0; start < 9; start++)
		for (size_t count = 0; count < 1600; count++)
			assert_int_equal(checksum_of(bytes + start, (int)count),
					 naive_sum(bytes + start, count));
}

static void test_checksum_carries(void **state)
{
	uint8_t ones[1500];

	(void)state;
	memset(ones, 0xff, sizeof(ones));
	for (int count = 0; count <= 1500; count++)
		assert_int_equal(checksum_of(ones, count),
				 naive_sum(ones, (size_t)count));
	assert_int_equal(checksum_of(ones, -1), 0);
}

// Aumasson and Bernstein, "SipHash", appendix A.
static void test_siphash_vector(void **state)
{
	static const uint64_t key[2] = { 0x0706050403020100,
					 0x0f0e0d0c0b0a0908 };
	uint8_t input[15];

	(void)state;
	for (uint8_t i = 0; i < sizeof(input); i++)
		input[i] = i;
	assert_true(siphash(key, input, 15) == 0xa129ca6149be45e5);
}

static void test_random_numbers_differ(void **state)
{
	uint32_t first, second;

	(void)state;
	assert_int_equal(random_init(), OK);
	first = random_u32();
	second = random_u32();
	assert_true(first != second);
	assert_true(random_hash("a", 1) != random_hash("b", 1));
	assert_true(random_hash("a", 1) == random_hash("a", 1));
}

static void test_rate(void **state)
{
	struct rate r = { 0 };
	int taken = 0;

	(void)state;
	for (uint64_t ms = 0; ms < 3000; ms++)
		taken += rate_take(&r, ms * NS_PER_MS, 10);
	assert_int_equal(taken, 30);
}

// Frames that differ from a good one in a few bytes.
struct change {
	size_t at;
	uint8_t value;
};

struct filter_case {
	const char *name;
	bool is_ipv6;
	size_t length;
	struct change changes[12];
	enum filter_verdict verdict;
};

static const struct filter_case cases[] = {
	{ "TCP", false, 54, { { 0, 0 } }, FILTER_PASS },
	{ "TCP, padded", false, 60, { { 0, 0 } }, FILTER_PASS },
	{ "TCP, cut", false, 53, { { 0, 0 } }, FILTER_REFUSE },
	{ "TCP, short", false, 54, { { 17, 39 } }, FILTER_REFUSE },
	{ "no IP header", false, 33, { { 0, 0 } }, FILTER_REFUSE },
	{ "total of 19", false, 54, { { 17, 19 } }, FILTER_REFUSE },
	{ "total beyond", false, 54, { { 17, 41 } }, FILTER_REFUSE },
	{ "options", false, 54, { { 14, 0x46 } }, FILTER_REFUSE },
	{ "header of 16", false, 54, { { 14, 0x44 } }, FILTER_REFUSE },
	{ "version 6", false, 54, { { 14, 0x65 } }, FILTER_REFUSE },
	{ "don't fragment", false, 54, { { 20, 0x40 } }, FILTER_PASS },
	{ "more fragments", false, 54, { { 20, 0x20 } }, FILTER_REFUSE },
	{ "fragment", false, 54, { { 21, 1 } }, FILTER_REFUSE },
	{ "echo", false, 54, { { 23, 1 }, { 34, 8 } }, FILTER_ECHO },
	{ "ICMP redirect", false, 54, { { 23, 1 }, { 34, 5 } }, FILTER_REFUSE },
	{ "ICMP, short",
	  false,
	  54,
	  { { 23, 1 }, { 34, 8 }, { 17, 27 } },
	  FILTER_REFUSE },
	{ "DHCP", false, 54, { { 23, 17 }, { 37, 68 } }, FILTER_PASS },
	{ "UDP", false, 54, { { 23, 17 }, { 37, 69 } }, FILTER_REFUSE },
	{ "IGMP", false, 54, { { 23, 2 } }, FILTER_REFUSE },
	{ "ARP", false, 42, { { 13, 6 } }, FILTER_PASS },
	{ "ARP, cut", false, 41, { { 13, 6 } }, FILTER_REFUSE },
	{ "VLAN", false, 60, { { 12, 0x81 } }, FILTER_REFUSE },
	{ "nothing", false, 0, { { 0, 0 } }, FILTER_REFUSE },
	{ "no type", false, 13, { { 0, 0 } }, FILTER_REFUSE },
	{ "TCP6", true, 94, { { 0, 0 } }, FILTER_PASS },
	{ "TCP6, cut", true, 93, { { 0, 0 } }, FILTER_REFUSE },
	{ "TCP6, short", true, 94, { { 19, 19 } }, FILTER_REFUSE },
	{ "version 4", true, 94, { { 14, 0x40 } }, FILTER_REFUSE },
	{ "echo6", true, 94, { { 20, 58 }, { 54, 128 } }, FILTER_ECHO },
	{ "too big", true, 94, { { 20, 58 }, { 54, 2 } }, FILTER_PASS },
	{ "router", true, 94, { { 20, 58 }, { 54, 134 } }, FILTER_PASS },
	{ "solicitation", true, 94, { { 20, 58 }, { 54, 135 } }, FILTER_PASS },
	{ "redirect", true, 94, { { 20, 58 }, { 54, 137 } }, FILTER_REFUSE },
	{ "ICMPv6, short",
	  true,
	  94,
	  { { 20, 58 }, { 54, 135 }, { 19, 7 } },
	  FILTER_REFUSE },
	{ "UDP6", true, 94, { { 20, 17 } }, FILTER_REFUSE },
	{ "routing", true, 94, { { 20, 43 } }, FILTER_REFUSE },
	{ "fragment6", true, 94, { { 20, 44 } }, FILTER_REFUSE },
	{ "options6", true, 94, { { 20, 60 } }, FILTER_REFUSE },
	{ "no next", true, 94, { { 20, 59 } }, FILTER_REFUSE },
	{ "query",
	  true,
	  94,
	  { { 20, 0 },
	    { 54, 58 },
	    { 55, 0 },
	    { 56, 5 },
	    { 57, 2 },
	    { 60, 1 },
	    { 62, 130 } },
	  FILTER_PASS },
	{ "query, short",
	  true,
	  94,
	  { { 20, 0 },
	    { 54, 58 },
	    { 55, 0 },
	    { 56, 5 },
	    { 57, 2 },
	    { 60, 1 },
	    { 62, 130 },
	    { 19, 31 } },
	  FILTER_REFUSE },
	{ "query, long header",
	  true,
	  94,
	  { { 20, 0 },
	    { 54, 58 },
	    { 55, 1 },
	    { 56, 5 },
	    { 57, 2 },
	    { 60, 1 },
	    { 62, 130 } },
	  FILTER_REFUSE },
	{ "hop by hop, TCP",
	  true,
	  94,
	  { { 20, 0 }, { 54, 6 }, { 55, 0 }, { 56, 5 }, { 57, 2 }, { 60, 1 } },
	  FILTER_REFUSE },
	{ "jumbogram",
	  true,
	  94,
	  { { 20, 0 },
	    { 54, 58 },
	    { 55, 0 },
	    { 56, 0xc2 },
	    { 57, 4 },
	    { 62, 130 } },
	  FILTER_REFUSE },
};

static uint8_t *frame_of(const struct filter_case *c)
{
	uint8_t whole[128] = { [12] = 0x08, [14] = 0x45, [17] = 40, [23] = 6 };
	uint8_t *frame = malloc(c->length + 1);

	if (c->is_ipv6) {
		memset(whole, 0, sizeof(whole));
		memcpy(whole + 12, "\x86\xdd\x60", 3);
		whole[19] = 40;
		whole[20] = 6;
	}
	for (size_t i = 0; i < ARRAY_COUNT(c->changes); i++)
		if (c->changes[i].at != 0)
			whole[c->changes[i].at] = c->changes[i].value;
	assert_non_null(frame);
	memcpy(frame, whole, c->length);
	return frame;
}

static void test_filter(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		uint8_t *frame = frame_of(&cases[i]);

		if (filter_frame(frame, cases[i].length) != cases[i].verdict)
			fail_msg("%s", cases[i].name);
		free(frame);
	}
}

// No length is read beyond.
static void test_filter_of_every_truncation(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct filter_case c = cases[i];

		for (; c.length > 0; c.length--) {
			uint8_t *frame = frame_of(&c);
			uint8_t *exact = malloc(c.length);

			assert_non_null(exact);
			memcpy(exact, frame, c.length);
			(void)!filter_frame(exact, c.length);
			free(exact);
			free(frame);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_checksum_of_every_length_and_alignment),
		cmocka_unit_test(test_checksum_carries),
		cmocka_unit_test(test_siphash_vector),
		cmocka_unit_test(test_random_numbers_differ),
		cmocka_unit_test(test_rate),
		cmocka_unit_test(test_filter),
		cmocka_unit_test(test_filter_of_every_truncation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
