// SPDX-License-Identifier: Apache-2.0
// Spellings of the interface's configuration, good and bad.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/num.h"
#include "net/config.h"

static enum err parse(const char *line, struct net_config *out)
{
	// An exact copy on the heap, so that ASan sees one byte too many.
	size_t length = strlen(line);
	char *copy = malloc(length);
	enum err e;

	assert_true(length == 0 || copy != NULL);
	if (length > 0)
		memcpy(copy, line, length);
	e = net_config_parse((struct text){ copy, length }, out);
	free(copy);
	return e;
}

static void test_dhcp(void **state)
{
	struct net_config c = { .prefix4 = 9 };

	(void)state;
	assert_int_equal(parse("dhcp", &c), OK);
	assert_true(c.dhcp);
	assert_int_equal(c.prefix4, 0);
	assert_false(c.has_address6 || c.has_gateway4 || c.has_gateway6);
}

static void test_ipv4(void **state)
{
	static const uint8_t address[] = { 10, 0, 2, 15 };
	static const uint8_t gateway[] = { 10, 0, 2, 2 };
	struct net_config c;

	(void)state;
	assert_int_equal(parse("10.0.2.15/24,gw=10.0.2.2", &c), OK);
	assert_false(c.dhcp);
	assert_memory_equal(c.address4, address, 4);
	assert_int_equal(c.prefix4, 24);
	assert_true(c.has_gateway4);
	assert_memory_equal(c.gateway4, gateway, 4);
	assert_false(c.has_address6);
	assert_int_equal(parse("192.168.0.1/32", &c), OK);
	assert_false(c.has_gateway4);
	assert_int_equal(parse("192.168.0.1/0", &c), OK);
}

static void test_both_in_any_order(void **state)
{
	static const char *const lines[] = {
		"10.0.2.15/24,gw=10.0.2.2,fd00::15/64,gw=fd00::2",
		"gw=fd00::2,fd00::15/64,gw=10.0.2.2,10.0.2.15/24",
		"gw=10.0.2.2,gw=FD00::2,FD00:0:0::15/64,10.0.2.15/24",
	};
	struct net_config first, c;

	(void)state;
	assert_int_equal(parse(lines[0], &first), OK);
	for (size_t i = 0; i < ARRAY_COUNT(lines); i++) {
		assert_int_equal(parse(lines[i], &c), OK);
		assert_memory_equal(&c, &first, sizeof(c));
	}
}

static void test_ipv6(void **state)
{
	static const struct {
		const char *line;
		uint8_t address[16];
	} cases[] = {
		{ "1:2:3:4:5:6:7:8/64",
		  { 0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8 } },
		{ "fd00::/64", { 0xfd } },
		{ "fd00::abcd/64", { 0xfd, [14] = 0xab, 0xcd } },
		{ "::2/64", { [15] = 2 } },
		{ "1:2:3::8/64", { 0, 1, 0, 2, 0, 3, [15] = 8 } },
		{ "::1:0/64", { [13] = 1 } },
		{ "1:2:3:4:5:6:7::/64",
		  { 0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7 } },
	};
	struct net_config c;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		assert_int_equal(parse(cases[i].line, &c), OK);
		assert_true(c.dhcp && c.has_address6);
		assert_int_equal(c.prefix6, NET_PREFIX6);
		assert_memory_equal(c.address6, cases[i].address, 16);
	}
}

static void test_bad_spellings(void **state)
{
	static const char *const lines[] = {
		"",
		",",
		" ",
		"DHCP",
		"dhcp,",
		",dhcp",
		"dhcp ",
		"dhcp\n",
		"dhcp,10.0.2.15/24",
		"10.0.2.15",
		"10.0.2.15/",
		"/24",
		"10.0.2.15/33",
		"10.0.2.15/-1",
		"10.0.2.15/+1",
		"10.0.2.15/024",
		"10.0.2.15/24,",
		",10.0.2.15/24",
		"10.0.2.15/24,,gw=10.0.2.2",
		"10.0.2.15/24 ",
		" 10.0.2.15/24",
		"10.0.2.15 /24",
		"10.0.2.256/24",
		"10.0.2/24",
		"10.0.2.1.5/24",
		"10.0.2./24",
		".10.0.2/24",
		"10..2.15/24",
		"010.0.2.15/24",
		"0x0a.0.2.15/24",
		"10.0.2.1a/24",
		"0.0.0.0/24",
		"127.0.0.1/8",
		"224.0.0.1/4",
		"255.255.255.255/32",
		"10.0.2.15/24/24",
		"99999999999999999999.0.0.1/8",
		"10.0.2.15/99999999999999999999",
		"10.0.2.15/24,10.0.2.16/24",
		"gw=10.0.2.2",
		"gw=",
		"10.0.2.15/24,gw=",
		"10.0.2.15/24,gw=10.0.2.2/24",
		"10.0.2.15/24,gw=10.0.2.2,gw=10.0.2.3",
		"10.0.2.15/24,GW=10.0.2.2",
		"10.0.2.15/24,gw =10.0.2.2",
		"10.0.2.15/24,gw=0.0.0.0",
		"10.0.2.15/24,mtu=1500",
		"fd00::15",
		"fd00::15/63",
		"fd00::15/128",
		"fd00::15/064",
		"fd00::15/64,fd00::16/64",
		"gw=fd00::2",
		"10.0.2.15/24,gw=fd00::2",
		"fd00::15/64,gw=10.0.2.2",
		"fd00::15/64,gw=fd00::2,gw=fd00::3",
		"::/64",
		"::1/64",
		"ff02::1/64",
		":/64",
		":::/64",
		"1::2::3/64",
		"1:2:3:4:5:6:7/64",
		"1:2:3:4:5:6:7:8:9/64",
		"1:2:3:4:5:6:7:8::/64",
		"::1:2:3:4:5:6:7:8/64",
		"1:2:3:4::5:6:7:8/64",
		":1:2:3:4:5:6:7/64",
		"1:2:3:4:5:6:7:/64",
		"12345::1/64",
		"fd00::g/64",
		"fd00::%eth0/64",
		"[fd00::1]/64",
		"fd00::1.2.3.4/64",
		"fd00::0x1/64",
		"fd00:: 1/64",
	};
	struct net_config untouched = { .prefix4 = 77 }, c = untouched;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(lines); i++) {
		if (parse(lines[i], &c) != ERR_BAD_INPUT)
			fail_msg("taken: \"%s\"", lines[i]);
		assert_memory_equal(&c, &untouched, sizeof(c));
	}
}

static void test_too_long(void **state)
{
	char line[NET_CONFIG_TEXT_LIMIT + 2];
	struct net_config c;

	(void)state;
	memset(line, '1', sizeof(line));
	line[sizeof(line) - 1] = '\0';
	assert_int_equal(parse(line, &c), ERR_BAD_INPUT);
}

static void test_every_truncation(void **state)
{
	static const char whole[] =
		"10.0.2.15/24,gw=10.0.2.2,fd00::15/64,gw=fd00::2";
	struct net_config c;
	char line[sizeof(whole)];

	(void)state;
	for (size_t length = 0; length < sizeof(whole) - 1; length++) {
		memcpy(line, whole, length);
		line[length] = '\0';
		(void)!parse(line, &c); // no answer is wrong; a crash would be
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dhcp),
		cmocka_unit_test(test_ipv4),
		cmocka_unit_test(test_both_in_any_order),
		cmocka_unit_test(test_ipv6),
		cmocka_unit_test(test_bad_spellings),
		cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_every_truncation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
