// SPDX-License-Identifier: Apache-2.0
#include "kernel/dev/fw_cfg.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "abi/fw_cfg.h"
#include "base/bytes.h"
#include "kernel/cpu/pio.h"

#define FILE_SELECTOR 0x20

// The device: a directory and one file's content; noise where there is neither.
static struct {
	uint8_t signature[4];
	uint8_t directory[4 + 300 * sizeof(struct fw_cfg_file)];
	size_t directory_bytes;
	uint8_t content[64];
	uint16_t selected;
	size_t at;
} device;

static struct fw_cfg_file *entry(unsigned int i)
{
	return (struct fw_cfg_file *)(void *)(device.directory + 4 + 64 * i);
}

static void set_count(uint32_t count)
{
	for (unsigned int i = 0; i < 4; i++)
		device.directory[i] = (uint8_t)(count >> (24 - 8 * i));
}

static void set_entry(unsigned int i, const char *name, uint8_t size)
{
	struct fw_cfg_file *file = entry(i);

	memset(file, 0, sizeof(*file));
	file->size[3] = size;
	file->select[1] = FILE_SELECTOR;
	memcpy(file->name, name, strlen(name));
}

static int set_up(void **state)
{
	(void)state;
	memset(&device, 0, sizeof(device));
	memcpy(device.signature, "QEMU", 4);
	device.directory_bytes = sizeof(device.directory);
	set_count(2);
	set_entry(0, "etc/other", 9);
	set_entry(1, "opt/net", 5);
	memcpy(device.content, "hello", 5);
	return 0;
}

static uint8_t byte_of(const uint8_t *bytes, size_t count)
{
	return device.at < count ? bytes[device.at++] : 0;
}

uint8_t pio_read8(uint16_t port)
{
	if (port != FW_CFG_PORT_DATA)
		abort();
	switch (device.selected) {
	case FW_CFG_SIGNATURE:
		return byte_of(device.signature, 4);
	case FW_CFG_FILE_DIR:
		return byte_of(device.directory, device.directory_bytes);
	case FILE_SELECTOR:
		return byte_of(device.content, sizeof(device.content));
	default:
		return 0xee;
	}
}

void pio_write16(uint16_t port, uint16_t value)
{
	if (port != FW_CFG_PORT_SELECTOR)
		abort();
	device.selected = value;
	device.at = 0;
}

static void reads_a_file(void **state)
{
	char out[5];
	size_t count = 0;

	(void)state;
	assert_int_equal(fw_cfg_read("opt/net", out, sizeof(out), &count), OK);
	assert_int_equal(count, 5);
	assert_memory_equal(out, "hello", 5);
}

static void reads_an_empty_file(void **state)
{
	size_t count = 7;

	(void)state;
	set_entry(1, "opt/net", 0);
	assert_int_equal(fw_cfg_read("opt/net", NULL, 0, &count), OK);
	assert_int_equal(count, 0);
}

static void misses(void **state)
{
	char out[8];
	size_t count = 7;

	(void)state;
	assert_int_equal(fw_cfg_read("opt/ne", out, sizeof(out), &count),
			 ERR_NOT_FOUND);
	assert_int_equal(fw_cfg_read("opt/nets", out, sizeof(out), &count),
			 ERR_NOT_FOUND);
	device.signature[0] = 0xff;
	assert_int_equal(fw_cfg_read("opt/net", out, sizeof(out), &count),
			 ERR_NOT_FOUND);
	assert_int_equal(count, 7);
}

static void refuses_what_is_too_long(void **state)
{
	char out[4] = "abc";
	size_t count = 7;

	(void)state;
	assert_int_equal(fw_cfg_read("opt/net", out, sizeof(out), &count),
			 ERR_TOO_BIG);
	memset(entry(1)->size, 0xff, 4);
	assert_int_equal(fw_cfg_read("opt/net", out, sizeof(out), &count),
			 ERR_TOO_BIG);
	assert_string_equal(out, "abc");
	assert_int_equal(count, 7);
}

static void refuses_a_senseless_directory(void **state)
{
	char out[8];
	size_t count;

	(void)state;
	set_count(257);
	assert_int_equal(fw_cfg_read("opt/net", out, sizeof(out), &count),
			 ERR_BAD_INPUT);
	set_count(0xffffffffu);
	assert_int_equal(fw_cfg_read("opt/net", out, sizeof(out), &count),
			 ERR_BAD_INPUT);
	set_count(256);
	memset(entry(0)->name, 'x', FW_CFG_NAME_BYTES);
	assert_int_equal(fw_cfg_read("opt/net", out, sizeof(out), &count),
			 ERR_BAD_INPUT);
}

static void survives_noise(void **state)
{
	char out[16];
	size_t count;

	(void)state;
	srand(1);
	for (unsigned int turn = 0; turn < 20000; turn++) {
		set_count((uint32_t)rand() % 8);
		for (unsigned int i = 0; i < 3; i++) {
			size_t at = (size_t)rand() % (4 + 4 * 64);
			device.directory[at] = (uint8_t)rand();
		}
		device.directory_bytes = (size_t)rand() % (4 + 4 * 64);
		if (fw_cfg_read("opt/net", out, sizeof(out), &count) == OK)
			assert_true(count <= sizeof(out));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(reads_a_file, set_up),
		cmocka_unit_test_setup(reads_an_empty_file, set_up),
		cmocka_unit_test_setup(misses, set_up),
		cmocka_unit_test_setup(refuses_what_is_too_long, set_up),
		cmocka_unit_test_setup(refuses_a_senseless_directory, set_up),
		cmocka_unit_test_setup(survives_noise, set_up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
