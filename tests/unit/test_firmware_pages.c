// SPDX-License-Identifier: Apache-2.0
// The firmware's metadata as the kernel reads it: as the build makes it, and
// malformed. The bytes lie at the end of a block, and of a second one that
// starts with them, so that a read past either end is seen.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "abi/launch.h"
#include "base/bytes.h"
#include "kernel/snp/firmware_pages.h"

#define TAIL_BYTES 0x400u
#define METADATA_FROM_END 0x200u
#define SECTIONS 3u

static uint8_t *tail;
static uint8_t *next; // where the next entry ends
static uint16_t table_bytes;

static void add(struct guid guid, const void *data, uint16_t count)
{
	uint16_t length = (uint16_t)(count + OVMF_ENTRY_TAIL_BYTES);

	memcpy(next - GUID_BYTES, guid.bytes, GUID_BYTES);
	store_le16(next - OVMF_ENTRY_TAIL_BYTES, length);
	if (count > 0)
		memcpy(next - length, data, count);
	next -= length;
	table_bytes = (uint16_t)(table_bytes + length);
}

static uint8_t *footer_length(void)
{
	return tail + TAIL_BYTES - OVMF_TABLE_END_FROM_TOP -
	       OVMF_ENTRY_TAIL_BYTES;
}

static struct ovmf_metadata *head(void)
{
	return (void *)(tail + TAIL_BYTES - METADATA_FROM_END);
}

static struct ovmf_section *section(size_t i)
{
	return (struct ovmf_section *)(head() + 1) + i;
}

// The metadata's entry is the table's last: 22 bytes from its top.
static uint8_t *metadata_entry(void)
{
	return tail + TAIL_BYTES - OVMF_TABLE_END_FROM_TOP - table_bytes;
}

static int set_up(void **state)
{
	const uint8_t reset[4] = { 0x04, 0xb0, 0x80, 0 };
	uint8_t offset[4];

	(void)state;
	tail = calloc(1, TAIL_BYTES);
	assert_non_null(tail);
	next = tail + TAIL_BYTES - OVMF_TABLE_END_FROM_TOP;
	table_bytes = 0;
	store_le32(offset, METADATA_FROM_END);
	add(OVMF_TABLE_FOOTER_GUID, NULL, 0);
	add(OVMF_AP_RESET_GUID, reset, sizeof(reset));
	add(OVMF_METADATA_GUID, offset, sizeof(offset));
	store_le16(footer_length(), table_bytes);
	*head() = (struct ovmf_metadata){
		{ 'A', 'S', 'E', 'V' }, 16 + 12 * SECTIONS, 1, SECTIONS
	};
	*section(0) = (struct ovmf_section){ 0x800000, 0x9000, 1 };
	*section(1) = (struct ovmf_section){ 0x80d000, 0x1000, 2 };
	*section(2) = (struct ovmf_section){ 0x80e000, 0x1000, 3 };
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	free(tail);
	return 0;
}

static void finds_both(void **state)
{
	struct firmware_pages found;

	(void)state;
	assert_int_equal(firmware_pages_find(tail, TAIL_BYTES, &found), OK);
	assert_int_equal(found.secrets.value, 0x80d000);
	assert_int_equal(found.cpuid.value, 0x80e000);
}

static void refused(const uint8_t *bytes, size_t count)
{
	struct firmware_pages found = { { 1 }, { 2 } };

	assert_int_equal(firmware_pages_find(bytes, count, &found),
			 ERR_BAD_INPUT);
	assert_int_equal(found.secrets.value, 1);
	assert_int_equal(found.cpuid.value, 2);
}

static void refuses_what_is_cut(void **state)
{
	(void)state;
	for (size_t count = 0; count < METADATA_FROM_END; count++) {
		uint8_t *cut = malloc(count + 1);

		memcpy(cut + 1, tail + TAIL_BYTES - count, count);
		refused(cut + 1, count);
		free(cut);
	}
}

static void refuses_bad_tables(void **state)
{
	uint16_t good = load_le16(footer_length());

	(void)state;
	for (uint32_t length = 0; length < 0x10000; length += 1) {
		struct firmware_pages found;

		// No length leads out of the bytes, whatever is found.
		store_le16(footer_length(), (uint16_t)length);
		if (firmware_pages_find(tail, TAIL_BYTES, &found) == OK)
			assert_int_equal(found.cpuid.value, 0x80e000);
	}
	store_le16(footer_length(), (uint16_t)(good - 1));
	refused(tail, TAIL_BYTES);
	store_le16(footer_length(), OVMF_ENTRY_TAIL_BYTES);
	refused(tail, TAIL_BYTES);
	store_le16(footer_length(), good);
	footer_length()[2] ^= 1; // GUID
	refused(tail, TAIL_BYTES);
}

static void refuses_bad_entries(void **state)
{
	uint8_t *entry = metadata_entry();

	(void)state;
	store_le16(entry + 4, 17); // shorter than its own tail
	refused(tail, TAIL_BYTES);
	store_le16(entry + 4, 0);
	refused(tail, TAIL_BYTES);
	store_le16(entry + 4, 23); // beyond the table
	refused(tail, TAIL_BYTES);
	store_le16(entry + 4, 21); // not four bytes of data
	refused(tail, TAIL_BYTES);
	store_le16(entry + 4, 22);
	entry[6] ^= 1; // GUID: no metadata at all
	refused(tail, TAIL_BYTES);
}

static void refuses_bad_offsets(void **state)
{
	static const uint32_t bad[] = { 0,          1,
					15,         METADATA_FROM_END - 1,
					TAIL_BYTES, TAIL_BYTES + 1,
					0x80000000, UINT32_MAX };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		store_le32(metadata_entry(), bad[i]);
		refused(tail, TAIL_BYTES);
	}
}

static void refuses_bad_metadata(void **state)
{
	(void)state;
	head()->signature[3] = 'X';
	refused(tail, TAIL_BYTES);
	head()->signature[3] = 'V';
	head()->version = 2;
	refused(tail, TAIL_BYTES);
	head()->version = 1;
	head()->section_count = SECTIONS - 1; // the CPUID page isn't among them
	refused(tail, TAIL_BYTES);
	head()->section_count = 1000; // beyond the firmware's end
	refused(tail, TAIL_BYTES);
	head()->section_count = UINT32_MAX;
	refused(tail, TAIL_BYTES);
}

static void refuses_bad_sections(void **state)
{
	(void)state;
	section(0)->type = 2; // twice
	refused(tail, TAIL_BYTES);
	section(0)->type = 3;
	refused(tail, TAIL_BYTES);
	section(0)->type = 1;
	section(1)->size = 0x2000;
	refused(tail, TAIL_BYTES);
	section(1)->size = 0;
	refused(tail, TAIL_BYTES);
	section(1)->size = 0x1000;
	section(2)->gpa = 0x80e001;
	refused(tail, TAIL_BYTES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(finds_both, set_up, tear_down),
		cmocka_unit_test_setup_teardown(refuses_what_is_cut, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(refuses_bad_tables, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(refuses_bad_entries, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(refuses_bad_offsets, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(refuses_bad_metadata, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(refuses_bad_sections, set_up,
						tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
