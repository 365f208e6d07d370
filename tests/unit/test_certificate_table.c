// SPDX-License-Identifier: Apache-2.0
// Tables of certificates, as hosts make them and as they might.
#include "kernel/snp/certificate_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "abi/report.h"
#include "base/num.h"

#define ENTRY sizeof(struct certificate_entry)

static const uint8_t vcek[16] = CERTIFICATE_GUID_VCEK;
static const uint8_t vlek[16] = CERTIFICATE_GUID_VLEK;
static const uint8_t ask[16] = CERTIFICATE_GUID_ASK;
static const uint8_t ark[16] = CERTIFICATE_GUID_ARK;
static const uint8_t other[16] = { 1 };

static uint8_t bytes[64 * 1024];
static size_t bytes_count;
static struct certificate_table table;
static const struct certificate_table no_table = { .ask.count = 12345 };

static void entry_put(size_t index, const uint8_t guid[16], size_t offset,
		      size_t length)
{
	struct certificate_entry entry = { .offset = (uint32_t)offset,
					   .length = (uint32_t)length };

	memcpy(entry.guid, guid, sizeof(entry.guid));
	memcpy(bytes + index * ENTRY, &entry, sizeof(entry));
}

// A SEQUENCE of `count` bytes in all.
static void der_put(size_t at, size_t count)
{
	bytes[at] = 0x30;
	bytes[at + 1] = 0x82;
	bytes[at + 2] = (uint8_t)((count - 4) >> 8);
	bytes[at + 3] = (uint8_t)(count - 4);
}

// As AMD's tools make it: VCEK, ASK, ARK.
static int start(void **state)
{
	(void)state;
	memset(bytes, 0, sizeof(bytes));
	entry_put(0, vcek, 4 * ENTRY, 1300);
	entry_put(1, ask, 4 * ENTRY + 1300, 1600);
	entry_put(2, ark, 4 * ENTRY + 2900, 1700);
	der_put(4 * ENTRY, 1300);
	der_put(4 * ENTRY + 1300, 1600);
	der_put(4 * ENTRY + 2900, 1700);
	bytes_count = 4 * ENTRY + 4600;
	return 0;
}

// From a block of its own: the address sanitizer sees its end.
static enum err read_count(size_t count)
{
	static uint8_t *copy;

	free(copy);
	copy = malloc(count + !count);
	assert_non_null(copy);
	memcpy(copy, bytes, count);
	table = no_table;
	enum err e = certificate_table_read(copy, count, &table);
	if (e != OK)
		assert_memory_equal(&table, &no_table, sizeof(table));
	return e;
}

static enum err read_table(void)
{
	return read_count(bytes_count);
}

static void a_good_table_is_read(void **state)
{
	(void)state;
	assert_int_equal(read_table(), OK);
	assert_int_equal(table.vcek.count, 1300);
	assert_memory_equal(table.vcek.der, bytes + 4 * ENTRY, 1300);
	assert_int_equal(table.ask.count, 1600);
	assert_memory_equal(table.ask.der, bytes + 4 * ENTRY + 1300, 1600);
	assert_int_equal(table.vlek.count, 0);
	// A VLEK by its own GUID; what follows the table doesn't matter.
	entry_put(0, vlek, 4 * ENTRY, 1300);
	bytes_count += 5000;
	assert_int_equal(read_table(), OK);
	assert_int_equal(table.vlek.count, 1300);
	assert_int_equal(table.vcek.count, 0);
}

static void an_empty_table_is_one(void **state)
{
	(void)state;
	memset(bytes, 0, ENTRY);
	assert_int_equal(read_count(ENTRY), OK);
	assert_int_equal(table.vcek.count + table.vlek.count + table.ask.count,
			 0);
	assert_int_equal(read_table(), OK);
	assert_int_equal(table.vcek.count + table.vlek.count + table.ask.count,
			 0);
}

static void every_cut_is_refused(void **state)
{
	(void)state;
	for (size_t n = 0; n < bytes_count; n++)
		assert_int_equal(read_count(n), ERR_BAD_INPUT);
}

