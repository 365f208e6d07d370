// SPDX-License-Identifier: Apache-2.0
// From a device register's address to its physical one.
#include "kernel/mem/device_window.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "abi/layout.h"
#include "tests/fake/death.h"

#define PIECES 16

static const volatile void *at(uint64_t offset)
{
	return (const volatile void *)(uintptr_t)(DEVICE_BASE + offset);
}

static void finds_registers(void **state)
{
	(void)state;
	assert_check_fails((void)device_window_phys(at(0), 1));
	assert_int_equal(
		device_window_add(DEVICE_BASE, (struct phys){ 0xfee00000 }, 1),
		OK);
	assert_int_equal(device_window_add(DEVICE_BASE + 0x2000,
					   (struct phys){ 0xc0004000 }, 2),
			 OK);
	assert_true(device_window_phys(at(0xb0), 4).value == 0xfee000b0);
	assert_true(device_window_phys(at(0xfff), 1).value == 0xfee00fff);
	assert_true(device_window_phys(at(0x2000), 2).value == 0xc0004000);
	assert_true(device_window_phys(at(0x3ffc), 4).value == 0xc0005ffc);
}

static void refuses_what_is_no_device(void **state)
{
	(void)state;
	assert_check_fails((void)device_window_phys(at(0x1000), 1));
	assert_check_fails((void)device_window_phys(at(0x4000), 1));
	assert_check_fails((void)device_window_phys(at(0xffe), 4));
	assert_check_fails((void)device_window_phys(at(0x3ffe), 4));
	assert_check_fails((void)device_window_phys(NULL, 1));
	assert_check_fails((void)device_window_add(1, (struct phys){ 0 }, 1));
	assert_check_fails((void)device_window_add(DEVICE_BASE + 0x8000,
						   (struct phys){ 8 }, 1));
}

static void is_bounded(void **state)
{
	struct phys page = { 0xc0000000 };

	(void)state;
	for (unsigned int i = 2; i < PIECES; i++)
		assert_int_equal(
			device_window_add(DEVICE_BASE + 0x2000ull * i + 0x2000,
					  page, 1),
			OK);
	assert_int_equal(device_window_add(DEVICE_BASE + 0x100000, page, 1),
			 ERR_NO_MEMORY);
	assert_check_fails((void)device_window_phys(at(0x100000), 1));
	assert_true(device_window_phys(at(0xb0), 4).value == 0xfee000b0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_registers),
		cmocka_unit_test(refuses_what_is_no_device),
		cmocka_unit_test(is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
