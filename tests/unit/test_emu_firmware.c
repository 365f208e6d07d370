// SPDX-License-Identifier: Apache-2.0
// The emulator's reading of OVMF's table: a file as the build makes it, and the
// ways in which one can be wrong. The file's bytes lie at the very end of a
// block, so that a read past it is seen.
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "emu/firmware.h"

#define FILE_BYTES 0x1000u
#define METADATA_FROM_END 0x400u
#define SECTIONS 2u

static uint8_t *file;
static uint8_t *top; // where the next entry ends
static uint32_t table_bytes;

static void add_entry(struct guid guid, const void *data, uint16_t count)
{
	uint16_t length = (uint16_t)(count + OVMF_ENTRY_TAIL_BYTES);
	memcpy(top - GUID_BYTES, guid.bytes, GUID_BYTES);
	store_le16(top - OVMF_ENTRY_TAIL_BYTES, length);
	if (count != 0)
		memcpy(top - length, data, count);
	top -= length;
	table_bytes += length;
}

static void add_number(struct guid guid, uint32_t value)
{
	uint8_t bytes[4];
	store_le32(bytes, value);
	add_entry(guid, bytes, sizeof(bytes));
}

static uint8_t *footer_length(void)
{
	return file + FILE_BYTES - OVMF_TABLE_END_FROM_TOP -
	       OVMF_ENTRY_TAIL_BYTES;
}

static uint8_t *metadata(void)
{
	return file + FILE_BYTES - METADATA_FROM_END;
}

static int make_file(void **state)
{
	const struct ovmf_metadata head = {
		{ 'A', 'S', 'E', 'V' }, 16 + 12 * SECTIONS, 1, SECTIONS
	};
	const struct ovmf_section sections[SECTIONS] = {
		{ 0x800000, 0x9000, OVMF_SECTION_SEC_MEM },
		{ 0x80d000, 0x1000, OVMF_SECTION_SECRETS },
	};
	(void)state;
	file = calloc(1, FILE_BYTES);
	assert_non_null(file);
	top = file + FILE_BYTES - OVMF_TABLE_END_FROM_TOP;
	table_bytes = 0;
	memcpy(metadata(), &head, sizeof(head));
	memcpy(metadata() + sizeof(head), sections, sizeof(sections));
	add_entry(OVMF_TABLE_FOOTER_GUID, NULL, 0);
	add_number(OVMF_AP_RESET_GUID, 0x80b004);
	add_number(OVMF_HASH_TABLE_GUID, 0x810c00);
	add_number(OVMF_METADATA_GUID, METADATA_FROM_END);
	store_le16(footer_length(), (uint16_t)table_bytes);
	return 0;
}

static int drop_file(void **state)
{
	(void)state;
	free(file);
	return 0;
}

static void reads_what_is_there(void **state)
{
	struct firmware f;
	(void)state;
	assert_int_equal(firmware_parse(file, FILE_BYTES, &f), OK);
	assert_int_equal(f.section_count, SECTIONS);
	assert_int_equal(f.sections[0].gpa, 0x800000);
	assert_int_equal(f.sections[1].type, OVMF_SECTION_SECRETS);
	assert_int_equal(f.hash_table_gpa, 0x810c00);
	assert_int_equal(f.ap_reset_eip, 0x80b004);
}

static void refused(void)
{
	struct firmware f = { .size = 1 };
	assert_int_equal(firmware_parse(file, FILE_BYTES, &f), ERR_BAD_INPUT);
	assert_int_equal(f.size, 1);
}

static void refuses_other_files(void **state)
{
	struct firmware f;
	(void)state;
	file[FILE_BYTES - OVMF_TABLE_END_FROM_TOP - 1] ^= 1;
	refused();
	assert_int_equal(firmware_parse(file, 0, &f), ERR_BAD_INPUT);
	assert_int_equal(firmware_parse(file, 49, &f), ERR_BAD_INPUT);
}

static void refuses_a_table_beyond_the_file(void **state)
{
	(void)state;
	store_le16(footer_length(), FILE_BYTES);
	refused();
	store_le16(footer_length(), OVMF_ENTRY_TAIL_BYTES - 1);
	refused();
}

static void refuses_an_entry_beyond_the_table(void **state)
{
	uint8_t *length = footer_length() - OVMF_ENTRY_TAIL_BYTES;
	(void)state;
	store_le16(length, 0xffff);
	refused();
	store_le16(length, OVMF_ENTRY_TAIL_BYTES - 1);
	refused();
	store_le16(length, 0);
	refused();
}

static void refuses_a_file_without_metadata(void **state)
{
	(void)state;
	// The metadata's entry is the table's last.
	store_le16(footer_length(), (uint16_t)(table_bytes - 22));
	refused();
}

static void refuses_bad_metadata(void **state)
{
	(void)state;
	metadata()[0] ^= 1; // the signature
	refused();
	metadata()[0] ^= 1;
	metadata()[8] = 2; // the version
	refused();
	metadata()[8] = 1;
	// One section more than fit before the file's end.
	store_le32(metadata() + 12, (METADATA_FROM_END - 16) / 12 + 1);
	refused();
	store_le32(metadata() + 12, 0xffffffff);
	refused();
}

static void refuses_metadata_beyond_the_file(void **state)
{
	uint8_t *offset = top;
	(void)state;
	store_le32(offset, FILE_BYTES + 1);
	refused();
	store_le32(offset, 15);
	refused();
	store_le32(offset, 0);
	refused();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(reads_what_is_there, make_file,
						drop_file),
		cmocka_unit_test_setup_teardown(refuses_other_files, make_file,
						drop_file),
		cmocka_unit_test_setup_teardown(refuses_a_table_beyond_the_file,
						make_file, drop_file),
		cmocka_unit_test_setup_teardown(
			refuses_an_entry_beyond_the_table, make_file,
			drop_file),
		cmocka_unit_test_setup_teardown(refuses_a_file_without_metadata,
						make_file, drop_file),
		cmocka_unit_test_setup_teardown(refuses_bad_metadata, make_file,
						drop_file),
		cmocka_unit_test_setup_teardown(
			refuses_metadata_beyond_the_file, make_file, drop_file),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