static void entries_stay_within_and_apart(void **state)
{
	static const struct {
		size_t offset, length;
	} places[] = {
		{ 0, 1300 },
		{ 4 * ENTRY - 1, 1300 }, // into the closing entry
		{ 4 * ENTRY, 1301 },     // into the ASK
		{ 4 * ENTRY + 1299, 300 },
		{ 4 * ENTRY + 2000, 10 }, // within the ASK
		{ 4 * ENTRY, 4600 },      // around it
		{ 4 * ENTRY, 0 },
		{ 4 * ENTRY + 4600, 1 },
		{ 4 * ENTRY + 4601, 1 },
		{ 4 * ENTRY, UINT32_MAX },
		{ UINT32_MAX, 1 },
		{ UINT32_MAX, UINT32_MAX },
		{ UINT32_MAX - 1299, 1300 }, // ends where it wraps
	};
	// Whoever's they are.
	static const uint8_t *const guids[] = { vcek, ark, other };

	for (size_t i = 0; i < ARRAY_COUNT(places); i++)
		for (size_t j = 0; j < ARRAY_COUNT(guids); j++) {
			start(state);
			entry_put(0, guids[j], places[i].offset,
				  places[i].length);
			entry_put(2, other, 4 * ENTRY + 2900, 1700);
			assert_int_equal(read_table(), ERR_BAD_INPUT);
		}
}

static void a_guid_comes_once(void **state)
{
	(void)state;
	entry_put(2, vcek, 4 * ENTRY + 2900, 1700);
	assert_int_equal(read_table(), ERR_BAD_INPUT);
	entry_put(2, ask, 4 * ENTRY + 2900, 1700);
	assert_int_equal(read_table(), ERR_BAD_INPUT);
	entry_put(2, vlek, 4 * ENTRY + 2900, 1700);
	assert_int_equal(read_table(), OK);
	assert_int_equal(table.vlek.count, 1700);
}

static void entries_are_counted(void **state)
{
	(void)state;
	memset(bytes, 0, sizeof(bytes));
	for (size_t i = 0; i < CERTIFICATE_TABLE_ENTRIES; i++)
		entry_put(i, other, 17 * ENTRY + i, 1);
	assert_int_equal(read_table(), OK);
	entry_put(CERTIFICATE_TABLE_ENTRIES, other, 1000, 1);
	assert_int_equal(read_table(), ERR_TOO_BIG);
	// No end at all.
	for (size_t i = 0; i < sizeof(bytes) / ENTRY; i++)
		entry_put(i, other, 1000, 1);
	assert_int_equal(read_count(sizeof(bytes)), ERR_TOO_BIG);
}

// What has another form is left out; the rest of the table stands.
static void assert_left_out(void)
{
	assert_int_equal(read_table(), OK);
	assert_int_equal(table.vcek.count, 0);
	assert_null(table.vcek.der);
	assert_int_equal(table.ask.count, 1600);
}

static void what_is_not_der_is_left_out(void **state)
{
	uint8_t *at = bytes + 4 * ENTRY;

	memcpy(at, "-----BEGIN CERTIFICATE-----", 27);
	assert_left_out();
	start(state);
	at[0] = 0x31;
	assert_left_out();
	start(state);
	at[3] ^= 1;
	assert_left_out();
	start(state);
	at[2] ^= 1;
	assert_left_out();
	start(state);
	at[1] = 0x80; // of unknown length
	assert_left_out();
	start(state);
	at[1] = 0x81;
	assert_left_out();
	start(state);
	// A length in more bytes than it takes.
	entry_put(0, vcek, 4 * ENTRY, 259);
	der_put(4 * ENTRY, 259);
	assert_left_out();
	entry_put(0, vcek, 4 * ENTRY, 260);
	der_put(4 * ENTRY, 260);
	assert_int_equal(read_table(), OK);
	assert_int_equal(table.vcek.count, 260);
	for (size_t n = 1; n < 5; n++) {
		start(state);
		entry_put(0, vcek, 4 * ENTRY, n);
		assert_left_out();
	}
}

static void large_ones_are_left_out(void **state)
{
	size_t end = bytes_count;

	(void)state;
	bytes_count += CERTIFICATE_BYTES_MAX + 1;
	entry_put(0, vcek, end, CERTIFICATE_BYTES_MAX);
	der_put(end, CERTIFICATE_BYTES_MAX);
	assert_int_equal(read_table(), OK);
	assert_int_equal(table.vcek.count, CERTIFICATE_BYTES_MAX);
	entry_put(0, vcek, end, CERTIFICATE_BYTES_MAX + 1);
	der_put(end, CERTIFICATE_BYTES_MAX + 1);
	assert_left_out();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_good_table_is_read, start),
		cmocka_unit_test_setup(an_empty_table_is_one, start),
		cmocka_unit_test_setup(every_cut_is_refused, start),
		cmocka_unit_test_setup(entries_stay_within_and_apart, start),
		cmocka_unit_test_setup(a_guid_comes_once, start),
		cmocka_unit_test_setup(entries_are_counted, start),
		cmocka_unit_test_setup(what_is_not_der_is_left_out, start),
		cmocka_unit_test_setup(large_ones_are_left_out, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
